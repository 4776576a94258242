import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { booking, download, unwrap } from "../clients";
import { once } from "../idempotency";
import { admissionTo } from "../queue-pass";
import { continueTrace, traceparent } from "../trace";
import type { Availability, Booking, BookingStatus, NewBooking, Ticket } from "../types";
import { publicTransport } from "../transport";

interface BookingPage {
  items: Booking[];
  next_cursor?: string | null;
}

export function availabilityQuery(eventId: string) {
  return queryOptions({
    queryKey: ["availability", eventId],
    queryFn: ({ signal }): Promise<Availability> =>
      unwrap(booking.GET("/events/{id}/availability", { params: { path: { id: eventId } }, fetch: publicTransport, signal })),
    staleTime: 5_000,
  });
}

/** The reader's own bookings, newest first. */
export function bookingsQuery(status?: BookingStatus) {
  return infiniteQueryOptions({
    queryKey: ["bookings", "list", status ?? "all"],
    queryFn: ({ pageParam, signal }): Promise<BookingPage> =>
      unwrap(
        booking.GET("/bookings", {
          params: { query: { ...(status ? { status } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });
}

/** What the reader holds right now. */
export function holdsQuery() {
  return queryOptions({
    queryKey: ["bookings", "held"],
    queryFn: ({ signal }): Promise<BookingPage> => unwrap(booking.GET("/bookings", { params: { query: { status: "held" } }, signal })),
    staleTime: 5_000,
  });
}

export function bookingQuery(id: string) {
  return queryOptions({
    queryKey: ["booking", id],
    queryFn: ({ signal }): Promise<Booking> => unwrap(booking.GET("/bookings/{id}", { params: { path: { id } }, signal })),
    staleTime: 2_000,
  });
}

export function ticketsQuery(bookingId: string) {
  return queryOptions({
    queryKey: ["booking", bookingId, "tickets"],
    queryFn: async ({ signal }): Promise<Ticket[]> =>
      (await unwrap(booking.GET("/bookings/{id}/tickets", { params: { path: { id: bookingId } }, signal }))).items,
  });
}

/** The QR code of a ticket as SVG text. It lets its bearer in: never log it. */
export async function ticketQr(bookingId: string, ticketId: string): Promise<string> {
  return (await download(`/api/booking/bookings/${bookingId}/tickets/${ticketId}/qr.svg`, "image/svg+xml")).text();
}

/** Holds places. The same choice again, from a double click or a reload, is the same hold. */
export async function hold(body: NewBooking): Promise<Booking> {
  const trace = `event:${body.event_id}`;
  const made = await once(`hold:${body.event_id}`, body, (key) => {
    const admission = admissionTo(body.event_id);
    const header = { "Idempotency-Key": key, ...(admission === undefined ? {} : { "Queue-Admission": admission }) };
    return unwrap(booking.POST("/bookings", { params: { header }, body, headers: { traceparent: traceparent(trace) } }));
  });
  continueTrace(trace, `booking:${made.id}`);
  return made;
}

/** Gives a hold back, or cancels a confirmed booking or some of its tickets. */
export function cancelBooking(id: string, ticketIds?: string[]): Promise<Booking> {
  const body = ticketIds ? { ticket_ids: ticketIds } : {};
  return once(`cancel:${id}`, body, (key) =>
    unwrap(booking.POST("/bookings/{id}/cancel", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
  );
}

/** Confirms an order that costs nothing. */
export function checkoutFree(id: string): Promise<Booking> {
  return once(`checkout:${id}`, null, (key) =>
    unwrap(
      booking.POST("/bookings/{id}/checkout", {
        params: { path: { id }, header: { "Idempotency-Key": key } },
        headers: { traceparent: traceparent(`booking:${id}`) },
      }),
    ),
  );
}
