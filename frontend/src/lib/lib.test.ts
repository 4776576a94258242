import { describe, expect, it } from "vitest";
import { formatMoney, fromMajor, minorDigits, sum, times } from "./money";
import { formatSpan, instantOf, isoDay, localOf, weekend, zonesDiffer } from "./time";
import { count, listOf } from "./words";

describe("money", () => {
  it("knows the digits of a currency", () => {
    expect(["EUR", "JPY", "KWD"].map(minorDigits)).toEqual([2, 0, 3]);
  });
  it("reads what people type and refuses what is no amount", () => {
    expect(fromMajor("45", "EUR")).toEqual({ amount: 4500, currency: "EUR" });
    expect(fromMajor("45,5", "EUR")).toEqual({ amount: 4550, currency: "EUR" });
    expect(fromMajor("1500", "JPY")).toEqual({ amount: 1500, currency: "JPY" });
    for (const wrong of ["", "a", "4.555", "1.5.5", "1e3"]) expect(fromMajor(wrong, "EUR")).toBeUndefined();
    expect(fromMajor("1.5", "JPY")).toBeUndefined();
  });
  it("shows whole amounts without cents", () => {
    expect(formatMoney({ amount: 4500, currency: "EUR" }, "en")).toBe("€45");
    expect(formatMoney({ amount: 4550, currency: "EUR" }, "en")).toBe("€45.50");
  });
  it("adds up one currency only", () => {
    const euro = { amount: 100, currency: "EUR" };
    expect(sum([euro, times(euro, 2)])).toEqual({ amount: 300, currency: "EUR" });
    expect(sum([euro, { amount: 1, currency: "USD" }])).toBeUndefined();
    expect(sum([])).toBeUndefined();
  });
});

describe("time in another zone", () => {
  it("goes there and back, also over a change of the clocks", () => {
    for (const local of ["2026-03-28T12:00", "2026-03-30T12:00", "2026-10-26T00:30"]) {
      expect(localOf(instantOf(local, "Europe/Vienna"), "Europe/Vienna")).toBe(local);
    }
    // 02:30 does not exist that night.
    expect(instantOf("2026-03-29T02:30", "Europe/Vienna").toISOString()).toBe("2026-03-29T01:30:00.000Z");
  });
  it("knows the day there", () => {
    expect(isoDay("2026-10-03T23:30:00Z", "Asia/Tokyo")).toBe("2026-10-04");
    expect(zonesDiffer("2026-10-03T12:00:00Z", "Europe/Vienna", "Europe/Berlin")).toBe(false);
  });
  it("says both days only when there are two", () => {
    expect(formatSpan("2026-10-03T17:30:00Z", "2026-10-03T20:00:00Z", "Europe/Vienna", "en-GB")).toMatch(/19:30 – 22:00$/);
    expect(formatSpan("2026-10-03T17:30:00Z", "2026-10-04T20:00:00Z", "Europe/Vienna", "en-GB")).toMatch(/4 Oct/);
  });
  it("finds the weekend that is on or comes next", () => {
    const { from, to } = weekend(new Date(2026, 9, 1, 12));
    expect([from.getDate(), to.getDate()]).toEqual([2, 5]);
  });
});

it("counts and lists in words", () => {
  expect(count(1, "ticket")).toBe("1 ticket");
  expect(count(3, "ticket")).toBe("3 tickets");
  expect(listOf(["A", "B", "C"])).toBe("A, B, and C");
});
