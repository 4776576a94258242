import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { session } from "../../auth/session";
import { catalog, unwrap } from "../clients";
import type { paths } from "../generated/catalog";
import { isProblem } from "../problem";
import { publicTransport } from "../transport";
import type { Event, EventSummary } from "../types";

export type EventFilter = Omit<NonNullable<paths["/events"]["get"]["parameters"]["query"]>, "cursor">;

export interface EventPage {
  items: EventSummary[];
  next_cursor?: string | null;
}

/** Published events, page after page. */
export function eventsQuery(filter: EventFilter) {
  return infiniteQueryOptions({
    queryKey: ["events", filter],
    queryFn: ({ pageParam, signal }): Promise<EventPage> =>
      unwrap(
        catalog.GET("/events", {
          params: { query: { ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          fetch: publicTransport,
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });
}

/** The first page of a list, where no more is needed. */
export function fewEventsQuery(filter: EventFilter) {
  return queryOptions({
    queryKey: ["events", "few", filter],
    queryFn: ({ signal }): Promise<EventPage> => unwrap(catalog.GET("/events", { params: { query: filter }, fetch: publicTransport, signal })),
  });
}

export function categoriesQuery() {
  return queryOptions({
    queryKey: ["categories"],
    queryFn: ({ signal }) => unwrap(catalog.GET("/categories", { fetch: publicTransport, signal })),
    staleTime: 5 * 60_000,
  });
}

/** An event. What everybody may see comes without waiting for the session; a draft needs its member's token. */
export function eventQuery(id: string) {
  return queryOptions({
    queryKey: ["event", id],
    queryFn: async ({ signal }): Promise<Event> => {
      const request = { params: { path: { id } }, signal };
      try {
        return await unwrap(catalog.GET("/events/{id}", { ...request, fetch: publicTransport }));
      } catch (error) {
        if (!isProblem(error) || error.status !== 404 || session().status === "signed-out") throw error;
        return unwrap(catalog.GET("/events/{id}", request));
      }
    },
  });
}
