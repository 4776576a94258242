import type { Availability, Event } from "../../api/types";
import { formatRelative } from "../../lib/time";
import { CalendarButton } from "../../ui/calendar-button";
import { Card } from "../../ui/card";
import { Countdown } from "../../ui/countdown";
import { EventTime } from "../../ui/date-time";
import { Notice } from "../../ui/notice";
import { Skeleton } from "../../ui/skeleton";
import { useNow } from "../../lib/countdown";
import { paths } from "../../app/paths";
import { WaitingRoom } from "../queue/waiting-room";
import { PlacesForYou } from "../waiting-list/places-for-you";
import { WaitingList } from "../waiting-list/waiting-list";
import { AccessCode } from "./access-code";
import { MyHold } from "./my-hold";
import { OrderForm, type OrderFormProps } from "./order-form";
import { type SaleState, saleState } from "./sale";
import styles from "./ticket-panel.module.css";

interface TicketPanelProps extends Omit<OrderFormProps, "availability"> {
  /** Another access code counts now. */
  onCode: () => void;
  availability: Availability | undefined;
  availabilityFailed: boolean;
}

/** Tickets: what can be bought now, or why nothing can and what then. */
export function TicketPanel({ event, availability, availabilityFailed, onCode, ...form }: TicketPanelProps) {
  const now = useNow(1000);
  const state = saleState(event, availability, now);
  const known = availability !== undefined || availabilityFailed;
  const tickets =
    state.kind === "on-sale" && (known ? <OrderForm event={event} availability={availability} {...form} /> : <PanelSkeleton rows={event.ticket_types.length} />);
  return (
    <Card as="section" raised className={styles.panel} aria-label="Tickets" id="tickets">
      <PlacesForYou event={event} availability={availability} />
      <MyHold eventId={event.id} />
      {state.kind === "draft" && (
        <Notice tone="warn" title="This is a draft">
          Only members of {event.organisation_name} see it. Tickets can be bought once it is published.
        </Notice>
      )}
      {state.kind === "cancelled" && <Cancelled event={event} />}
      {state.kind === "over" && (
        <Notice title="This event is over">It ended {formatRelative(event.ends_at, now)}. Your tickets and receipts stay in your bookings.</Notice>
      )}
      {state.kind === "no-tickets" && (
        <Notice title="No tickets here">
          {event.external_url ? (
            <>
              The organiser sells tickets on their own site:{" "}
              <a href={event.external_url} rel="noopener noreferrer">
                {hostOf(event.external_url)}
              </a>
            </>
          ) : (
            "The organiser sells no tickets for this event here."
          )}
        </Notice>
      )}
      {state.kind === "not-started" && <NotStarted event={event} startsAt={state.startsAt} now={now} />}
      {state.kind === "sold-out" && (
        <Notice tone="warn" title="Sold out">
          When someone&rsquo;s hold runs out or a booking is cancelled, the waiting list gets those tickets first; what it leaves shows here at once.
        </Notice>
      )}
      {state.kind === "ended" && <Notice title="The sale has ended">Tickets for this event can&rsquo;t be bought any more.</Notice>}
      {(state.kind === "on-sale" || state.kind === "sold-out") && <AccessCode event={event} onChange={onCode} />}
      {event.waiting_room && (
        <WaitingRoom event={event} joinable={isJoinable(state, now)}>
          {tickets}
        </WaitingRoom>
      )}
      {!event.waiting_room && tickets}
      {["on-sale", "sold-out", "not-started"].includes(state.kind) && <WaitingList event={event} availability={availability} />}
    </Card>
  );
}

/** Who is early joins the line in the hour before the sale. */
function isJoinable(state: SaleState, now: number): boolean {
  return state.kind === "on-sale" || (state.kind === "not-started" && Date.parse(state.startsAt) - now <= 3_600_000);
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

function Cancelled({ event }: { event: Event }) {
  return (
    <Notice tone="bad" title="This event is cancelled">
      {event.cancel_reason && <p>The organiser says: {event.cancel_reason}</p>}
      <p>Who bought tickets gets all of the money back, without doing anything: to the card that was charged, with a mail when it is on its way.</p>
    </Notice>
  );
}

function NotStarted({ event, startsAt, now }: { event: Event; startsAt: string; now: number }) {
  const days = (Date.parse(startsAt) - now) / 86_400_000;
  return (
    <>
      <div>
        <h2>The sale starts {days > 2 ? formatRelative(startsAt, now) : "in"}</h2>
        {days <= 2 && (
          <p className={styles.big}>
            <Countdown until={startsAt} />
          </p>
        )}
        <p className={styles.name}>
          <EventTime startsAt={startsAt} timeZone={event.time_zone} />
        </p>
        <p className={styles.muted}>Tickets show here at that moment, without a reload.</p>
      </div>
      <CalendarButton
        wide
        label="Remind me by calendar"
        entry={{
          uid: `sale-${event.id}`,
          title: `Tickets on sale: ${event.title}`,
          start: startsAt,
          end: new Date(Date.parse(startsAt) + 15 * 60_000),
          url: location.origin + paths.event(event.id),
          alarmMinutes: 10,
        }}
      />
    </>
  );
}

function PanelSkeleton({ rows }: { rows: number }) {
  return (
    <div className={styles.panel} aria-busy="true">
      {Array.from({ length: Math.min(Math.max(rows, 1), 5) }, (_, index) => (
        <Skeleton key={index} height="48px" />
      ))}
      <Skeleton height="52px" />
    </div>
  );
}
