import { queryOptions } from "@tanstack/react-query";
import { booking, done, unwrap } from "../clients";
import { isProblem } from "../problem";
import { dropPass, keepPass, passOf } from "../queue-pass";
import type { QueueView } from "../types";

function request(eventId: string, userId: string) {
  const place = passOf(eventId, userId)?.place;
  return { path: { id: eventId }, header: place === undefined ? {} : { "Queue-Place": place } };
}

/** Where the reader stands; null for who never joined. A place that is gone is `absent` once. */
export function queueQuery(eventId: string, userId: string) {
  return queryOptions({
    queryKey: ["queue", eventId, userId],
    queryFn: async ({ signal }): Promise<QueueView | null> => {
      try {
        const view = await unwrap(booking.GET("/events/{id}/queue", { params: request(eventId, userId), signal }));
        keepPass(eventId, userId, view);
        return view;
      } catch (error) {
        if (!isProblem(error, "not_in_queue")) throw error;
        const was = passOf(eventId, userId) !== undefined;
        dropPass(eventId);
        return was ? { event_id: eventId, status: "absent" } : null;
      }
    },
    staleTime: 2_000,
  });
}

/** Joining again finds the same place: it needs no key of its own. */
export async function joinQueue(eventId: string, userId: string): Promise<QueueView> {
  const view = await unwrap(booking.POST("/events/{id}/queue", { params: request(eventId, userId) }));
  keepPass(eventId, userId, view);
  return view;
}

/** Gives up the place or the admission. Leaving again changes nothing: it needs no key of its own. */
export async function leaveQueue(eventId: string): Promise<void> {
  await done(booking.DELETE("/events/{id}/queue", { params: { path: { id: eventId } } }));
  dropPass(eventId);
}
