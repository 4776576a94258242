import { useMutation, useQueryClient } from "@tanstack/react-query";
import { leaveQueue, queueQuery } from "../../api/resources/queue";

/** The way out of the line. */
export function useLeave(eventId: string, userId: string) {
  const client = useQueryClient();
  const { queryKey } = queueQuery(eventId, userId);
  return useMutation({
    // An answer that is still on its way would bring back the place that is given up.
    onMutate: () => client.cancelQueries({ queryKey }),
    mutationFn: () => leaveQueue(eventId),
    onSuccess: () => void client.setQueryData(queryKey, null),
  });
}
