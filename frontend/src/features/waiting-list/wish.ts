/** What somebody wants to wait for: kept in this tab while they log in, so that they need not choose twice. */
import type { Wish } from "../../api/resources/waiting-list";

const PREFIX = "wish:";

/** Where somebody who logged in to join comes back to. */
export const WAITING_LIST_HASH = "#waiting-list";

export function keepWish(eventId: string, wish: Wish): void {
  try {
    sessionStorage.setItem(PREFIX + eventId, JSON.stringify(wish));
  } catch {
    // Without storage it is chosen again after the login.
  }
}

/** Gives the wish and forgets it: a reload does not join a second time. */
export function takeWish(eventId: string): Wish | undefined {
  try {
    const text = sessionStorage.getItem(PREFIX + eventId);
    sessionStorage.removeItem(PREFIX + eventId);
    return text === null ? undefined : read(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function read(value: unknown): Wish | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { ticketTypeId, quantity } = value as Partial<Record<keyof Wish, unknown>>;
  return typeof ticketTypeId === "string" && typeof quantity === "number" ? { ticketTypeId, quantity } : undefined;
}
