/** Problems in words: what happened, and the next step. */
import { type ApiProblem, isProblem } from "../api/problem";
import { count, listOf } from "../lib/words";

export interface Described {
  title: string;
  body: string;
  /** The trace id, where a person may need to name it to us. */
  reference?: string | undefined;
  /** Whether the same again can succeed. */
  canRetry: boolean;
}

type Words = (problem: ApiProblem) => { title: string; body: string; canRetry?: boolean };

const seats = (problem: ApiProblem) => problem.strings("seats");

/** Codes that people meet, in the order of the journey. Others show the platform's own title and detail. */
const byCode: Record<string, Words> = {
  network: () => ({
    title: "No connection",
    body: navigator.onLine
      ? "The platform could not be reached. Check your connection and try again."
      : "You are offline. Try again when the connection is back.",
    canRetry: true,
  }),
  timeout: () => ({ title: "No answer in time", body: "The connection is slow or busy. Trying again is safe: nothing happens twice.", canRetry: true }),
  unavailable: () => ({ title: "Very busy right now", body: "The platform is turning some requests away so that it stays quick. Try again in a moment.", canRetry: true }),
  overloaded: () => ({ title: "Very busy right now", body: "Many people want this at the same time. Try again in a moment.", canRetry: true }),
  too_many_requests: (problem) => ({
    title: "Too many tries",
    body: problem.retryAfter ? `Wait ${count(Math.ceil(problem.retryAfter), "second")}, then try again.` : "Wait a moment, then try again.",
    canRetry: true,
  }),
  too_many_attempts: (problem) => ({
    title: "Too many tries",
    body: problem.retryAfter
      ? `Wait ${count(Math.ceil(problem.retryAfter / 60), "minute")}, then try again, or reset your password.`
      : "Wait a few minutes, then try again, or reset your password.",
  }),

  sold_out: (problem) => {
    const remaining = problem.number("remaining");
    return remaining
      ? { title: `Only ${count(remaining, "ticket")} left`, body: "Others were quicker. Choose fewer tickets and try again." }
      : { title: "Sold out", body: "The last tickets went a moment ago. Tickets can come back when holds run out: look again in a few minutes." };
  },
  seat_taken: (problem) => ({
    title: seats(problem).length > 1 ? "Some of these seats are taken" : "This seat is taken",
    body: seats(problem).length > 0 ? `${listOf(seats(problem))} went a moment ago. Choose others; nothing was held.` : "Choose others; nothing was held.",
  }),
  no_adjacent: () => ({ title: "Not that many seats next to each other", body: "Choose fewer seats, another price, or pick single seats on the map." }),
  seat_unknown: () => ({ title: "This seat does not exist", body: "The map may be old. Reload the page and choose again." }),
  hold_expired: () => ({ title: "The time for these tickets ran out", body: "They went back on sale and you were not charged. You can take them again if they are still free." }),
  sales_not_started: () => ({ title: "The sale has not started", body: "Come back when the countdown ends." }),
  sales_closed: () => ({ title: "The sale has ended", body: "These tickets can't be bought any more." }),
  event_not_on_sale: () => ({ title: "Not on sale", body: "This event can't be booked right now." }),
  too_many_per_order: () => ({ title: "Too many tickets for one order", body: "Choose fewer tickets." }),
  buyer_limit: (problem) => {
    const limit = problem.number("limit") ?? problem.number("max_per_buyer");
    return {
      title: "You have as many tickets as one person may",
      body: `${limit ? `The organiser allows ${count(limit, "ticket")} per person` : "The organiser limits tickets per person"}, including those you hold or bought before.`,
    };
  },
  access_code_required: () => ({ title: "An access code is needed", body: "Some of these tickets are only for who has a code. Enter it on the event's page." }),
  access_code_wrong: () => ({ title: "The access code is wrong", body: "It does not open these tickets. Check it on the event's page, or ask who gave it to you." }),
  queue_required: () => ({ title: "Wait in line first", body: "This event has a waiting room, and your time to choose is over or has not come yet. Your place is on the event's page." }),
  queue_full: () => ({ title: "The line is full", body: "It takes nobody right now. Try again in half a minute.", canRetry: true }),
  not_sold_out: (problem) => {
    const available = problem.number("available");
    return {
      title: "There are tickets again",
      body: `${available ? `${count(available, "ticket")} can be booked right now` : "They can be booked right now"}, without waiting. You are not on the list.`,
    };
  },
  already_waiting: (problem) => {
    const quantity = problem.number("quantity");
    return {
      title: `You are on the waiting list already${quantity ? `, for ${count(quantity, "ticket")}` : ""}`,
      body: "Leave the list first to ask for another number; you then join at its end.",
    };
  },
  nothing_to_pay: () => ({ title: "Nothing to pay", body: "This order needs no payment." }),
  payment_in_progress: () => ({ title: "A payment is under way", body: "Wait for its result before you try another: nothing is charged twice." }),
  already_paid: () => ({ title: "Already paid", body: "This order is paid. Your tickets are in your bookings." }),

  invalid_credentials: () => ({ title: "E-mail or password is wrong", body: "Check both, or reset your password." }),
  email_taken: () => ({ title: "This e-mail address has an account", body: "Log in instead, or reset your password." }),
  reset_token_invalid: () => ({ title: "This link is used up or too old", body: "Ask for a new one." }),
  session_revoked: () => ({ title: "You were logged out", body: "Log in again to go on." }),
  refresh_token_invalid: () => ({ title: "You were logged out", body: "Log in again to go on." }),
  unauthorized: () => ({ title: "Please log in", body: "Your session has ended. Log in again to go on." }),
  forbidden: () => ({ title: "Not allowed", body: "Your role does not include this. Ask an organiser of this organisation." }),
  stale_version: () => ({ title: "Somebody else changed this meanwhile", body: "Reload to see their version, then make your change again." }),
  capacity_below_sold: (problem) => ({
    title: "More tickets are sold or held than that",
    body: `The capacity can't go below ${problem.number("taken") ?? problem.number("sold") ?? "what is sold and held"}.`,
  }),
};

/** Words for any error that was thrown. */
export function describeProblem(error: unknown): Described {
  if (!isProblem(error)) {
    return { title: "Something broke on this page", body: "That is our fault. Reload the page; if it happens again, try another way.", canRetry: true };
  }
  const words = byCode[error.code];
  if (words) return { canRetry: false, ...words(error) };
  if (error.status === 404) return { title: "Not found", body: "It may have been removed, or it belongs to somebody else.", canRetry: false };
  if (error.status >= 500) {
    return { title: "The platform has a fault", body: "It was recorded. Try again in a moment.", reference: error.traceId, canRetry: true };
  }
  if (error.errors.length > 0) {
    return { title: "Please check what you entered", body: error.errors.map(({ message }) => message).join(" "), canRetry: false };
  }
  return { title: error.title, body: error.detail ?? "", canRetry: false };
}
