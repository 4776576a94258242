import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { isProblem } from "../../api/problem";
import { availabilityQuery, bookingQuery, cancelBooking, holdsQuery } from "../../api/resources/bookings";
import { joinWaitingList, leaveWaitingList, waitingListQuery, type Wish } from "../../api/resources/waiting-list";
import type { Availability, Event, WaitingEntry } from "../../api/types";
import { useUser } from "../../auth/use-session";
import { accessTo, noteRefusal } from "../event/access";
import { lookPause, mayWait, offeredBookings } from "./entries";

/** The section's heading. */
export const TITLE_ID = "waiting-list-title";

/**
 * The person's entries, newest first. They are asked for only where there can be any: too few are left, or the person
 * holds something that may be an offer. Looked at again now and then while waiting, never while the page is hidden.
 */
export function useWaitingList(event: Event, availability: Availability | undefined): UseQueryResult<WaitingEntry[]> {
  const signedIn = useUser() !== null;
  const { data: holds } = useQuery({ ...holdsQuery(), enabled: signedIn });
  const holding = holds?.items.some(({ event_id }) => event_id === event.id) ?? false;
  return useQuery({
    ...waitingListQuery(event.id),
    enabled: signedIn && event.status === "published" && (holding || mayWait(event, availability)),
    refetchInterval: ({ state }) => lookPause(state.data),
  });
}

/** Holds that are offers of the list, as far as they are known: they are shown as such, not as holds. */
export function useOfferedBookings(eventId: string): ReadonlySet<string> {
  return offeredBookings(useQuery({ ...waitingListQuery(eventId), enabled: false }).data);
}

/** Whoever acted by a button that is gone afterwards goes on reading from here. */
function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
}

/** Asks anew for all that an entry changes; done when the entries are there. */
export function useRefresh(eventId: string): () => Promise<void> {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries(availabilityQuery(eventId));
    void client.invalidateQueries({ queryKey: ["bookings"] });
    return client.invalidateQueries(waitingListQuery(eventId));
  };
}

export function useJoin(eventId: string) {
  const refresh = useRefresh(eventId);
  return useMutation({
    mutationFn: (wish: Wish) => {
      const { code } = accessTo(eventId);
      return joinWaitingList(eventId, code === "" ? wish : { ...wish, accessCode: code });
    },
    onSuccess: () => {
      focusOn(`#${TITLE_ID}`);
      return refresh();
    },
    // A refusal tells that this page knew something old.
    onError: (error) => {
      noteRefusal(eventId, error);
      if (isProblem(error) && error.status === 409) void refresh();
    },
  });
}

export function useLeave(eventId: string) {
  const refresh = useRefresh(eventId);
  return useMutation({
    mutationFn: (ticketTypeId: string) => leaveWaitingList(eventId, ticketTypeId),
    onSuccess: () => {
      focusOn(`#${TITLE_ID}`);
      return refresh();
    },
  });
}

/** An offer is declined as any hold is given back. */
export function useDecline(eventId: string) {
  const client = useQueryClient();
  const refresh = useRefresh(eventId);
  return useMutation({
    mutationFn: (bookingId: string) => cancelBooking(bookingId),
    onSuccess: (released) => {
      client.setQueryData(bookingQuery(released.id).queryKey, released);
      focusOn("#content");
      return refresh();
    },
    onError: (error) => {
      if (isProblem(error) && error.status === 409) void refresh();
    },
  });
}

