import type { ReactNode } from "react";
import type { Money as Amount } from "../api/types";
import { times } from "../lib/money";
import { count } from "../lib/words";
import { Card } from "./card";
import { EventTime } from "./date-time";
import { Money } from "./money";
import styles from "./order-summary.module.css";

export interface SummaryLine {
  id: string;
  name: string;
  quantity: number;
  unitPrice: Amount;
  seats: readonly string[];
}

interface OrderSummaryProps {
  title: string;
  startsAt: string;
  endsAt?: string;
  timeZone: string;
  place?: string;
  lines: SummaryLine[];
  total: Amount;
  children?: ReactNode;
}

/** What is being bought, and the total with all fees. */
export function OrderSummary({ title, startsAt, endsAt, timeZone, place, lines, total, children }: OrderSummaryProps) {
  return (
    <Card as="section" aria-label="Order">
      <h2>{title}</h2>
      <p className={styles.when}>
        <EventTime startsAt={startsAt} endsAt={endsAt} timeZone={timeZone} />
      </p>
      {place && <p>{place}</p>}
      <ul className={styles.lines} role="list">
        {lines.map((line) => (
          <li key={line.id} className={styles.line}>
            <span>
              {line.quantity} × {line.name}
            </span>
            <span className={styles.amount}>
              <Money value={times(line.unitPrice, line.quantity)} free />
            </span>
            {line.seats.length > 0 && (
              <span className={styles.muted}>
                {line.seats.length === 1 ? "Seat" : "Seats"} {line.seats.join(", ")}
              </span>
            )}
          </li>
        ))}
      </ul>
      <div className={styles.total}>
        <span>Total for {count(lines.reduce((sum, { quantity }) => sum + quantity, 0), "ticket")}</span>
        <b className={styles.amount}>
          <Money value={total} free />
        </b>
      </div>
      <p className={styles.muted}>All fees are included.</p>
      {children}
    </Card>
  );
}
