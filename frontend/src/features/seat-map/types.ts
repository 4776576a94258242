import type { TicketType } from "../../api/types";

/** What the event page gives the seat map, and gets from it. The page holds the choice; the map draws it. */
export interface SeatMapProps {
  eventId: string;
  /** The event's seated ticket types: prices and names by id. */
  ticketTypes: readonly TicketType[];
  /** Chosen seats by `seat_guid`. */
  selected: readonly string[];
  /** The new choice, and the ticket type of each chosen seat (`seat_guid` → `ticket_type_id`) for its price. */
  onChange: (seats: string[], types: Record<string, string>) => void;
  /** How many may be chosen; more are refused with a word why. */
  max: number;
  /** Seats that the last attempt lost to somebody else: to be named with their nearest free neighbours. */
  lost?: readonly string[];
  /** Ticket types, by id, whose seats can't be chosen before an access code is entered. */
  locked?: readonly string[];
  /** Nothing can be chosen now (before the sale, sold out); the map still shows. */
  disabled?: boolean;
}
