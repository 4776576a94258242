/** A seat in words. */
import type { TicketType } from "../../api/types";
import { formatMoney } from "../../lib/money";
import type { Seat } from "./layout";

export type SeatState = "free" | "taken" | "chosen" | "only with an access code" | "not sold";

/** "Stalls, row C, seat 12". */
export function placeName(seat: Seat): string {
  return [seat.zone, seat.row && `row ${seat.row}`, seat.number && `seat ${seat.number}`].filter(Boolean).join(", ") || seat.guid;
}

/** "Stalls, row C, seat 12, 45 €, free". */
export function spokenName(seat: Seat, type: TicketType | undefined, state: SeatState): string {
  const price = type ? (type.price.amount === 0 ? "free of charge" : formatMoney(type.price)) : undefined;
  return [placeName(seat), state === "taken" ? undefined : price, state].filter(Boolean).join(", ");
}
