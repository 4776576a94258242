import { queryOptions } from "@tanstack/react-query";
import { booking, done, unwrap } from "../clients";
import type { WaitingEntry } from "../types";

/** The reader's own entries on an event's waiting list, newest first. */
export function waitingListQuery(eventId: string) {
  return queryOptions({
    queryKey: ["waiting-list", eventId],
    queryFn: async ({ signal }): Promise<WaitingEntry[]> =>
      (await unwrap(booking.GET("/events/{id}/waiting-list", { params: { path: { id: eventId } }, signal }))).items,
    staleTime: 5_000,
  });
}

export interface Wish {
  ticketTypeId: string;
  quantity: number;
  /** For tickets that are not for everybody. */
  accessCode?: string;
}

/** Joining again with the same wish changes nothing: it needs no key of its own. */
export function joinWaitingList(eventId: string, { ticketTypeId, quantity, accessCode }: Wish): Promise<WaitingEntry> {
  const body = { ticket_type_id: ticketTypeId, quantity, ...(accessCode === undefined ? {} : { access_code: accessCode }) };
  return unwrap(booking.POST("/events/{id}/waiting-list", { params: { path: { id: eventId } }, body }));
}

export function leaveWaitingList(eventId: string, ticketTypeId: string): Promise<void> {
  return done(booking.DELETE("/events/{id}/waiting-list", { params: { path: { id: eventId }, query: { ticket_type_id: ticketTypeId } } }));
}
