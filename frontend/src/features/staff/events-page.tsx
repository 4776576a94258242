import { useQueries, useQuery } from "@tanstack/react-query";
import { catalog, unwrap } from "../../api/clients";
import { organisationsQuery } from "../../api/resources/organisations";
import { paths } from "../../app/paths";
import { formatSpan } from "../../lib/time";
import { ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { EmptyState } from "../../ui/empty-state";
import { Page } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import { Skeleton } from "../../ui/skeleton";
import styles from "./gate.module.css";

/** Which gate: the events of the organisations that somebody works for, the next ones first. */
export function Component() {
  const organisations = useQuery(organisationsQuery);
  const events = useQueries({
    queries: (organisations.data ?? []).map(({ id }) => ({
      queryKey: ["gate-events", id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        unwrap(catalog.GET("/events", { params: { query: { organisation_id: id, status: "published" as const, limit: 50 } }, signal })),
    })),
  });
  const found = events.flatMap(({ data }) => data?.items ?? []).filter(({ capacity }) => capacity > 0);
  const upcoming = [...found].sort((one, other) => one.starts_at.localeCompare(other.starts_at));
  const failed = events.find(({ isError }) => isError);
  return (
    <Page title="Check-in" intro="Choose the event whose gate you stand at." narrow>
      <QueryView query={organisations}>
        {() =>
          events.some(({ isPending }) => isPending) ? (
            <Skeleton height="12rem" />
          ) : failed && found.length === 0 ? (
            <ProblemNotice problem={failed.error} onRetry={() => void failed.refetch()} />
          ) : upcoming.length === 0 ? (
            <EmptyState title="No gate to stand at" action={<ButtonLink to={paths.home()}>To the events</ButtonLink>}>
              You work for no organisation with events on sale. An organiser adds you under Members, by the e-mail address of your account.
            </EmptyState>
          ) : (
            <ul className={styles.events} role="list">
              {upcoming.map((event) => (
                <Card as="li" key={event.id} className={styles.event}>
                  <div>
                    <b>{event.title}</b>
                    <div className={styles.muted}>
                      {formatSpan(event.starts_at, event.ends_at, event.time_zone)}
                      {event.venue && ` · ${event.venue.name}`}
                    </div>
                  </div>
                  <ButtonLink to={paths.gate(event.id)} aria-label={`Open the gate of ${event.title}`}>
                    Open
                  </ButtonLink>
                </Card>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Page>
  );
}
