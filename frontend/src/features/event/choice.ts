/** What a person is choosing: kept in this tab, so that login, back and a reload find it again. */
import { useCallback, useSyncExternalStore } from "react";
import type { Event, Money, NewBooking, TicketType } from "../../api/types";
import { sum, times } from "../../lib/money";

/** One order is of one kind: places by number, named seats, or the best seats of one price. */
export type Choice =
  | { kind: "items"; quantities: Record<string, number> }
  | { kind: "seats"; seats: string[]; /** Ticket type of each seat, for its price. */ types: Record<string, string> }
  | { kind: "best"; ticketTypeId: string; quantity: number };

export const nothing: Choice = { kind: "items", quantities: {} };

const PREFIX = "choice:";
const listeners = new Set<() => void>();
const cache = new Map<string, Choice>();

function load(eventId: string): Choice {
  const known = cache.get(eventId);
  if (known) return known;
  let choice = nothing;
  try {
    const text = sessionStorage.getItem(PREFIX + eventId);
    if (text !== null) choice = JSON.parse(text) as Choice;
  } catch {
    // What can't be read was no choice.
  }
  cache.set(eventId, choice);
  return choice;
}

export function saveChoice(eventId: string, choice: Choice): void {
  cache.set(eventId, choice);
  try {
    sessionStorage.setItem(PREFIX + eventId, JSON.stringify(choice));
  } catch {
    // Kept in memory until the page is left.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useChoice(eventId: string): [Choice, (choice: Choice) => void] {
  const choice = useSyncExternalStore(subscribe, () => load(eventId));
  const set = useCallback((next: Choice) => saveChoice(eventId, next), [eventId]);
  return [choice, set];
}

export interface Line {
  type: TicketType;
  quantity: number;
  seats: string[];
}

/** The choice as lines of an order; ticket types that no longer exist fall away. */
export function linesOf(choice: Choice, event: Event): Line[] {
  const quantity = (type: TicketType): number => {
    if (choice.kind === "items") return choice.quantities[type.id] ?? 0;
    if (choice.kind === "best") return choice.ticketTypeId === type.id ? choice.quantity : 0;
    return 0;
  };
  const seats = (type: TicketType) => (choice.kind === "seats" ? choice.seats.filter((seat) => choice.types[seat] === type.id) : []);
  return event.ticket_types
    .map((type) => ({ type, seats: seats(type), quantity: quantity(type) + seats(type).length }))
    .filter((line) => line.quantity > 0);
}

export function countOf(choice: Choice): number {
  if (choice.kind === "items") return Object.values(choice.quantities).reduce((total, quantity) => total + quantity, 0);
  return choice.kind === "best" ? choice.quantity : choice.seats.length;
}

export function totalOf(lines: readonly Line[]): Money | undefined {
  return sum(lines.map(({ type, quantity }) => times(type.price, quantity)));
}

/** The request that holds this choice; undefined when nothing is chosen. */
export function toBooking(eventId: string, choice: Choice): NewBooking | undefined {
  if (countOf(choice) === 0) return undefined;
  if (choice.kind === "seats") return { event_id: eventId, seats: choice.seats };
  if (choice.kind === "best") {
    return { event_id: eventId, best_available: { ticket_type_id: choice.ticketTypeId, quantity: choice.quantity } };
  }
  const items = Object.entries(choice.quantities)
    .filter(([, quantity]) => quantity > 0)
    .map(([ticket_type_id, quantity]) => ({ ticket_type_id, quantity }));
  return { event_id: eventId, items };
}

/** The choice without seats that somebody else took. */
export function withoutSeats(choice: Choice, lost: readonly string[]): Choice {
  if (choice.kind !== "seats") return choice;
  return { ...choice, seats: choice.seats.filter((seat) => !lost.includes(seat)) };
}
