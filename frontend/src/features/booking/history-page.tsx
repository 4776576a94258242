import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { bookingsQuery } from "../../api/resources/bookings";
import type { Booking, BookingStatus } from "../../api/types";
import { paths } from "../../app/paths";
import { count } from "../../lib/words";
import { Button, ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { Countdown } from "../../ui/countdown";
import { EventTime } from "../../ui/date-time";
import { EmptyState } from "../../ui/empty-state";
import { Select } from "../../ui/field";
import { Money } from "../../ui/money";
import { Page } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import { Skeleton } from "../../ui/skeleton";
import styles from "./booking.module.css";
import { StatusBadge } from "./status-badge";

const filters: { value: BookingStatus; label: string }[] = [
  { value: "confirmed", label: "With tickets" },
  { value: "held", label: "Held now" },
  { value: "cancelled", label: "Cancelled" },
  { value: "expired", label: "Ran out" },
  { value: "released", label: "Given back" },
];

/** All bookings of the person, newest first, page after page. */
export function Component() {
  const [params, setParams] = useSearchParams();
  const status = filters.find(({ value }) => value === params.get("status"))?.value;
  const query = useInfiniteQuery(bookingsQuery(status));
  const bookings = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page
      title="My bookings"
      narrow
      actions={
        <Select label="Show" hideLabel value={status ?? ""} onChange={(event) => setParams(event.target.value ? { status: event.target.value } : {})}>
          <option value="">All bookings</option>
          {filters.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      }
    >
      <QueryView query={query} loading={<Waiting />}>
        {() =>
          bookings.length === 0 ? (
            <Nothing filtered={status !== undefined} onAll={() => setParams({})} />
          ) : (
            <ul className={styles.list} role="list">
              {bookings.map((booking) => (
                <BookingItem key={booking.id} booking={booking} />
              ))}
            </ul>
          )
        }
      </QueryView>
      {query.isFetchNextPageError && <ProblemNotice problem={query.error} />}
      {query.hasNextPage && (
        <div className={styles.foot}>
          <Button busy={query.isFetchingNextPage} busyText="Loading more" onClick={() => void query.fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </Page>
  );
}

function BookingItem({ booking }: { booking: Booking }) {
  const { event } = booking;
  const held = booking.status === "held" && booking.expires_at !== null;
  return (
    <Card as="li" className={styles.item}>
      <h2>
        <Link to={booking.status === "confirmed" ? paths.booking(booking.id) : held ? paths.checkout(booking.id) : paths.booking(booking.id)}>{event.title}</Link>
      </h2>
      <StatusBadge status={booking.status} />
      <div className={styles.meta}>
        <EventTime startsAt={event.starts_at} timeZone={event.time_zone} />
      </div>
      <div className={styles.meta}>
        <span>
          {count(booking.seats, "ticket")} · <Money value={booking.total} free />
        </span>
        {held && booking.expires_at && (
          <span>
            {booking.offered ? "Offered by the waiting list: kept for you for" : "Held for"} <Countdown until={booking.expires_at} />
          </span>
        )}
      </div>
    </Card>
  );
}

function Nothing({ filtered, onAll }: { filtered: boolean; onAll: () => void }) {
  if (filtered) return <EmptyState title="None of these" action={<Button onClick={onAll}>Show all bookings</Button>} />;
  return (
    <EmptyState
      title="No bookings yet"
      action={
        <ButtonLink variant="primary" to={paths.home()}>
          Find an event
        </ButtonLink>
      }
    >
      Tickets that you hold or buy show here, with their receipts.
    </EmptyState>
  );
}

function Waiting() {
  return (
    <div className={styles.list}>
      {[0, 1, 2].map((key) => (
        <Skeleton key={key} height="132px" />
      ))}
    </div>
  );
}
