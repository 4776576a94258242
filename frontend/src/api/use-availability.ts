import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { followEvent } from "./event-stream";
import { availabilityQuery } from "./resources/bookings";
import type { Availability } from "./types";

const POLL_MS = 10_000;

/** How many tickets are left, kept up to date: by the stream, and by asking every few seconds while there is none. */
export function useAvailability(eventId: string, follow: boolean): UseQueryResult<Availability> {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (!follow) return undefined;
    const { queryKey } = availabilityQuery(eventId);
    return followEvent(eventId, {
      onAvailability: (availability) => client.setQueryData(queryKey, availability),
      onLive: setLive,
    });
  }, [client, eventId, follow]);
  return useQuery({ ...availabilityQuery(eventId), enabled: follow, refetchInterval: live ? false : POLL_MS });
}
