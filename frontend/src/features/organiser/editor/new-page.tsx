import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { catalog, unwrap } from "../../../api/clients";
import { once } from "../../../api/idempotency";
import { isProblem } from "../../../api/problem";
import { paths } from "../../../app/paths";
import { readersZone } from "../../../lib/time";
import { Button } from "../../../ui/button";
import { Notice } from "../../../ui/notice";
import { Page } from "../../../ui/page";
import { ProblemNotice } from "../../../ui/problem-notice";
import styles from "../organiser.module.css";
import { ownEventQuery } from "../queries";
import { EventFields } from "./event-fields";
import { type Faults, bodyOf, emptyForm } from "./form";

/** A new event: once it is saved it is a draft, and saves itself from then on. */
export function Component() {
  const { organisationId = "" } = useParams();
  const [form, setForm] = useState(() => emptyForm(readersZone(), new Date()));
  const [faults, setFaults] = useState<Faults>({});
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (body: Parameters<typeof save>[0]) => save(body),
    onSuccess: async (event) => {
      client.setQueryData(ownEventQuery(event.id).queryKey, event);
      await client.invalidateQueries({ queryKey: ["own-events", organisationId] });
      await navigate(paths.editEvent(organisationId, event.id), { replace: true });
    },
    onError: (error) => {
      if (isProblem(error)) setFaults(Object.fromEntries(error.errors.map(({ pointer, message }) => [pointer, message])));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending) return;
    const result = bodyOf(form, organisationId);
    setFaults("faults" in result ? result.faults : {});
    if ("body" in result) create.mutate(result.body);
  };
  const wrong = Object.keys(faults).length;
  return (
    <Page title="New event" back={{ to: paths.organiserEvents(organisationId), label: "Events" }} narrow>
      <form className={styles.stack} onSubmit={submit} noValidate>
        {/* What is typed once it is on its way would not arrive. */}
        <fieldset className={styles.stack} disabled={create.isPending || create.isSuccess}>
          <EventFields organisationId={organisationId} form={form} onChange={setForm} faults={faults} />
        </fieldset>
        {wrong > 0 && (
          <Notice tone="bad" announce title="Please check what is marked">
            {Object.values(faults).join(" ")}
          </Notice>
        )}
        {create.isError && wrong === 0 && <ProblemNotice problem={create.error} />}
        <div>
          <Button type="submit" variant="primary" busy={create.isPending}>
            Save as draft
          </Button>
        </div>
        <p className={styles.muted}>Nobody sees a draft but your organisation. You publish it on the next page.</p>
      </form>
    </Page>
  );
}

function save(body: Extract<ReturnType<typeof bodyOf>, { body: unknown }>["body"]) {
  return once("new-event", body, (key) => unwrap(catalog.POST("/events", { params: { header: { "Idempotency-Key": key } }, body })));
}
