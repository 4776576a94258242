import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { catalog, done, unwrap } from "../../api/clients";
import { once } from "../../api/idempotency";
import { isProblem } from "../../api/problem";
import type { Event } from "../../api/types";
import { paths } from "../../app/paths";
import { Button } from "../../ui/button";
import { Card } from "../../ui/card";
import { TextArea } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { Actions } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import styles from "./organiser.module.css";
import { ownEventQuery } from "./queries";

type Asking = "publish" | "cancel" | "delete" | undefined;

interface LifecycleProps {
  organisationId: string;
  event: Event;
  /** What must happen before, such as saving what was typed; publishing waits for it. */
  before?: () => Promise<unknown>;
}

/** Publish, cancel, duplicate, delete: each asks once more in its place and says what it means. */
export function Lifecycle({ organisationId, event, before }: LifecycleProps) {
  const [asking, setAsking] = useState<Asking>();
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const params = { path: { id: event.id } };
  const changed = async (now: Event) => {
    client.setQueryData(ownEventQuery(event.id).queryKey, now);
    client.removeQueries({ queryKey: ["event", event.id] });
    await client.invalidateQueries({ queryKey: ["own-events", organisationId] });
  };

  const publish = useMutation({
    mutationFn: async () => {
      await before?.();
      return once(`publish:${event.id}`, null, (key) => unwrap(catalog.POST("/events/{id}/publish", { params: { ...params, header: { "Idempotency-Key": key } } })));
    },
    onSuccess: async (now) => {
      await changed(now);
      await navigate(paths.eventSales(organisationId, event.id));
    },
  });
  const cancel = useMutation({
    mutationFn: () => {
      const body = { reason: reason.trim() || null };
      return once(`cancel:${event.id}`, body, (key) => unwrap(catalog.POST("/events/{id}/cancel", { params: { ...params, header: { "Idempotency-Key": key } }, body })));
    },
    onSuccess: async (now) => {
      setAsking(undefined);
      await changed(now);
    },
  });
  const duplicate = useMutation({
    mutationFn: () => once(`duplicate:${event.id}`, null, (key) => unwrap(catalog.POST("/events/{id}/duplicate", { params: { ...params, header: { "Idempotency-Key": key } } }))),
    onSuccess: (copy) => navigate(paths.editEvent(organisationId, copy.id)),
  });
  const remove = useMutation({
    mutationFn: () => done(catalog.DELETE("/events/{id}", { params })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["own-events", organisationId] });
      await navigate(paths.organiserEvents(organisationId), { replace: true });
    },
  });
  const failed = [publish, cancel, duplicate, remove].find(({ isError }) => isError)?.error;
  const missing = isProblem(failed) ? failed.errors : [];

  return (
    <Card as="section" className={styles.stack} aria-label="What to do with this event">
      <Actions>
        {event.status === "draft" && (
          <Button variant="primary" onClick={() => setAsking("publish")}>
            Publish
          </Button>
        )}
        <Button busy={duplicate.isPending} onClick={() => duplicate.mutate()}>
          Duplicate
        </Button>
        {event.status === "published" && <Button onClick={() => setAsking("cancel")}>Cancel the event</Button>}
        {event.status === "draft" && <Button onClick={() => setAsking("delete")}>Delete the draft</Button>}
      </Actions>
      {missing.length > 0 ? (
        <Notice tone="bad" title="Not ready yet" announce>
          {missing.map(({ pointer, message }) => (
            <div key={pointer + message}>
              {pointer.replace(/^\//, "").replaceAll("/", " › ").replaceAll("_", " ")}: {message}
            </div>
          ))}
        </Notice>
      ) : (
        failed && <ProblemNotice problem={failed} />
      )}
      {asking === "publish" && (
        <Ask title="Put it on sale?" onNo={() => setAsking(undefined)}>
          <p>Everybody can find and book it. Seats are frozen as the plan has them now; ticket types can be added but not removed.</p>
          <Button variant="primary" busy={publish.isPending} onClick={() => publish.mutate()}>
            Publish now
          </Button>
        </Ask>
      )}
      {asking === "cancel" && (
        <Ask title="Cancel for good?" onNo={() => setAsking(undefined)}>
          <p>Sales end at once. Every booking is cancelled; buyers get a mail and all of their money back. This can&rsquo;t be taken back.</p>
          <TextArea label="What buyers are told" optional maxLength={1000} rows={3} value={reason} onChange={(typed) => setReason(typed.target.value)} />
          <Button variant="danger" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel the event and refund everybody
          </Button>
        </Ask>
      )}
      {asking === "delete" && (
        <Ask title="Delete this draft?" onNo={() => setAsking(undefined)}>
          <p>Nobody but your organisation has seen it. It is gone then.</p>
          <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            Delete it
          </Button>
        </Ask>
      )}
    </Card>
  );
}

function Ask({ title, onNo, children }: { title: string; onNo: () => void; children: React.ReactNode }) {
  return (
    <section className={styles.form} aria-label={title}>
      <h2>{title}</h2>
      {children}
      <div>
        <Button variant="quiet" onClick={onNo}>
          No, leave it
        </Button>
      </div>
    </section>
  );
}
