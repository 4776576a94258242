/** What somebody's entries on a waiting list mean: worked out from the entries, the event and what is left. */
import type { Availability, Event, TicketType, WaitingEntry } from "../../api/types";

/** An offer that still stands. */
export interface Offer extends WaitingEntry {
  status: "offered";
  booking_id: string;
  expires_at: string;
}

export function isOffer(entry: WaitingEntry): entry is Offer {
  return entry.status === "offered" && typeof entry.booking_id === "string" && typeof entry.expires_at === "string";
}

export function isOpen({ status }: WaitingEntry): boolean {
  return status === "waiting" || status === "offered";
}

/** The newest entry of each ticket type; what came before it is history. Expects the newest first. */
export function newestOfEach(entries: readonly WaitingEntry[]): WaitingEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ ticket_type_id }) => !seen.has(ticket_type_id) && Boolean(seen.add(ticket_type_id)));
}

/** The most that one entry may ask for. */
export function mostWanted(type: TicketType, event: Event): number {
  return Math.max(1, Math.min(type.max_per_order, event.max_per_buyer ?? Infinity));
}

function isOnSale({ sales_start, sales_end }: TicketType, now: number): boolean {
  return (!sales_start || now >= Date.parse(sales_start)) && (!sales_end || now < Date.parse(sales_end));
}

/** Ticket types that are on sale and sold out; none while it is not known what is left. */
export function soldOutTypes(event: Event, availability: Availability | undefined, now: number): TicketType[] {
  return event.ticket_types.filter((type) => isOnSale(type, now) && leftOf(type, availability) === 0);
}

function leftOf(type: TicketType, availability: Availability | undefined): number | undefined {
  return availability?.ticket_types.find(({ id }) => id === type.id)?.available;
}

/** Whether somebody can be waiting: an entry waits only for more than is left. Saves asking for everybody who looks. */
export function mayWait(event: Event, availability: Availability | undefined): boolean {
  return event.ticket_types.some((type) => (leftOf(type, availability) ?? Infinity) < mostWanted(type, event));
}

const NEAR_MS = 30_000;
const FAR_MS = 120_000;

/** Milliseconds until the next look at the list; false when nothing can change. Whose turn is far off looks less often. */
export function lookPause(entries: readonly WaitingEntry[] | undefined): number | false {
  const open = (entries ?? []).filter(isOpen);
  if (open.length === 0) return false;
  return open.every(({ status, position }) => status === "waiting" && (position ?? 1) > 100) ? FAR_MS : NEAR_MS;
}

/** Places in the line are counted up to here. */
const COUNTED = 10_000;

/** "You are next in line", "You are number 12 in line". */
export function placeText(position: number | null | undefined): string {
  if (position === null || position === undefined) return "You are on the waiting list";
  if (position === 1) return "You are next in line";
  const number = new Intl.NumberFormat("en").format(position);
  return position >= COUNTED ? `You are number ${number} in line, or further back` : `You are number ${number} in line`;
}

/** Why somebody behind went first; undefined when nobody did. */
export function skipsText({ skips, quantity }: WaitingEntry): string | undefined {
  if (skips === 0) return undefined;
  const times = skips === 1 ? "Once" : skips === 2 ? "Twice" : `${new Intl.NumberFormat("en").format(skips)} times`;
  // A single place is passed on only where its buyer may have no more of them.
  if (quantity === 1) return `${times} a place went to the person behind you, because you have as many tickets as one person may. You keep your place in line.`;
  return `${times} fewer places came back than the ${quantity} that you want, and somebody behind you got them. You keep your place in line.`;
}

/** Offers as the buyer's bookings: those need no second way to the checkout. */
export function offeredBookings(entries: readonly WaitingEntry[] | undefined): ReadonlySet<string> {
  return new Set((entries ?? []).filter(isOffer).map(({ booking_id }) => booking_id));
}
