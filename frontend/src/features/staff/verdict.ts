/** What a gate shows for an answer: go or stop, and why, in words that are read from two metres. */
import type { CheckIn } from "../../api/types";
import { formatClock, formatDay, formatRelative, isoDay } from "../../lib/time";

export interface Verdict {
  go: boolean;
  /** Two words. */
  reason: string;
  /** What it means; absent where the reason says all. */
  detail?: string | undefined;
}

type Refusal = Exclude<CheckIn["result"], "ok">;

const refusals: Record<Refusal, Verdict> = {
  invalid: { go: false, reason: "Invalid code", detail: "No ticket of ours, or the code is not whole." },
  unpaid: { go: false, reason: "Not paid", detail: "The payment for this booking has not come through." },
  cancelled: { go: false, reason: "Ticket cancelled", detail: "It was given back; its money went back, too." },
  already_redeemed: { go: false, reason: "Already used" },
  wrong_event: { go: false, reason: "Wrong event", detail: "A ticket of ours, but for another event or day." },
};

export function verdictOf({ result, ticket }: CheckIn, timeZone: string, now: number): Verdict {
  if (result === "ok") return { go: true, reason: "Let in" };
  const verdict = refusals[result];
  if (result !== "already_redeemed" || !ticket?.redeemed_at) return verdict;
  return { ...verdict, detail: `Let in ${when(ticket.redeemed_at, timeZone, now)}.` };
}

/** "at 19:02, 5 minutes ago"; with the day where it was not today. */
function when(at: string, timeZone: string, now: number): string {
  const today = isoDay(at, timeZone) === isoDay(new Date(now), timeZone);
  const day = today ? "" : `on ${formatDay(at, timeZone)} `;
  return `${day}at ${formatClock(at, timeZone)}, ${formatRelative(at, now)}`;
}

/** "Stalls, seat A-12". */
export function placeOf(ticket: { ticket_type_name: string; seat: string | null }): string {
  return ticket.seat ? `${ticket.ticket_type_name}, seat ${ticket.seat}` : ticket.ticket_type_name;
}

/** What was typed, pasted or scanned, as the code that it means: line breaks and blanks come from mails and scanners. */
export function codeOf(text: string): string {
  return text.replaceAll(/\s+/g, "");
}
