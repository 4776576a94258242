/** A place in a queue in words and figures. */
import type { QueueView } from "../../api/types";
import { count } from "../../lib/words";

/** Positions at which somebody who listens hears of theirs: not of every step. */
const SPOKEN = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

/** Whether something may still come of it: then it is followed. */
export function isFollowed(view: QueueView | null | undefined): boolean {
  return view !== null && view !== undefined && ["early", "waiting", "paused", "admitted", "unavailable"].includes(view.status);
}

/** Whether there is a place, or a turn, to give up: not while the queue is away. */
export function canLeave(view: QueueView | null | undefined): boolean {
  return isFollowed(view) && view?.status !== "unavailable";
}

/** What the stream says, on top of what was known: it repeats no place, and while the queue is away the last position stands. */
export function merge(known: QueueView | null | undefined, next: QueueView): QueueView {
  const place = next.place ?? known?.place;
  const kept = next.status === "unavailable" && known ? { position: known.position, waiting: known.waiting } : {};
  return { ...kept, ...next, ...(place === undefined ? {} : { place }) };
}

/** How far somebody has come who was at `first`: 0 to 1. */
export function progressOf(position: number, first: number | undefined): number {
  if (first === undefined || first <= 1) return position <= 1 ? 1 : 0;
  return Math.min(1, Math.max(0, (first - position) / (first - 1)));
}

/** "less than a minute", "about 4 minutes", "about 2 hours". */
export function waitText(seconds: number): string {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${count(minutes, "minute")}`;
  return `about ${count(Math.round(minutes / 60), "hour")}`;
}

/** What is read out when it changes: calm, with round numbers. */
export function spoken(view: QueueView | null | undefined): string {
  switch (view?.status) {
    case "early":
      return "You are in line. The sale has not started yet.";
    case "waiting": {
      const step = SPOKEN.find((at) => (view.position ?? 1) <= at);
      if (step === 1) return "You are next in line.";
      return step === undefined ? "You are in line." : `You are in line, among the first ${new Intl.NumberFormat().format(step)}.`;
    }
    case "paused":
      return "The line stands still: every ticket is held right now.";
    case "admitted":
      return "It is your turn: choose your tickets now.";
    case "unavailable":
      return "The line stands still for a moment. Your place is kept.";
    default:
      return "";
  }
}
