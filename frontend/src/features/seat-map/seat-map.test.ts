import { describe, expect, it } from "vitest";
import type { EventSeating } from "../../api/types";
import { Grid } from "./grid";
import { layoutOf, rowsOf } from "./layout";
import { spokenName } from "./seat-name";
import { fit, placeAt, reveal, zoom } from "./view";
import { step } from "./walk";

/** Rows of seats 10 apart, rows 20 apart, with an aisle after the fifth seat. */
function hall(rows: number, seats: number): EventSeating {
  return {
    plan: {},
    categories: [],
    seats: Array.from({ length: rows * seats }, (_, index) => {
      const [row, seat] = [Math.floor(index / seats), index % seats];
      return {
        seat_guid: `${row}-${seat}`,
        zone: "Stalls",
        row: String(row),
        number: String(seat + 1),
        category: "A",
        ticket_type_id: "type",
        x: seat * 10 + (seat >= 5 ? 30 : 0),
        y: row * 20,
      };
    }),
  };
}

const layout = layoutOf(hall(50, 100));
const grid = new Grid(layout);
const seat = (guid: string) => {
  const found = layout.byGuid.get(guid);
  if (!found) throw new Error(guid);
  return found;
};

describe("the layout", () => {
  it("knows its extent and the usual distance of seats", () => {
    expect(layout.box).toEqual({ left: 0, top: 0, right: 1020, bottom: 980 });
    expect(layout.pitch).toBe(10);
    expect(rowsOf(layout.seats)).toHaveLength(50);
  });
  it("holds a plan without seats", () => {
    expect(fit(layoutOf({ plan: {}, categories: [], seats: [] }), { width: 300, height: 300 }).scale).toBeGreaterThan(0);
  });
});

describe("the grid", () => {
  it("finds the seat under a finger, and none in the aisle", () => {
    expect(grid.at(42, 21, 7)?.guid).toBe("1-4");
    expect(grid.at(60, 20, 7)).toBeUndefined();
  });
  it("finds the nearest free seats in order, however far", () => {
    const free = new Set(["0-0", "3-7", "49-99"]);
    const near = grid.nearest(seat("3-6").x, seat("3-6").y, 5, ({ guid }) => free.has(guid));
    expect(near.map(({ guid }) => guid)).toEqual(["3-7", "0-0", "49-99"]);
  });
});

describe("arrow keys", () => {
  it("walk along the row, across the aisle, and from row to row", () => {
    expect(step(layout, grid, seat("2-4"), "right")?.guid).toBe("2-5");
    expect(step(layout, grid, seat("2-5"), "left")?.guid).toBe("2-4");
    expect(step(layout, grid, seat("2-4"), "down")?.guid).toBe("3-4");
    expect(step(layout, grid, seat("2-4"), "up")?.guid).toBe("1-4");
  });
  it("stop at the edge", () => {
    expect(step(layout, grid, seat("0-0"), "left")).toBeUndefined();
    expect(step(layout, grid, seat("0-0"), "up")).toBeUndefined();
  });
});

describe("the view", () => {
  const size = { width: 360, height: 400 };
  it("fits the whole plan", () => {
    const view = fit(layout, size);
    for (const corner of [seat("0-0"), seat("49-99")]) {
      const x = corner.x * view.scale + view.x;
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(size.width);
    }
  });
  it("keeps the point that it zooms at, never further than the whole plan", () => {
    const view = fit(layout, size);
    const at = { x: 100, y: 120 };
    const near = zoom(view, 3, at, layout, size);
    const [before, after] = [placeAt(view, at.x, at.y), placeAt(near, at.x, at.y)];
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
    expect(zoom(view, 0.1, at, layout, size).scale).toBe(view.scale);
  });
  it("brings a seat into sight", () => {
    const near = zoom(fit(layout, size), 8, { x: 0, y: 0 }, layout, size);
    const moved = reveal(near, seat("49-99"), layout, size);
    expect(seat("49-99").x * moved.scale + moved.x).toBeLessThanOrEqual(size.width);
  });
});

it("names a seat in words", () => {
  const type = { name: "Stalls", price: { amount: 4500, currency: "EUR" } } as Parameters<typeof spokenName>[1];
  expect(spokenName(seat("2-11"), type, "free")).toMatch(/^Stalls, row 2, seat 12, .*45.*, free$/);
  expect(spokenName(seat("2-11"), type, "taken")).toBe("Stalls, row 2, seat 12, taken");
});
