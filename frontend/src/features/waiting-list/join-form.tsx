import { type FormEvent, useState } from "react";
import type { Wish } from "../../api/resources/waiting-list";
import type { Event, TicketType } from "../../api/types";
import { Button } from "../../ui/button";
import { Stepper } from "../../ui/field";
import { Money } from "../../ui/money";
import { mostWanted } from "./entries";
import styles from "./waiting-list.module.css";

interface JoinFormProps {
  event: Event;
  /** Sold out, and not waited for yet; at least one. */
  types: readonly TicketType[];
  signedIn: boolean;
  busy: boolean;
  onJoin: (wish: Wish) => void;
}

/** How many of what, and what waiting means. */
export function JoinForm({ event, types, signedIn, busy, onJoin }: JoinFormProps) {
  const [chosen, setChosen] = useState<Wish>();
  const type = types.find(({ id }) => id === chosen?.ticketTypeId) ?? types[0];
  if (!type) return null;
  const most = mostWanted(type, event);
  const quantity = Math.min(chosen?.quantity ?? 1, most);
  const submit = (form: FormEvent) => {
    form.preventDefault();
    if (!busy) onJoin({ ticketTypeId: type.id, quantity });
  };
  return (
    <form className={styles.stack} onSubmit={submit}>
      {types.length > 1 ? (
        <fieldset>
          <legend className={styles.legend}>For which tickets</legend>
          {types.map((option) => (
            <label key={option.id} className={styles.option}>
              <input type="radio" name="waited-for" checked={option.id === type.id} onChange={() => setChosen({ ticketTypeId: option.id, quantity })} />
              <span>{option.name}</span>
              <Money value={option.price} free />
            </label>
          ))}
        </fieldset>
      ) : (
        <p className={styles.row}>
          <b>{type.name}</b> <Money value={type.price} free />
        </p>
      )}
      <div className={styles.row}>
        <span className={styles.legend}>How many</span>
        <Stepper label={`Places to wait for: ${type.name}`} min={1} value={quantity} max={most} onChange={(next) => setChosen({ ticketTypeId: type.id, quantity: next })} />
      </div>
      <p className={styles.muted}>{meaning(type, quantity)}</p>
      <Button type="submit" variant="primary" size="large" wide busy={busy} busyText="Joining the waiting list">
        {signedIn ? "Join the waiting list" : "Log in and join the waiting list"}
      </Button>
    </form>
  );
}

/** What somebody agrees to by joining, in one sentence. */
function meaning({ kind }: TicketType, quantity: number): string {
  const apart = kind === "seated" ? " (not always side by side)" : "";
  const turn = quantity === 1 ? "a place is kept for you for some time" : `all ${quantity} places${apart}, or none, are kept for you for some time`;
  return `First come, first served: when it is your turn, ${turn}, and a mail tells you until when to buy; waiting costs nothing.`;
}
