/**
 * What this browser holds of a place in an event's queue: it outlives reloads, closed tabs and lost connections. The place and
 * the admission are signed for one person; somebody else's are no use and are dropped.
 */
import type { QueueView } from "./types";

export interface QueuePass {
  userId: string;
  place?: string | undefined;
  /** The position that was seen first, to show how far it went. */
  first?: number | undefined;
  admission?: string | undefined;
  expiresAt?: string | undefined;
}

const PREFIX = "queue:";
const cache = new Map<string, QueuePass>();

function read(eventId: string): QueuePass | undefined {
  try {
    const text = localStorage.getItem(PREFIX + eventId);
    if (text !== null) return JSON.parse(text) as QueuePass;
  } catch {
    // Without storage it lives as long as the page.
  }
  return cache.get(eventId);
}

export function passOf(eventId: string, userId: string): QueuePass | undefined {
  const pass = read(eventId);
  return pass?.userId === userId ? pass : undefined;
}

/** Keeps what a view brings; what it does not repeat stays. */
export function keepPass(eventId: string, userId: string, view: QueueView): QueuePass {
  const known = passOf(eventId, userId);
  // Another place is a new start.
  const before = view.place !== undefined && view.place !== known?.place ? undefined : known;
  const pass: QueuePass = {
    userId,
    place: view.place ?? before?.place,
    first: before?.first ?? view.position,
    admission: view.admission ?? before?.admission,
    expiresAt: view.expires_at ?? before?.expiresAt,
  };
  cache.set(eventId, pass);
  try {
    localStorage.setItem(PREFIX + eventId, JSON.stringify(pass));
  } catch {
    // Kept in memory until the page is left.
  }
  return pass;
}

export function dropPass(eventId: string): void {
  cache.delete(eventId);
  try {
    localStorage.removeItem(PREFIX + eventId);
  } catch {
    // Nothing was stored.
  }
}

/** The admission to book with, as long as it lasts. */
export function admissionTo(eventId: string, now = Date.now()): string | undefined {
  const pass = read(eventId);
  return pass?.admission !== undefined && pass.expiresAt !== undefined && Date.parse(pass.expiresAt) > now ? pass.admission : undefined;
}
