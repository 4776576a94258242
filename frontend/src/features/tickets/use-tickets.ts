import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { bookingQuery, ticketQr, ticketsQuery } from "../../api/resources/bookings";
import { loadTickets, type SavedTickets, saveTickets } from "./offline";

interface TicketsState {
  /** What to show: from the platform, or as it was when opened last. */
  known: SavedTickets | undefined;
  error: unknown;
  loading: boolean;
  /** The tickets are shown as they were when last opened. */
  fromDevice: boolean;
  retry: () => void;
}

/** A booking's tickets with their codes; kept on the device as soon as all are there. */
export function useTickets(bookingId: string): TicketsState {
  const saved = loadTickets(bookingId);
  const booking = useQuery(bookingQuery(bookingId));
  const tickets = useQuery(ticketsQuery(bookingId));
  const ids = tickets.data?.map(({ id }) => id) ?? [];
  const codes = useQuery({
    queryKey: ["booking", bookingId, "codes", ids],
    queryFn: async () => Object.fromEntries(await Promise.all(ids.map(async (id) => [id, saved?.codes[id] ?? (await ticketQr(bookingId, id))] as const))),
    enabled: ids.length > 0,
    staleTime: Infinity,
  });

  const { data: known } = booking;
  const { data: list } = tickets;
  const { data: drawn } = codes;
  useEffect(() => {
    if (!known || !list || !drawn) return;
    const { id, event_id, status, event } = known;
    saveTickets({ booking: { id, event_id, status, event }, tickets: list, codes: drawn, savedAt: new Date().toISOString() });
  }, [known, list, drawn]);

  const fresh = known && list ? { booking: known, tickets: list, codes: drawn ?? saved?.codes ?? {}, savedAt: "" } : undefined;
  return {
    known: fresh ?? saved,
    error: booking.error ?? tickets.error ?? codes.error,
    loading: !fresh && !saved && !booking.isPaused,
    fromDevice: !fresh && saved !== undefined,
    retry: () => {
      void booking.refetch();
      void tickets.refetch();
      if (ids.length > 0) void codes.refetch();
    },
  };
}
