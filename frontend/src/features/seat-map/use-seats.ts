/** The plan of an event, and which of its seats are free, kept up to date. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { booking, catalog, unwrap } from "../../api/clients";
import { followEvent } from "../../api/event-stream";
import { publicTransport } from "../../api/transport";
import type { SeatState } from "../../api/types";

type Statuses = ReadonlyMap<string, SeatState["status"]>;

export function useSeating(eventId: string) {
  return useQuery({
    queryKey: ["seating", eventId],
    queryFn: ({ signal }) => unwrap(catalog.GET("/events/{id}/seating", { params: { path: { id: eventId } }, fetch: publicTransport, signal })),
    // Frozen when the event was published.
    staleTime: Infinity,
  });
}

/** Asked again this often while nobody tells of changes. */
const POLL_MS = 15_000;

export function useStatuses(eventId: string) {
  const client = useQueryClient();
  useEffect(() => {
    const queryKey = ["seats", eventId];
    return followEvent(eventId, {
      onSeats: (changes) =>
        client.setQueryData<Statuses>(queryKey, (known) => known && new Map([...known, ...changes.map(({ seat_guid, status }) => [seat_guid, status] as const)])),
      // What changed before is not told again.
      onLive: (live) => {
        if (live) void client.invalidateQueries({ queryKey });
      },
    });
  }, [client, eventId]);
  return useQuery({
    queryKey: ["seats", eventId],
    queryFn: async ({ signal }): Promise<Statuses> => {
      const { seats } = await unwrap(booking.GET("/events/{id}/seats", { params: { path: { id: eventId } }, fetch: publicTransport, signal }));
      return new Map(seats.map(({ seat_guid, status }) => [seat_guid, status]));
    },
    staleTime: POLL_MS,
    refetchInterval: POLL_MS,
  });
}
