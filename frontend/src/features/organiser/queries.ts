/** What the organiser's pages ask for. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { booking, catalog, unwrap } from "../../api/clients";
import type { EventStatus } from "../../api/types";

/** Members, venues and plans are shown whole: the first hundred is everybody's all. */
const ALL = 100;

export type StatusFilter = EventStatus | "all";

/** Events of an organisation in every state, page after page. */
export function ownEventsQuery(organisationId: string, filter: { status: StatusFilter; q: string; newestFirst: boolean }) {
  const query = {
    organisation_id: organisationId,
    limit: 25,
    ...(filter.status === "all" ? {} : { status: filter.status }),
    ...(filter.q ? { q: filter.q } : {}),
    sort: filter.newestFirst ? ("-starts_at" as const) : ("starts_at" as const),
  };
  return infiniteQueryOptions({
    queryKey: ["own-events", organisationId, filter],
    queryFn: ({ pageParam, signal }) =>
      unwrap(catalog.GET("/events", { params: { query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });
}

export function salesQuery(eventId: string) {
  return queryOptions({
    queryKey: ["sales", eventId],
    queryFn: ({ signal }) => unwrap(booking.GET("/events/{id}/sales", { params: { path: { id: eventId } }, signal })),
    refetchInterval: 15_000,
  });
}

export function membersQuery(organisationId: string) {
  return queryOptions({
    queryKey: ["members", organisationId],
    queryFn: async ({ signal }) =>
      (await unwrap(catalog.GET("/organisations/{id}/members", { params: { path: { id: organisationId }, query: { limit: ALL } }, signal }))).items,
  });
}

export function venuesQuery(organisationId: string) {
  return queryOptions({
    queryKey: ["venues", organisationId],
    queryFn: async ({ signal }) => (await unwrap(catalog.GET("/venues", { params: { query: { organisation_id: organisationId, limit: ALL } }, signal }))).items,
  });
}

export function plansQuery(venueId: string) {
  return queryOptions({
    queryKey: ["plans", venueId],
    queryFn: async ({ signal }) => (await unwrap(catalog.GET("/venues/{id}/seating-plans", { params: { path: { id: venueId }, query: { limit: ALL } }, signal }))).items,
    enabled: venueId !== "",
  });
}

/** An event with its organisers' eyes: drafts too, with access codes, and never from a cache. */
export function ownEventQuery(eventId: string) {
  return queryOptions({
    queryKey: ["own-event", eventId],
    queryFn: ({ signal }) => unwrap(catalog.GET("/events/{id}/edit", { params: { path: { id: eventId } }, signal })),
  });
}
