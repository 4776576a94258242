import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { catalog, unwrap } from "../../api/clients";
import { isProblem } from "../../api/problem";
import { fileName, saveFile } from "../../lib/save-file";
import { count } from "../../lib/words";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import styles from "./organiser.module.css";
import { plansQuery } from "./queries";

/** A venue's seating plans, to be brought in and taken out as files of pretix's open format. */
export function SeatingPlans({ venueId, venue }: { venueId: string; venue: string }) {
  const query = useQuery(plansQuery(venueId));
  const client = useQueryClient();
  const input = useId();
  const upload = useMutation({
    mutationFn: async (file: File) => {
      const text = await file.text();
      let body: Record<string, never>;
      try {
        body = JSON.parse(text) as Record<string, never>;
      } catch {
        throw new SyntaxError("The file is no JSON. Export the plan from its editor once more.");
      }
      return unwrap(catalog.POST("/venues/{id}/seating-plans", { params: { path: { id: venueId } }, body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: plansQuery(venueId).queryKey }),
  });
  const take = useMutation({
    mutationFn: async ({ id, name }: { id: string; name: string }) => {
      const plan = await unwrap(catalog.GET("/venues/{id}/seating-plans/{plan_id}", { params: { path: { id: venueId, plan_id: id } } }));
      saveFile(fileName(name, "json"), new Blob([JSON.stringify(plan)], { type: "application/json" }));
    },
  });
  const faults = isProblem(upload.error, "seating_plan_invalid") ? upload.error.errors : [];
  return (
    <div className={styles.form}>
      <QueryView query={query}>
        {(plans) => (
          <ul className={styles.list} role="list" aria-label={`Seating plans of ${venue}`}>
            {plans.map((plan) => (
              <li key={plan.id} className={styles.item}>
                <span>
                  {plan.name} <span className={styles.muted}>· {count(plan.seat_count, "seat")}</span>
                </span>
                <Button aria-label={`Save ${plan.name} as a file`} busy={take.isPending && take.variables.id === plan.id} onClick={() => take.mutate(plan)}>
                  Save as file
                </Button>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
      <div>
        <label htmlFor={input}>Add a seating plan (pretix JSON)</label>
        <input
          id={input}
          type="file"
          accept=".json,application/json"
          disabled={upload.isPending}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file) upload.mutate(file);
          }}
        />
      </div>
      {upload.isPending && <p role="status">Reading the plan…</p>}
      {upload.isSuccess && <Notice tone="good" announce title={`${upload.data.name}: ${count(upload.data.seat_count, "seat")}`} />}
      {faults.length > 0 ? (
        <Notice tone="bad" announce title={`The plan has ${count(faults.length, "fault")}; it was not taken`}>
          <ul className={styles.reasons}>
            {faults.map(({ pointer, message }) => (
              <li key={pointer}>
                <code>{pointer || "/"}</code> {message}
              </li>
            ))}
          </ul>
        </Notice>
      ) : upload.error instanceof SyntaxError ? (
        <Notice tone="bad" announce title="Not a seating plan">
          {upload.error.message}
        </Notice>
      ) : (
        upload.isError && <ProblemNotice problem={upload.error} />
      )}
      {take.isError && <ProblemNotice problem={take.error} />}
    </div>
  );
}
