import type { Booking, Ticket } from "../../api/types";
import { formatClock } from "../../lib/time";
import { cx } from "../../ui/cx";
import { EventTime } from "../../ui/date-time";
import styles from "./tickets-page.module.css";

interface TicketViewProps {
  ticket: Ticket;
  /** QR code as SVG text; missing while it loads. */
  code: string | undefined;
  event: Booking["event"];
  place: string;
  number: number;
}

/** A ticket: its code large on white in any theme, then whose place it is. */
export function TicketView({ ticket, code, event, place, number }: TicketViewProps) {
  const stamp = ticket.status === "cancelled" ? "Cancelled" : ticket.status === "redeemed" ? "Used" : undefined;
  return (
    <article className={styles.ticket}>
      <div className={cx(styles.code, stamp && styles.void)}>
        {code ? <img src={`data:image/svg+xml,${encodeURIComponent(code)}`} alt={`QR code of ticket ${number}`} /> : <span className={styles.blank} />}
        {stamp && (
          <span className={styles.stamp}>
            {stamp}
            {ticket.redeemed_at && ticket.status === "redeemed" && ` ${formatClock(ticket.redeemed_at, event.time_zone)}`}
          </span>
        )}
      </div>
      <div className={styles.text}>
        <span className={styles.seat}>
          {ticket.ticket_type_name}
          {ticket.seat && ` · ${ticket.seat}`}
        </span>
        <EventTime startsAt={event.starts_at} timeZone={event.time_zone} />
        <span>{place}</span>
        {!stamp && (
          <details>
            <summary>Code as text</summary>
            <code className={styles.plain}>{ticket.code}</code>
          </details>
        )}
      </div>
    </article>
  );
}
