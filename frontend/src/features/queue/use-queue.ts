import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { isProblem } from "../../api/problem";
import { dropPass, keepPass, passOf } from "../../api/queue-pass";
import { followQueue } from "../../api/queue-stream";
import { eventQuery } from "../../api/resources/events";
import { joinQueue, queueQuery } from "../../api/resources/queue";
import type { Event, QueueView } from "../../api/types";
import { useUser } from "../../auth/use-session";
import { isFollowed, merge } from "./standing";
import { useLeave } from "./use-leave";

const POLL_MS = 8_000;

export interface QueueState {
  /** Undefined while it is not known, null for who is not in line. */
  view: QueueView | null | undefined;
  /** The position that was seen first. */
  first: number | undefined;
  problem: Error | null;
  busy: boolean;
  join: () => void;
  leave: () => void;
  leaving: boolean;
  leaveProblem: Error | null;
  /** Not in line any more, because they left. */
  left: boolean;
  refresh: () => void;
}

/** The person's place in the event's queue, kept up to date: by the stream, and by asking now and then while there is none. */
export function useQueue(event: Event): QueueState {
  const client = useQueryClient();
  const userId = useUser()?.id ?? "";
  const [live, setLive] = useState(false);
  const options = queueQuery(event.id, userId);
  // Nothing is asked or heard of a place that is being given up: its end would look like a turn that is over.
  const leave = useLeave(event.id, userId);
  const query = useQuery({
    ...options,
    enabled: event.waiting_room && userId !== "" && event.status === "published" && !leave.isPending,
    refetchInterval: ({ state }) => (live || !isFollowed(state.data) ? false : POLL_MS),
    refetchIntervalInBackground: true,
  });
  const join = useMutation({
    mutationFn: () => joinQueue(event.id, userId),
    onSuccess: (view) => client.setQueryData(options.queryKey, view),
  });
  const followed = isFollowed(query.data) && !leave.isPending;
  const place = query.data?.place;
  useEffect(() => {
    if (!followed || place === undefined) return undefined;
    const { queryKey } = queueQuery(event.id, userId);
    return followQueue(event.id, place, {
      onView: (next) => {
        if (next.status === "absent") dropPass(event.id);
        else keepPass(event.id, userId, next);
        client.setQueryData(queryKey, (known) => merge(known, next));
      },
      onLive: setLive,
    });
  }, [client, event.id, userId, place, followed]);

  const problem = query.data ? query.error : (join.error ?? query.error);
  const switchedOff = isProblem(problem, "no_queue") || isProblem(leave.error, "no_queue");
  useEffect(() => {
    if (switchedOff) void client.invalidateQueries(eventQuery(event.id));
  }, [client, event.id, switchedOff]);
  return {
    view: query.data,
    first: passOf(event.id, userId)?.first,
    problem,
    busy: join.isPending || (query.isError && query.isFetching),
    join: () => {
      leave.reset();
      join.mutate();
    },
    leave: () => leave.mutate(),
    leaving: leave.isPending,
    leaveProblem: leave.error,
    left: leave.isSuccess && query.data === null,
    refresh: () => void query.refetch(),
  };
}
