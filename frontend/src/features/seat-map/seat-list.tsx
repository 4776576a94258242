import { useState } from "react";
import { count } from "../../lib/words";
import { type Layout, type Seat, rowsOf } from "./layout";
import styles from "./seat-map.module.css";

interface SeatListProps {
  layout: Layout;
  isFree: (seat: Seat) => boolean;
  /** Whether it wants an access code that was not entered. */
  isClosed: (seat: Seat) => boolean;
  selected: ReadonlySet<string>;
  name: (seat: Seat) => string;
  onToggle: (seat: Seat) => void;
}

/** The same seats as text, row by row, for who can't use a map. A row's seats are made only once it is opened. */
export function SeatList({ layout, isFree, isClosed, selected, name, onToggle }: SeatListProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.list} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Seats as a list</summary>
      {open &&
        rowsOf(layout.seats).map((row) => <Row key={`${row.zone}\n${row.row}`} {...{ row, isFree, isClosed, selected, name, onToggle }} />)}
    </details>
  );
}

type RowProps = Omit<SeatListProps, "layout"> & { row: ReturnType<typeof rowsOf>[number] };

function Row({ row, isFree, isClosed, selected, name, onToggle }: RowProps) {
  const [open, setOpen] = useState(false);
  const free = row.seats.filter((seat) => isFree(seat) || selected.has(seat.guid));
  const none = row.seats.some(isClosed) ? "only with an access code" : "all taken";
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {[row.zone, row.row && `row ${row.row}`].filter(Boolean).join(", ") || "Seats"}: {free.length === 0 ? none : `${count(free.length, "seat")} free`}
      </summary>
      {open && (
        <div className={styles.seats}>
          {free.map((seat) => (
            <button key={seat.guid} type="button" aria-pressed={selected.has(seat.guid)} aria-label={name(seat)} onClick={() => onToggle(seat)}>
              {seat.number || seat.guid}
            </button>
          ))}
        </div>
      )}
    </details>
  );
}
