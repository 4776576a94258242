import { describe, expect, it } from "vitest";
import { isOffer, lookPause, mayWait, mostWanted, newestOfEach, offeredBookings, placeText, skipsText, soldOutTypes } from "./entries";
import { entry, event, left, offer, standing } from "./test-data";
import { keepWish, takeWish } from "./wish";

describe("entries", () => {
  it("an offer names its booking and its end", () => {
    expect(isOffer(offer())).toBe(true);
    expect(isOffer(offer({ booking_id: null }))).toBe(false);
    expect(isOffer(entry())).toBe(false);
    expect(offeredBookings([entry(), offer()])).toEqual(new Set(["b1"]));
  });
  it("only the newest of a ticket type counts", () => {
    const newest = newestOfEach([entry({ id: "b" }), entry({ id: "a", status: "left" }), entry({ id: "c", ticket_type_id: "t2" })]);
    expect(newest.map(({ id }) => id)).toEqual(["b", "c"]);
  });
  it("one asks for no more than an order and a person may have", () => {
    expect(mostWanted(standing, event)).toBe(3);
    expect(mostWanted(standing, { ...event, max_per_buyer: null })).toBe(4);
  });
  it("only what is on sale and gone can be waited for", () => {
    const now = Date.parse("2026-11-01T10:00:00Z");
    expect(soldOutTypes(event, left(0), now)).toEqual([standing]);
    expect(soldOutTypes(event, left(1), now)).toEqual([]);
    expect(soldOutTypes(event, undefined, now)).toEqual([]);
    const ended = { ...standing, sales_end: "2026-11-01T09:00:00Z" };
    expect(soldOutTypes({ ...event, ticket_types: [ended] }, left(0), now)).toEqual([]);
    const later = { ...standing, sales_start: "2026-11-01T11:00:00Z" };
    expect(soldOutTypes({ ...event, ticket_types: [later] }, left(0), now)).toEqual([]);
  });
  it("nobody is asked about where there is plenty", () => {
    expect(mayWait(event, undefined)).toBe(false);
    expect(mayWait(event, left(3))).toBe(false);
    expect(mayWait(event, left(2))).toBe(true);
  });
  it("are looked at again while they are open, less often from far behind", () => {
    expect(lookPause(undefined)).toBe(false);
    expect(lookPause([entry({ status: "purchased" })])).toBe(false);
    expect(lookPause([entry()])).toBe(30_000);
    expect(lookPause([offer()])).toBe(30_000);
    expect(lookPause([entry({ position: 101 })])).toBe(120_000);
  });
  it("are told in words", () => {
    expect(placeText(1)).toBe("You are next in line");
    expect(placeText(1_234)).toBe("You are number 1,234 in line");
    expect(placeText(10_000)).toMatch(/10,000 in line, or further back/);
    expect(placeText(null)).toBe("You are on the waiting list");
    expect(skipsText(entry())).toBeUndefined();
    expect(skipsText(entry({ skips: 1 }))).toMatch(/^Once fewer places came back than the 2/);
    expect(skipsText(entry({ skips: 4, quantity: 1 }))).toMatch(/^4 times .* as many tickets as one person may/);
  });
});

describe("a wish", () => {
  it("survives the login, and is taken once", () => {
    keepWish("e1", { ticketTypeId: "t1", quantity: 2 });
    expect(takeWish("e1")).toEqual({ ticketTypeId: "t1", quantity: 2 });
    expect(takeWish("e1")).toBeUndefined();
  });
  it("that can't be read is none", () => {
    sessionStorage.setItem("wish:e1", '{"quantity":"2"}');
    expect(takeWish("e1")).toBeUndefined();
  });
});
