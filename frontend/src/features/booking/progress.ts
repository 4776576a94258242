/** Where a booking stands between held and paid: worked out from the booking, its payments and the clock. */
import type { Booking, Money, NewBooking, Payment, Ticket } from "../../api/types";

export type Progress =
  /** To be paid; `declined` is the attempt that failed before. */
  | { kind: "pay"; declined: Payment | undefined }
  /** The bank wants to ask the buyer something on its own page. */
  | { kind: "action"; payment: Payment; url: string | undefined }
  /** Paid or nearly so: the answer is on its way. */
  | { kind: "pending"; payment: Payment | undefined }
  | { kind: "done" }
  /** The hold ended without a payment. */
  | { kind: "expired" }
  /** The payment came after the hold had ended and the places were gone: it was given back. */
  | { kind: "too-late"; payment: Payment }
  /** Confirmed first, then the card's bank refused the charge for good. */
  | { kind: "refused"; payment: Payment }
  | { kind: "released" }
  | { kind: "cancelled" };

export function progressOf(booking: Booking, payments: readonly Payment[], now: number): Progress {
  const [latest] = payments;
  switch (booking.status) {
    case "confirmed":
      return { kind: "done" };
    case "cancelled":
      return latest?.status === "failed" ? { kind: "refused", payment: latest } : { kind: "cancelled" };
    case "released":
      return latest?.status === "voided" ? { kind: "too-late", payment: latest } : { kind: "released" };
    case "expired":
      return afterExpiry(latest);
    case "held":
      return whileHeld(booking, latest, now);
  }
}

function afterExpiry(latest: Payment | undefined): Progress {
  switch (latest?.status) {
    case "voided":
      return { kind: "too-late", payment: latest };
    // An expired booking can still be confirmed by a payment that was under way.
    case "created":
    case "authorised":
    case "captured":
      return { kind: "pending", payment: latest };
    default:
      return { kind: "expired" };
  }
}

function whileHeld(booking: Booking, latest: Payment | undefined, now: number): Progress {
  switch (latest?.status) {
    case "created":
    case "authorised":
    case "captured":
      return { kind: "pending", payment: latest };
    case "requires_action":
      if (!isOver(booking, now)) return { kind: "action", payment: latest, url: latest.next_action?.url };
      break;
    case "voided":
      return isOver(booking, now) ? { kind: "too-late", payment: latest } : { kind: "pay", declined: undefined };
    default:
      break;
  }
  if (isOver(booking, now)) return { kind: "expired" };
  return { kind: "pay", declined: latest?.status === "failed" ? latest : undefined };
}

/** The hold's time is up by this device's clock, whatever the platform last said. */
function isOver(booking: Booking, now: number): boolean {
  return booking.expires_at !== null && now >= Date.parse(booking.expires_at);
}

/** Milliseconds until the next look at a payment under way; false when waiting longer makes no sense. */
export function pollPause(waitedMs: number): number | false {
  if (waitedMs < 4_000) return 400;
  if (waitedMs < 30_000) return 1_500;
  // The platform asks the card's bank about everything older than 2 minutes: by 3 it is settled, or somebody must look.
  return waitedMs < 180_000 ? 4_000 : false;
}

/** The request that takes the same places again. */
export function sameAgain(booking: Booking): NewBooking {
  const seats = booking.items.flatMap((item) => item.seats);
  if (seats.length > 0) return { event_id: booking.event_id, seats };
  return { event_id: booking.event_id, items: booking.items.map(({ ticket_type_id, quantity }) => ({ ticket_type_id, quantity })) };
}

/** What a ticket of this booking cost. */
export function priceOf(ticket: Ticket, booking: Booking): Money {
  const item = booking.items.find(({ ticket_type_id }) => ticket_type_id === ticket.ticket_type_id);
  return item?.unit_price ?? { amount: 0, currency: booking.total.currency };
}

const declines: Record<string, string> = {
  insufficient_funds: "There is not enough money on this card. Use another card.",
  card_declined: "The card's bank refused it. Use another card, or ask your bank.",
  generic_decline: "The card's bank refused it. Use another card, or ask your bank.",
  expired_card: "This card has expired. Use another card.",
  incorrect_cvc: "The card's security code is wrong. Check it, or use another card.",
  processing_error: "The card's bank could not process it. Try again, or use another card.",
  authentication_failed: "The extra check was not passed. Try again, or use another card.",
  authentication_required: "The extra check was not passed. Try again, or use another card.",
  lost_card: "The card's bank refused it. Use another card.",
  stolen_card: "The card's bank refused it. Use another card.",
};

/** Why a card was declined, and what to do. */
export function declineText(code: string | undefined): string {
  return (code && declines[code]) || "The card's bank refused it. Use another card, or try again.";
}
