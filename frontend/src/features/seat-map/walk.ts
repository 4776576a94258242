/** From seat to seat by arrow keys: along the row, and to the row in front or behind. */
import type { Grid } from "./grid";
import type { Layout, Seat } from "./layout";

export type Direction = "left" | "right" | "up" | "down";

const vectors: Record<Direction, [number, number]> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
/** How many of the nearest seats are weighed. */
const NEIGHBOURS = 24;

/** The seat next to `from`; undefined at the edge. Going sideways prefers the same row, across an aisle too. */
export function step(layout: Layout, grid: Grid, from: Seat, direction: Direction): Seat | undefined {
  const [dx, dy] = vectors[direction];
  const ahead = (seat: Seat) => (seat.x - from.x) * dx + (seat.y - from.y) * dy;
  const aside = (seat: Seat) => Math.abs((seat.x - from.x) * dy) + Math.abs((seat.y - from.y) * dx);
  const forward = (seat: Seat) => seat !== from && ahead(seat) > layout.pitch / 4;
  if (dx !== 0) {
    const inRow = layout.seats.filter((seat) => seat.row === from.row && seat.zone === from.zone && forward(seat));
    const nearest = least(inRow, ahead);
    if (nearest) return nearest;
  }
  // What lies straight ahead counts; what lies aside counts less the further it is.
  return least(
    grid.nearest(from.x, from.y, NEIGHBOURS, (seat) => forward(seat) && aside(seat) <= ahead(seat)),
    (seat) => ahead(seat) + 2 * aside(seat),
  );
}

function least(seats: readonly Seat[], weight: (seat: Seat) => number): Seat | undefined {
  let best: Seat | undefined;
  for (const seat of seats) if (!best || weight(seat) < weight(best)) best = seat;
  return best;
}
