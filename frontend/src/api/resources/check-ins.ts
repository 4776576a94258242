import { queryOptions } from "@tanstack/react-query";
import { booking, unwrap } from "../clients";
import { networkProblem } from "../problem";
import type { CheckIn } from "../types";

/** At a gate somebody waits: sooner than other requests, no answer counts as no connection. */
const PATIENCE_MS = 6_000;
const POLL_MS = 5_000;

/** How many are in, and the newest entries, of all gates of an event. */
export function checkInsQuery(eventId: string) {
  return queryOptions({
    queryKey: ["check-ins", eventId],
    queryFn: ({ signal }) => unwrap(booking.GET("/events/{id}/check-ins", { params: { path: { id: eventId } }, signal })),
    refetchInterval: POLL_MS,
  });
}

/** May this code's bearer enter? The same nonce again changes nothing and gets the same answer. */
export async function checkIn(eventId: string, code: string, nonce: string, stop: AbortSignal): Promise<CheckIn> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    return await unwrap(booking.POST("/check-ins", { body: { event_id: eventId, code, nonce }, signal }));
  } catch (cause) {
    if (cause instanceof DOMException && !stop.aborted) throw networkProblem(cause);
    throw cause;
  }
}

/** Takes a check-in back: the ticket is valid again. */
export async function undoCheckIn(id: string): Promise<void> {
  await unwrap(booking.DELETE("/check-ins/{id}", { params: { path: { id } } }));
}
