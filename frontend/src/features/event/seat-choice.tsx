import type { Availability, Event, TicketType } from "../../api/types";
import { useNow } from "../../lib/countdown";
import { Button } from "../../ui/button";
import { Stepper } from "../../ui/field";
import { Money } from "../../ui/money";
import { isLocked, useAccess } from "./access";
import type { Choice } from "./choice";
import { leftOf, mostOf, scarcity, typeState } from "./sale";
import { LOCKED, stateText } from "./order-form";
import styles from "./ticket-panel.module.css";

interface SeatChoiceProps {
  event: Event;
  types: TicketType[];
  availability: Availability | undefined;
  choice: Choice;
  onChoice: (choice: Choice) => void;
  mapOpen: boolean;
  onMap: (open: boolean) => void;
}

/** Seats: the best free ones of a price as the first offer, or picked by hand on the map. */
export function SeatChoice({ event, types, availability, choice, onChoice, mapOpen, onMap }: SeatChoiceProps) {
  const picked = choice.kind === "seats" && choice.seats.length > 0;
  return (
    <>
      {picked ? (
        <PickedSeats seats={choice.seats} onRemove={(seat) => onChoice({ ...choice, seats: choice.seats.filter((item) => item !== seat) })} />
      ) : (
        <BestSeats {...{ event, types, availability, choice, onChoice }} />
      )}
      <Button wide aria-expanded={mapOpen} aria-controls="seat-map" onClick={() => onMap(!mapOpen)}>
        {mapOpen ? "Close the map" : picked ? "Change seats on the map" : "Choose seats on the map"}
      </Button>
    </>
  );
}

function PickedSeats({ seats, onRemove }: { seats: string[]; onRemove: (seat: string) => void }) {
  return (
    <div>
      <p className={styles.legend}>Your seats</p>
      <ul className={styles.seats} role="list">
        {seats.map((seat) => (
          <li key={seat}>
            <button type="button" className={styles.seat} aria-label={`Give up seat ${seat}`} onClick={() => onRemove(seat)}>
              {seat} <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function BestSeats({ event, types, availability, choice, onChoice }: Omit<SeatChoiceProps, "mapOpen" | "onMap">) {
  const now = useNow(15_000);
  const access = useAccess(event.id);
  const chosen = choice.kind === "best" ? choice : undefined;
  const current = types.find(({ id }) => id === chosen?.ticketTypeId);
  const most = current ? mostOf(current, leftOf(current, availability), event.max_per_buyer) : 0;
  return (
    <>
      <fieldset>
        <legend className={styles.legend}>Best seats next to each other</legend>
        {types.map((type) => {
          const left = leftOf(type, availability);
          const state = typeState(type, left, now);
          const locked = isLocked(type, access);
          const few = scarcity(left, type.capacity);
          const available = Math.max(1, Math.min(chosen?.quantity ?? 2, mostOf(type, left, event.max_per_buyer)));
          return (
            <label key={type.id} className={styles.option}>
              <input
                type="radio"
                name="price"
                checked={current?.id === type.id}
                disabled={state !== "on-sale" || locked}
                onChange={() => onChoice({ kind: "best", ticketTypeId: type.id, quantity: available })}
              />
              <span>
                <span className={styles.name}>{type.name}</span>
                {state !== "on-sale" && <span className={styles.muted}> · {stateText(type, state, event.time_zone)}</span>}
                {state === "on-sale" && locked && <span className={styles.muted}> · {LOCKED}</span>}
                {few !== undefined && state === "on-sale" && <span className={styles.few}> · {few} left</span>}
              </span>
              <span className={styles.price}>
                <Money value={type.price} free />
              </span>
            </label>
          );
        })}
      </fieldset>
      {current && chosen && (
        <div className={styles.quantity}>
          <span className={styles.name}>How many</span>
          <Stepper label="Seats" min={1} value={chosen.quantity} max={Math.max(1, most)} onChange={(quantity) => onChoice({ ...chosen, quantity })} />
        </div>
      )}
    </>
  );
}
