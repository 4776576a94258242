import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { EventSummary } from "../../api/types";
import { paths } from "../../app/paths";
import { formatDateTime } from "../../lib/time";
import { Button, ButtonLink } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Select, TextField } from "../../ui/field";
import { Money } from "../../ui/money";
import { ProblemNotice } from "../../ui/problem-notice";
import { Skeleton } from "../../ui/skeleton";
import { type Column, Table } from "../../ui/table";
import styles from "./organiser.module.css";
import { type StatusFilter, ownEventsQuery } from "./queries";
import { statusText } from "./status-text";
import { Today } from "./today";

const statuses: readonly StatusFilter[] = ["all", "draft", "published", "cancelled", "completed"];

/** The columns of the table; the title leads on to the draft or to the sales. */
const columnsOf = (organisationId: string): Column<EventSummary>[] => [
  {
    id: "title",
    label: "Event",
    cell: (event) => <Link to={event.status === "draft" ? paths.editEvent(organisationId, event.id) : paths.eventSales(organisationId, event.id)}>{event.title}</Link>,
  },
  { id: "starts_at", label: "Starts", sortable: true, cell: (event) => formatDateTime(event.starts_at, event.time_zone) },
  { id: "status", label: "State", cell: (event) => (event.sold_out && event.status === "published" ? "Sold out" : statusText[event.status]) },
  { id: "capacity", label: "Tickets", number: true, cell: (event) => (event.capacity > 0 ? event.capacity.toLocaleString() : "–") },
  { id: "price", label: "From", number: true, cell: (event) => (event.from_price ? <Money value={event.from_price} free /> : "–") },
];

/** Today's figures, then the events of an organisation, to be sorted, filtered and found by words. */
export function Component() {
  const { organisationId = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const status = statuses.find((item) => item === params.get("status")) ?? "all";
  const typed = params.get("q") ?? "";
  const newestFirst = params.get("sort") !== "starts_at";
  const q = useDeferredValue(typed.trim());
  const query = useInfiniteQuery(ownEventsQuery(organisationId, { status, q, newestFirst }));
  const events = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const columns = useMemo(() => columnsOf(organisationId), [organisationId]);
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );

  return (
    <div className={styles.stack}>
      <Today organisationId={organisationId} />
      <div className={styles.row}>
        <TextField label="Find" type="search" placeholder="Words of the title or place" value={typed} onChange={(event) => set("q", event.target.value)} />
        <Select label="State" value={status} onChange={(event) => set("status", event.target.value === "all" ? "" : event.target.value)}>
          {statuses.map((item) => (
            <option key={item} value={item}>
              {item === "all" ? "All" : statusText[item]}
            </option>
          ))}
        </Select>
      </div>
      {query.isPending ? (
        <Skeleton height="16rem" />
      ) : query.isError && events.length === 0 ? (
        <ProblemNotice problem={query.error} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      ) : events.length === 0 ? (
        <EmptyState title={q || status !== "all" ? "No event fits" : "No events yet"} action={<ButtonLink to={paths.newEvent(organisationId)}>New event</ButtonLink>}>
          {q || status !== "all" ? "Try other words or another state." : "Make your first one, or import a file of schema.org events."}
        </EmptyState>
      ) : (
        <>
          <Table
            caption="Events"
            columns={columns}
            rows={events}
            rowKey={({ id }) => id}
            sort={{ column: "starts_at", descending: newestFirst }}
            onSort={({ descending }) => set("sort", descending ? "" : "starts_at")}
          />
          {query.hasNextPage && (
            <div>
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                More events
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
