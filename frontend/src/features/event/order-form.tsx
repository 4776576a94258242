import type { FormEvent, ReactNode } from "react";
import type { Availability, Event, TicketType } from "../../api/types";
import { useNow } from "../../lib/countdown";
import { useLongerThan } from "../../lib/use-elapsed";
import { count } from "../../lib/words";
import { Button } from "../../ui/button";
import { Stepper } from "../../ui/field";
import { Money } from "../../ui/money";
import { formatDateTime } from "../../lib/time";
import { isLocked, useAccess } from "./access";
import { type Choice, countOf, linesOf, totalOf } from "./choice";
import { leftOf, mostOf, scarcity, typeState } from "./sale";
import { SeatChoice } from "./seat-choice";
import styles from "./ticket-panel.module.css";

export interface OrderFormProps {
  event: Event;
  availability: Availability | undefined;
  choice: Choice;
  onChoice: (choice: Choice) => void;
  onOrder: () => void;
  busy: boolean;
  /** Whether somebody is signed in: others log in on the next page. */
  signedIn: boolean;
  /** What went wrong with the last attempt. */
  problem?: ReactNode;
  mapOpen: boolean;
  onMap: (open: boolean) => void;
}

/** Ticket types with their numbers, seats, total, and the way on. */
export function OrderForm({ event, availability, choice, onChoice, onOrder, busy, signedIn, problem, mapOpen, onMap }: OrderFormProps) {
  const general = event.ticket_types.filter(({ kind }) => kind === "general");
  const seated = event.ticket_types.filter(({ kind }) => kind === "seated");
  const slow = useLongerThan(2_500, busy);
  const lines = linesOf(choice, event);
  const total = totalOf(lines);
  const chosen = countOf(choice);

  const submit = (form: FormEvent) => {
    form.preventDefault();
    if (chosen > 0 && !busy) onOrder();
  };
  return (
    <form className={styles.panel} onSubmit={submit}>
      <h2>Tickets</h2>
      {seated.length > 0 && <SeatChoice {...{ event, types: seated, availability, choice, onChoice, mapOpen, onMap }} />}
      {general.length > 0 && (
        <ul className={styles.types} role="list">
          {general.map((type) => (
            <GeneralType key={type.id} {...{ type, event, availability, choice, onChoice }} />
          ))}
        </ul>
      )}
      {problem}
      <div className={styles.bar}>
        <div className={styles.total}>
          <span>{chosen === 0 ? "Nothing chosen" : count(chosen, "ticket")}</span>
          {total && <b>{<Money value={total} free />}</b>}
        </div>
        <Button type="submit" variant="primary" size="large" wide disabled={chosen === 0} busy={busy} busyText={slow ? "Many want in, still trying" : "Holding your tickets"}>
          {signedIn ? "Hold tickets" : "Continue"}
        </Button>
      </div>
      <p className={styles.muted}>
        {signedIn ? "They stay yours for 10 minutes while you pay." : "Next: log in or create an account; then your tickets are held for 10 minutes."} Prices include all fees.
      </p>
    </form>
  );
}

interface GeneralTypeProps {
  type: TicketType;
  event: Event;
  availability: Availability | undefined;
  choice: Choice;
  onChoice: (choice: Choice) => void;
}

function GeneralType({ type, event, availability, choice, onChoice }: GeneralTypeProps) {
  const left = leftOf(type, availability);
  const state = typeState(type, left, useNow(15_000));
  const quantities = choice.kind === "items" ? choice.quantities : {};
  const quantity = quantities[type.id] ?? 0;
  const others = Object.entries(quantities).reduce((total, [id, n]) => (id === type.id ? total : total + n), 0);
  const most = Math.min(mostOf(type, left, null), event.max_per_buyer === null ? Infinity : Math.max(0, event.max_per_buyer - others));
  const few = scarcity(left, type.capacity);
  // What was chosen before can always be given up.
  const locked = isLocked(type, useAccess(event.id)) && quantity === 0;
  return (
    <li className={styles.type}>
      <div>
        <div className={styles.name}>{type.name}</div>
        <div className={styles.price}>
          <Money value={type.price} free /> {few !== undefined && <span className={styles.few}>· {few} left</span>}
        </div>
      </div>
      {state === "on-sale" && locked ? (
        <span className={styles.muted}>{LOCKED}</span>
      ) : state === "on-sale" ? (
        <Stepper
          label={type.name}
          value={quantity}
          max={Math.max(most, quantity)}
          onChange={(next) => onChoice({ kind: "items", quantities: { ...quantities, [type.id]: next } })}
        />
      ) : (
        <span className={styles.muted}>{stateText(type, state, event.time_zone)}</span>
      )}
    </li>
  );
}

/** Why a ticket type can't be chosen before a code is entered. */
export const LOCKED = "With an access code";

/** Why a ticket type can't be bought now. */
export function stateText(type: TicketType, state: ReturnType<typeof typeState>, timeZone: string): string {
  if (state === "not-started" && type.sales_start) return `From ${formatDateTime(type.sales_start, timeZone)}`;
  return state === "ended" ? "Sale ended" : "Sold out";
}
