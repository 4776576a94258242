/** One event and entries of its waiting list, for the tests. */
import type { Availability, Event, TicketType, WaitingEntry } from "../../api/types";

export const standing = { id: "t1", name: "Standing", kind: "general", price: { amount: 2500, currency: "EUR" }, capacity: 10, max_per_order: 4, sales_start: null, sales_end: null } as unknown as TicketType;
export const event = { id: "e1", title: "Concert", status: "published", time_zone: "Europe/Vienna", max_per_buyer: 3, ticket_types: [standing] } as unknown as Event;
export const left = (available: number) => ({ ticket_types: [{ id: "t1", available }] }) as unknown as Availability;
export const entry = (over: Partial<WaitingEntry> = {}): WaitingEntry => ({
  id: "w1",
  event_id: "e1",
  ticket_type_id: "t1",
  quantity: 2,
  status: "waiting",
  position: 3,
  skips: 0,
  booking_id: null,
  expires_at: null,
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-01T10:00:00Z",
  ...over,
});
export const offer = (over: Partial<WaitingEntry> = {}) =>
  entry({ status: "offered", position: null, booking_id: "b1", expires_at: new Date(Date.now() + 3_600_000).toISOString(), ...over });
