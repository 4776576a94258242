/** Where the seats of a plan are, and the room they need. Units are the plan's own. */
import type { EventSeating } from "../../api/types";

export interface Seat {
  guid: string;
  zone: string;
  row: string;
  number: string;
  /** Absent when nobody sells it. */
  typeId: string | undefined;
  x: number;
  y: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Layout {
  seats: readonly Seat[];
  byGuid: ReadonlyMap<string, Seat>;
  /** Encloses every seat's centre. */
  box: Box;
  /** Distance of neighbours: what a seat may take up. */
  pitch: number;
}

/** How many seats are looked at to find the distance of neighbours. */
const SAMPLE = 400;

export function layoutOf(seating: EventSeating): Layout {
  const seats = seating.seats.map(
    (seat): Seat => ({ guid: seat.seat_guid, zone: seat.zone, row: seat.row, number: seat.number, typeId: seat.ticket_type_id ?? undefined, x: seat.x, y: seat.y }),
  );
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of seats) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return { seats, byGuid: new Map(seats.map((seat) => [seat.guid, seat])), box: seats.length > 0 ? box : { left: 0, top: 0, right: 0, bottom: 0 }, pitch: pitchOf(seats) };
}

/** The usual distance between seats that follow each other in a row: the median, so that aisles don't count. */
function pitchOf(seats: readonly Seat[]): number {
  const distances: number[] = [];
  for (let n = 1; n < seats.length && distances.length < SAMPLE; n += 1) {
    const [one, other] = [seats[n - 1], seats[n]];
    if (!one || !other || one.row !== other.row || one.zone !== other.zone) continue;
    const distance = Math.hypot(one.x - other.x, one.y - other.y);
    if (distance > 0) distances.push(distance);
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? 1;
}

/** Rows in the plan's order, for lists: zone → row → seats. */
export function rowsOf(seats: readonly Seat[]): { zone: string; row: string; seats: Seat[] }[] {
  const rows = new Map<string, { zone: string; row: string; seats: Seat[] }>();
  for (const seat of seats) {
    const key = `${seat.zone}\n${seat.row}`;
    const row = rows.get(key) ?? { zone: seat.zone, row: seat.row, seats: [] };
    row.seats.push(seat);
    rows.set(key, row);
  }
  return [...rows.values()];
}
