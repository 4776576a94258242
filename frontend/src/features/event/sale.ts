/** Whether and what can be bought now: worked out from the event, the clock and what is left. */
import type { Availability, Event, TicketType } from "../../api/types";

export type TypeState = "not-started" | "on-sale" | "sold-out" | "ended";

export type SaleState =
  | { kind: "draft" }
  | { kind: "cancelled" }
  | { kind: "over" }
  /** The organiser sells no tickets here. */
  | { kind: "no-tickets" }
  | { kind: "not-started"; startsAt: string }
  | { kind: "on-sale" }
  | { kind: "sold-out" }
  | { kind: "ended" };

/** How many of a ticket type are left; undefined while that is not known. */
export function leftOf(type: TicketType, availability: Availability | undefined): number | undefined {
  return availability?.ticket_types.find(({ id }) => id === type.id)?.available;
}

export function typeState(type: TicketType, left: number | undefined, now: number): TypeState {
  if (type.sales_start && now < Date.parse(type.sales_start)) return "not-started";
  if (type.sales_end && now >= Date.parse(type.sales_end)) return "ended";
  return left === 0 ? "sold-out" : "on-sale";
}

export function saleState(event: Event, availability: Availability | undefined, now: number): SaleState {
  if (event.status === "draft") return { kind: "draft" };
  if (event.status === "cancelled") return { kind: "cancelled" };
  if (event.status === "completed" || now >= Date.parse(event.ends_at)) return { kind: "over" };
  if (event.ticket_types.length === 0) return { kind: "no-tickets" };
  const states = event.ticket_types.map((type) => typeState(type, leftOf(type, availability), now));
  if (states.includes("on-sale")) return availability === undefined && event.sold_out ? { kind: "sold-out" } : { kind: "on-sale" };
  const starts = event.ticket_types.flatMap((type, index) => (states[index] === "not-started" && type.sales_start ? [type.sales_start] : []));
  const [first] = starts.toSorted((a, b) => Date.parse(a) - Date.parse(b));
  if (first !== undefined) return { kind: "not-started", startsAt: first };
  return states.includes("sold-out") ? { kind: "sold-out" } : { kind: "ended" };
}

/** The most of a type that one order may have right now. */
export function mostOf(type: TicketType, left: number | undefined, maxPerBuyer: number | null): number {
  return Math.max(0, Math.min(type.max_per_order, left ?? Infinity, maxPerBuyer ?? Infinity));
}

/** "12 left", where few are left; undefined where there are plenty. */
export function scarcity(left: number | undefined, capacity: number): number | undefined {
  if (left === undefined || left === 0) return undefined;
  return left <= 20 || left <= capacity * 0.05 ? left : undefined;
}
