/** Finds seats by place without looking at all of them: cells as large as a few seats. */
import type { Layout, Seat } from "./layout";

export class Grid {
  private readonly cells = new Map<string, Seat[]>();
  private readonly size: number;
  private readonly reach: number;

  constructor(layout: Layout) {
    this.size = layout.pitch * 4;
    const { left, top, right, bottom } = layout.box;
    this.reach = Math.ceil(Math.hypot(right - left, bottom - top) / this.size) + 1;
    for (const seat of layout.seats) {
      const key = this.key(Math.floor(seat.x / this.size), Math.floor(seat.y / this.size));
      const cell = this.cells.get(key);
      if (cell) cell.push(seat);
      else this.cells.set(key, [seat]);
    }
  }

  /** The nearest seat within `radius`. */
  at(x: number, y: number, radius: number): Seat | undefined {
    return this.nearest(x, y, 1, (seat) => Math.hypot(seat.x - x, seat.y - y) <= radius, Math.ceil(radius / this.size) + 1)[0];
  }

  /** The nearest `count` seats that `accept` takes, the nearest first. */
  nearest(x: number, y: number, count: number, accept: (seat: Seat) => boolean, rings = this.reach): Seat[] {
    const found: { seat: Seat; distance: number }[] = [];
    const [column, row] = [Math.floor(x / this.size), Math.floor(y / this.size)];
    for (let ring = 0; ring <= rings; ring += 1) {
      for (const seat of this.ring(column, row, ring)) {
        if (accept(seat)) found.push({ seat, distance: Math.hypot(seat.x - x, seat.y - y) });
      }
      found.sort((a, b) => a.distance - b.distance);
      // Seats further out are at least this far away.
      const last = found[count - 1];
      if (last && last.distance <= ring * this.size) break;
    }
    return found.slice(0, count).map(({ seat }) => seat);
  }

  private *ring(column: number, row: number, ring: number): Generator<Seat> {
    for (let dy = -ring; dy <= ring; dy += 1) {
      const edge = Math.abs(dy) === ring;
      for (let dx = -ring; dx <= ring; dx += edge ? 1 : Math.max(1, 2 * ring)) {
        yield* this.cells.get(this.key(column + dx, row + dy)) ?? [];
      }
    }
  }

  private key(column: number, row: number): string {
    return `${column},${row}`;
  }
}
