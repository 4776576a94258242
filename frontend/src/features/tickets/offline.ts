/** Tickets that were opened once stay on this device, for the entrance without network. */
import type { Booking, Ticket } from "../../api/types";

export interface SavedTickets {
  booking: Pick<Booking, "id" | "event_id" | "status" | "event">;
  tickets: Ticket[];
  /** QR code as SVG text, by ticket id. */
  codes: Record<string, string>;
  savedAt: string;
}

const PREFIX = "tickets:";
/** Tickets of events that ended longer ago make room. */
const KEEP_MS = 2 * 24 * 60 * 60 * 1000;

function keys(): string[] {
  return Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? "").filter((key) => key.startsWith(PREFIX));
}

export function loadTickets(bookingId: string): SavedTickets | undefined {
  try {
    const text = localStorage.getItem(PREFIX + bookingId);
    return text === null ? undefined : (JSON.parse(text) as SavedTickets);
  } catch {
    return undefined;
  }
}

export function saveTickets(saved: SavedTickets, now = Date.now()): void {
  try {
    for (const key of keys()) {
      const known = loadTickets(key.slice(PREFIX.length));
      if (!known || Date.parse(known.booking.event.ends_at) + KEEP_MS < now) localStorage.removeItem(key);
    }
    localStorage.setItem(PREFIX + saved.booking.id, JSON.stringify(saved));
  } catch {
    // Full or forbidden storage: the tickets still show while there is a connection.
  }
}

/** When somebody signs out, their tickets leave the device. */
export function forgetTickets(): void {
  try {
    for (const key of keys()) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
