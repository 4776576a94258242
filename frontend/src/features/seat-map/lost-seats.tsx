import { listOf } from "../../lib/words";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import type { Grid } from "./grid";
import type { Layout, Seat } from "./layout";
import { placeName } from "./seat-name";

/** How many free seats near a lost one are offered. */
const OFFERED = 3;

interface LostSeatsProps {
  lost: readonly string[];
  layout: Layout;
  grid: Grid;
  isFree: (seat: Seat) => boolean;
  name: (seat: Seat) => string;
  onTake: (seat: Seat) => void;
}

/** Seats that somebody else was quicker to take, by name, and the free ones nearest to them. */
export function LostSeats({ lost, layout, grid, isFree, name, onTake }: LostSeatsProps) {
  const seats = lost.flatMap((guid) => layout.byGuid.get(guid) ?? []);
  if (seats.length === 0) return null;
  const near = [...new Set(seats.flatMap((seat) => grid.nearest(seat.x, seat.y, OFFERED, (other) => isFree(other) && other.typeId === seat.typeId)))].slice(0, OFFERED);
  return (
    <Notice
      tone="warn"
      announce
      title={`${listOf(seats.map(placeName))}: just taken`}
      actions={near.map((seat) => (
        <Button key={seat.guid} aria-label={`Take ${name(seat)}`} onClick={() => onTake(seat)}>
          {placeName(seat)}
        </Button>
      ))}
    >
      {near.length > 0 ? "The nearest free seats at the same price:" : "No seat at this price is free nearby."}
    </Notice>
  );
}
