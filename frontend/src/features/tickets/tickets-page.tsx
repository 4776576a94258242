import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { isProblem } from "../../api/problem";
import { NotFoundPage } from "../../app/not-found-page";
import { paths } from "../../app/paths";
import { useWakeLock } from "../../lib/use-wake-lock";
import { Button, ButtonLink } from "../../ui/button";
import { CalendarButton } from "../../ui/calendar-button";
import { DateTime } from "../../ui/date-time";
import { EmptyState } from "../../ui/empty-state";
import { Notice } from "../../ui/notice";
import { Actions, Page, PageSkeleton } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import type { SavedTickets } from "./offline";
import { TicketView } from "./ticket-view";
import styles from "./tickets-page.module.css";
import { useTickets } from "./use-tickets";

/** One ticket a screen, for the scanner at the entrance. */
export function Component() {
  const { bookingId = "" } = useParams();
  const { known, error, loading, fromDevice, retry } = useTickets(bookingId);
  if (known) return <Tickets known={known} fromDevice={fromDevice} problem={error} onRetry={retry} />;
  if (isProblem(error) && error.status === 404) return <NotFoundPage />;
  if (loading && !error) return <PageSkeleton narrow />;
  return (
    <Page title="Tickets" back={{ to: paths.bookings(), label: "My bookings" }} narrow>
      {error ? (
        <ProblemNotice problem={error} onRetry={retry} />
      ) : (
        <Notice tone="warn" title="You are offline">
          These tickets were not opened on this device before. They load as soon as there is a connection; the mail has them too.
        </Notice>
      )}
    </Page>
  );
}

interface TicketsProps {
  known: SavedTickets;
  fromDevice: boolean;
  problem: unknown;
  onRetry: () => void;
}

function Tickets({ known: { booking, tickets, codes, savedAt }, fromDevice, problem, onRetry }: TicketsProps) {
  useWakeLock();
  const { event } = booking;
  const shown = [...tickets.filter(({ status }) => status !== "cancelled"), ...tickets.filter(({ status }) => status === "cancelled")];
  const place = event.venue ? [event.venue.name, event.venue.city].filter(Boolean).join(", ") : "Online";
  return (
    <Page title={event.title} back={{ to: paths.booking(booking.id), label: "Booking" }} narrow>
      {fromDevice && (
        <Notice tone="warn" title="Shown without a connection">
          As they were <DateTime at={savedAt} />. The code works at the entrance all the same.
        </Notice>
      )}
      {!fromDevice && Boolean(problem) && <ProblemNotice problem={problem} onRetry={onRetry} />}
      {shown.length === 0 ? (
        <EmptyState title="No tickets" action={<ButtonLink to={paths.booking(booking.id)}>To the booking</ButtonLink>}>
          This booking has no tickets: they come as soon as it is paid.
        </EmptyState>
      ) : (
        <Strip count={shown.length}>
          {shown.map((ticket, index) => (
            <li key={ticket.id} aria-label={`Ticket ${index + 1} of ${shown.length}`}>
              <TicketView ticket={ticket} code={codes[ticket.id]} event={event} place={place} number={index + 1} />
            </li>
          ))}
        </Strip>
      )}
      <div className={styles.below}>
        <p className={styles.muted}>Turn the brightness of your screen up before you show the code. Once opened here, tickets work without network.</p>
        <Actions>
          <CalendarButton
            entry={{ uid: `booking-${booking.id}`, title: event.title, start: event.starts_at, end: event.ends_at, place, url: location.origin + paths.tickets(booking.id), alarmMinutes: 180 }}
          />
          <ButtonLink to={paths.receipt(booking.id)}>Receipt</ButtonLink>
          <ButtonLink to={paths.cancelBooking(booking.id)}>Cancel tickets</ButtonLink>
        </Actions>
      </div>
    </Page>
  );
}

function scrollToItem(strip: HTMLElement | null, index: number, behavior: ScrollBehavior): void {
  const item = strip?.children[index];
  if (strip && item instanceof HTMLElement) strip.scrollTo({ left: item.offsetLeft - (strip.clientWidth - item.offsetWidth) / 2, behavior });
}

/** Tickets beside each other: by swipe, by arrow keys, by buttons. */
function Strip({ count, children }: { count: number; children: ReactNode }) {
  const [params] = useSearchParams();
  const strip = useRef<HTMLUListElement>(null);
  const [current, setCurrent] = useState(() => Math.min(Math.max(Number(params.get("ticket") ?? 1) - 1 || 0, 0), count - 1));
  const start = useRef(current);
  const show = (index: number) => scrollToItem(strip.current, index, "smooth");
  useLayoutEffect(() => scrollToItem(strip.current, start.current, "instant"), []);
  const onScroll = () => {
    const element = strip.current;
    if (!element || element.scrollWidth <= element.clientWidth) return;
    setCurrent(Math.round((element.scrollLeft / (element.scrollWidth - element.clientWidth)) * (count - 1)));
  };
  return (
    <>
      <ul ref={strip} className={styles.strip} role="list" onScroll={onScroll} tabIndex={count > 1 ? 0 : undefined}>
        {children}
      </ul>
      {count > 1 && (
        <div className={styles.pager}>
          <Button disabled={current === 0} onClick={() => show(current - 1)} aria-label="Ticket before">
            ←
          </Button>
          <span role="status">
            Ticket {current + 1} of {count}
          </span>
          <Button disabled={current === count - 1} onClick={() => show(current + 1)} aria-label="Next ticket">
            →
          </Button>
        </div>
      )}
    </>
  );
}
