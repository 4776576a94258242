import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useParams } from "react-router";
import { catalog, unwrap } from "../../api/clients";
import type { components } from "../../api/generated/catalog";
import { paths } from "../../app/paths";
import { saveFile } from "../../lib/save-file";
import { count } from "../../lib/words";
import { Button, ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { Checkbox, Field } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { Actions } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { Progress } from "../../ui/spinner";
import styles from "./organiser.module.css";

type Report = components["schemas"]["ImportReport"];

const MOST_BYTES = 8 * 1024 * 1024;

/** A file of schema.org events becomes events; what can't is named by line. */
export function Component() {
  const { organisationId = "" } = useParams();
  const [file, setFile] = useState<File>();
  const [publish, setPublish] = useState(false);
  const client = useQueryClient();
  const upload = useMutation({
    mutationFn: async (chosen: File) =>
      unwrap(
        catalog.POST("/events/import", {
          params: { query: { organisation_id: organisationId, publish } },
          body: await chosen.text(),
          bodySerializer: (text) => text,
          headers: { "content-type": "application/x-ndjson" },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["own-events", organisationId] }),
  });
  const large = file !== undefined && file.size > MOST_BYTES;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file && !large && !upload.isPending) upload.mutate(file);
  };
  return (
    <div className={styles.stack}>
      <Card>
        <form className={styles.form} onSubmit={submit}>
          <h2>Import events</h2>
          <p>
            A text file with one schema.org Event (JSON-LD) a line, as many sites export them. Importing the same file again changes only what has
            changed.
          </p>
          <Field label="File" hint="NDJSON, at most 8 MB" error={large ? "The file is larger than 8 MB. Split it." : undefined}>
            {(control) => (
              <input
                {...control}
                type="file"
                accept=".ndjson,.jsonl,.json,application/x-ndjson"
                onChange={(event) => {
                  upload.reset();
                  setFile(event.target.files?.[0]);
                }}
              />
            )}
          </Field>
          <Checkbox label="Publish what is imported at once" checked={publish} onChange={(event) => setPublish(event.target.checked)} />
          {upload.isError && <ProblemNotice problem={upload.error} onRetry={() => file && upload.mutate(file)} reassurance="Sending the file again is safe." />}
          {upload.isPending && <Progress label="Importing" />}
          <div>
            <Button type="submit" variant="primary" disabled={!file || large} busy={upload.isPending} busyText="Importing">
              Import
            </Button>
          </div>
        </form>
      </Card>
      {upload.data && <Result report={upload.data} organisationId={organisationId} name={file?.name ?? "import"} />}
    </div>
  );
}

function Result({ report, organisationId, name }: { report: Report; organisationId: string; name: string }) {
  const { lines, created, updated, unchanged, skipped } = report;
  const text = skipped.map((line) => `line ${line.line}${line.name ? ` (${line.name})` : ""}: ${line.reason}\n`).join("");
  return (
    <Card as="section" className={styles.stack} aria-labelledby="result">
      <h2 id="result">{count(lines, "line")} read</h2>
      <Notice tone={skipped.length === 0 ? "good" : "warn"} announce title={`${created} new, ${updated} changed, ${unchanged} as they were, ${skipped.length} skipped`}>
        {skipped.length === 0 ? "Every line is an event now." : "What was skipped stands below, with the reason."}
      </Notice>
      {skipped.length > 0 && (
        <ul className={styles.reasons}>
          {skipped.map((line) => (
            <li key={line.line}>
              Line {line.line}
              {line.name && <b> {line.name}</b>}: {line.reason}
            </li>
          ))}
        </ul>
      )}
      <Actions>
        <ButtonLink to={paths.organiserEvents(organisationId)}>To the events</ButtonLink>
        {skipped.length > 0 && <Button onClick={() => saveFile(`${name}-skipped.txt`, new Blob([text], { type: "text/plain" }))}>Save the list</Button>}
      </Actions>
    </Card>
  );
}
