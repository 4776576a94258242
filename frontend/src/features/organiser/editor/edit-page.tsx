import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import type { Event } from "../../../api/types";
import { paths } from "../../../app/paths";
import { Button, ButtonLink } from "../../../ui/button";
import { EmptyState } from "../../../ui/empty-state";
import { Notice } from "../../../ui/notice";
import { Actions, Page, PageSkeleton } from "../../../ui/page";
import { ProblemNotice } from "../../../ui/problem-notice";
import { Lifecycle } from "../lifecycle";
import styles from "../organiser.module.css";
import { ownEventQuery } from "../queries";
import { EventFields } from "./event-fields";
import { useEditor } from "./use-editor";

/** Edits an event: drafts save themselves, what is on sale is saved by hand, since everybody sees it at once. */
export function Component() {
  const { organisationId = "", eventId = "" } = useParams();
  const query = useQuery(ownEventQuery(eventId));
  const back = { to: paths.organiserEvents(organisationId), label: "Events" };
  if (query.isError && !query.data) {
    return (
      <Page title="Event" back={back}>
        <ProblemNotice problem={query.error} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      </Page>
    );
  }
  if (!query.data) return <PageSkeleton narrow />;
  if (query.data.status !== "draft" && query.data.status !== "published") {
    return (
      <Page title={query.data.title} back={back}>
        <EmptyState title="It does not change any more" action={<ButtonLink to={paths.eventSales(organisationId, eventId)}>To its sales</ButtonLink>}>
          Cancelled events and events that are over stay as they are. Duplicate it to use it again.
        </EmptyState>
      </Page>
    );
  }
  return <Editor key={eventId} organisationId={organisationId} event={query.data} />;
}

function Editor({ organisationId, event }: { organisationId: string; event: Event }) {
  const editor = useEditor(organisationId, event);
  const draft = event.status === "draft";
  return (
    <Page
      title={editor.form.title || "Draft"}
      back={{ to: draft ? paths.organiserEvents(organisationId) : paths.eventSales(organisationId, event.id), label: draft ? "Events" : event.title }}
      narrow
      actions={<ButtonLink to={paths.event(event.id)}>Preview</ButtonLink>}
    >
      <form
        className={styles.stack}
        noValidate
        onSubmit={(submit) => {
          submit.preventDefault();
          void editor.saveNow().catch(() => undefined);
        }}
      >
        {!draft && <Notice title="This event is on sale">Buyers see what you save at once.</Notice>}
        <EventFields organisationId={organisationId} form={editor.form} onChange={editor.change} faults={editor.faults} published={!draft} />
        {editor.stale ? (
          <Notice
            tone="warn"
            announce
            title="Somebody else changed this meanwhile"
            actions={
              <>
                <Button onClick={() => void editor.takeTheirs()}>Take theirs</Button>
                <Button onClick={() => void editor.overwrite().catch(() => undefined)}>Keep mine</Button>
              </>
            }
          >
            Nothing of yours is lost yet: choose which version stays.
          </Notice>
        ) : (
          editor.error !== null && <ProblemNotice problem={editor.error} onRetry={() => void editor.saveNow().catch(() => undefined)} />
        )}
        <Actions>
          <Button type="submit" variant={draft ? "secondary" : "primary"} busy={editor.saving}>
            Save
          </Button>
          <span className={styles.saved} role="status">
            {editor.saving ? "Saving…" : editor.dirty ? "Not saved yet" : "Saved"}
          </span>
        </Actions>
      </form>
      <Lifecycle organisationId={organisationId} event={event} before={editor.saveNow} />
    </Page>
  );
}
