import { describe, expect, it } from "vitest";
import type { Event } from "../../../api/types";
import { type EventForm, bodyOf, emptyForm, formOf, newType } from "./form";

const now = new Date("2026-09-01T10:00:00Z");
const form = (changes: Partial<EventForm> = {}): EventForm => ({
  ...emptyForm("Europe/Vienna", now),
  title: "Jazz",
  types: [{ ...newType(), name: "Regular", price: "45.50", capacity: "100" }],
  ...changes,
});

function body(changes: Partial<EventForm>) {
  const result = bodyOf(form(changes), "org");
  if ("faults" in result) throw new Error(JSON.stringify(result.faults));
  return result.body;
}

function faults(changes: Partial<EventForm>) {
  const result = bodyOf(form(changes), "org");
  return "faults" in result ? Object.keys(result.faults) : [];
}

describe("what is typed becomes what the catalog takes", () => {
  it("takes times in the event's zone and prices in minor units", () => {
    const made = body({ starts: "2026-12-12T19:30", ends: "2026-12-12T22:00" });
    expect(made.starts_at).toBe("2026-12-12T18:30:00.000Z");
    expect(made.ticket_types?.[0]?.price).toEqual({ amount: 4550, currency: "EUR" });
  });
  it("takes an empty price as free and an empty limit as none", () => {
    const made = body({ types: [{ ...newType(), name: "A", capacity: "5" }], maxPerBuyer: "" });
    expect(made.ticket_types?.[0]?.price.amount).toBe(0);
    expect(made.max_per_buyer).toBeNull();
  });
  it("names one place only", () => {
    expect(body({ place: "own", venueId: "v", venueName: "Hall" })).toMatchObject({ venue: null, venue_id: "v" });
    expect(body({ place: "typed", venueName: "Hall", venueCountry: "at" })).toMatchObject({ venue: { name: "Hall", country: "AT" }, venue_id: null });
    expect(body({ place: "none", venueName: "Hall" })).toMatchObject({ venue: null, venue_id: null });
  });
  it("counts seats by the plan", () => {
    const types = [{ ...newType(), name: "Stalls", price: "1", categories: ["Stalls"] }];
    expect(body({ place: "own", venueId: "v", planId: "p", types }).ticket_types?.[0]).toMatchObject({ capacity: 0, seating_categories: ["Stalls"] });
    expect(faults({ types })).toEqual(["/ticket_types/0/capacity"]);
  });
});

it("takes an access code trimmed, and none as none", () => {
  const codes = (accessCode: string) => [{ ...newType(), name: "Fans", capacity: "5", accessCode }];
  expect(body({ types: codes(" Moonlight ") }).ticket_types?.[0]?.access_code).toBe("Moonlight");
  expect(body({ types: codes(" ") }).ticket_types?.[0]?.access_code).toBeNull();
  for (const wrong of ["abc", "x".repeat(65)]) expect(faults({ types: codes(wrong) })).toEqual(["/ticket_types/0/access_code"]);
});

it("says what is wrong where it is", () => {
  expect(faults({ title: " " })).toEqual(["/title"]);
  expect(faults({ starts: "" })).toEqual(["/starts_at"]);
  expect(faults({ starts: "2026-12-12T19:30", ends: "2026-12-12T19:00" })).toEqual(["/ends_at"]);
  expect(faults({ types: [{ ...newType(), price: "4.555", capacity: "x", maxPerOrder: "0" }] }).sort()).toEqual(
    ["/ticket_types/0/capacity", "/ticket_types/0/max_per_order", "/ticket_types/0/name", "/ticket_types/0/price/amount"].sort(),
  );
});

it("gives back what it was made of", () => {
  const event = {
    title: "Jazz",
    description: "",
    category: "other",
    tags: ["a", "b"],
    image_url: null,
    external_url: null,
    starts_at: "2026-12-12T18:30:00Z",
    ends_at: "2026-12-12T21:00:00Z",
    time_zone: "Europe/Vienna",
    venue: { id: null, name: "Hall", address: "", city: "Graz", country: "AT" },
    venue_id: null,
    seating_plan_id: null,
    max_per_buyer: 4,
    waiting_room: true,
    ticket_types: [
      { id: "t", name: "Regular", price: { amount: 4550, currency: "EUR" }, capacity: 10, max_per_order: 6, sales_start: null, sales_end: null, kind: "general", seating_categories: [], access_code_required: true, access_code: "Moonlight" },
    ],
  } as unknown as Event;
  const result = bodyOf(formOf(event), "org");
  expect(result).toMatchObject({
    body: {
      starts_at: "2026-12-12T18:30:00.000Z",
      venue: { name: "Hall", city: "Graz" },
      max_per_buyer: 4,
      waiting_room: true,
      tags: ["a", "b"],
      ticket_types: [{ id: "t", price: { amount: 4550 }, capacity: 10, max_per_order: 6, access_code: "Moonlight" }],
    },
  });
});
