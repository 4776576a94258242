import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import type { components } from "../../api/generated/booking";
import { paths } from "../../app/paths";
import { formatSpan } from "../../lib/time";
import { ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { Money } from "../../ui/money";
import { Notice } from "../../ui/notice";
import { Page, PageSkeleton } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import { type Column, Table } from "../../ui/table";
import { Lifecycle } from "./lifecycle";
import styles from "./organiser.module.css";
import { ownEventQuery, salesQuery } from "./queries";
import { SalesPlot } from "./sales-plot";

type TypeSales = components["schemas"]["TypeSales"];
type DaySales = components["schemas"]["DaySales"];

const typeColumns: Column<TypeSales>[] = [
  { id: "name", label: "Ticket type", cell: ({ name }) => name },
  { id: "sold", label: "Sold", number: true, cell: ({ sold }) => sold.toLocaleString() },
  { id: "held", label: "On hold", number: true, cell: ({ held }) => held.toLocaleString() },
  { id: "left", label: "Left", number: true, cell: ({ capacity, held, sold }) => (capacity - held - sold).toLocaleString() },
  { id: "revenue", label: "Revenue", number: true, cell: ({ revenue }) => <Money value={revenue} /> },
];
const dayColumns: Column<DaySales>[] = [
  { id: "date", label: "Day", cell: ({ date }) => date },
  { id: "tickets", label: "Tickets", number: true, cell: ({ tickets }) => tickets.toLocaleString() },
  { id: "revenue", label: "Revenue", number: true, cell: ({ revenue }) => <Money value={revenue} /> },
];

/** How an event sells, at a glance, and what can be done with it. */
export function Component() {
  const { organisationId = "", eventId = "" } = useParams();
  const event = useQuery(ownEventQuery(eventId));
  const sales = useQuery({ ...salesQuery(eventId), enabled: event.data !== undefined && event.data.status !== "draft" });
  const back = { to: paths.organiserEvents(organisationId), label: "Events" };
  if (event.isError) {
    return (
      <Page title="Event" back={back}>
        <ProblemNotice problem={event.error} onRetry={() => void event.refetch()} retrying={event.isFetching} />
      </Page>
    );
  }
  if (!event.data) return <PageSkeleton />;
  const { title, starts_at, ends_at, time_zone, status, cancel_reason } = event.data;
  return (
    <Page
      title={title}
      intro={formatSpan(starts_at, ends_at, time_zone)}
      back={back}
      actions={
        <>
          <ButtonLink to={paths.event(eventId)}>As buyers see it</ButtonLink>
          {(status === "draft" || status === "published") && <ButtonLink to={paths.editEvent(organisationId, eventId)}>Edit</ButtonLink>}
          {status === "published" && <ButtonLink to={paths.gate(eventId)}>Check-in</ButtonLink>}
        </>
      }
    >
      <div className={styles.stack}>
        {status === "cancelled" && (
          <Notice tone="warn" title="This event is cancelled">
            Every buyer is told and gets the money back. {cancel_reason}
          </Notice>
        )}
        {status !== "draft" && (
          <QueryView query={sales}>
            {(figures) => (
              <>
                <dl className={styles.figures}>
                  <Figure label="Sold" value={`${figures.sold.toLocaleString()} of ${figures.capacity.toLocaleString()}`} />
                  <Figure label="Revenue" value={<Money value={figures.revenue} />} />
                  <Figure label="Refunded" value={<Money value={figures.refunded} />} />
                  <Figure label="On hold now" value={figures.held.toLocaleString()} />
                  <Figure label="Checked in" value={figures.checked_in.toLocaleString()} />
                </dl>
                <Card as="section" className={styles.stack} aria-labelledby="by-day">
                  <h2 id="by-day">Sales by day</h2>
                  <SalesPlot days={figures.by_day} />
                  {figures.by_day.length > 0 && (
                    <details>
                      <summary>As a table</summary>
                      <Table caption="Sales by day" columns={dayColumns} rows={figures.by_day} rowKey={({ date }) => date} />
                    </details>
                  )}
                </Card>
                <Card as="section" className={styles.stack} aria-labelledby="by-type">
                  <h2 id="by-type">Ticket types</h2>
                  <Table caption="Ticket types" columns={typeColumns} rows={figures.ticket_types} rowKey={({ id }) => id} />
                </Card>
              </>
            )}
          </QueryView>
        )}
        <Lifecycle organisationId={organisationId} event={event.data} />
      </div>
    </Page>
  );
}

function Figure({ label, value }: { label: string; value: React.ReactNode }) {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
