import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { isProblem } from "../../api/problem";
import { availabilityQuery, bookingQuery, hold } from "../../api/resources/bookings";
import type { NewBooking } from "../../api/types";
import { paths } from "../../app/paths";
import { noteRefusal } from "./access";
import { nothing, saveChoice } from "./choice";

/** Holds what was chosen and goes on to the checkout. A conflict refreshes what is left. */
export function useHold(eventId: string, { replace = false }: { replace?: boolean } = {}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: NewBooking) => hold(body),
    onSuccess: async (made) => {
      client.setQueryData(bookingQuery(made.id).queryKey, made);
      void client.invalidateQueries({ queryKey: ["bookings"] });
      await navigate(paths.checkout(made.id), { replace });
      saveChoice(eventId, nothing);
    },
    onError: (error) => {
      noteRefusal(eventId, error);
      // The event that is shown may be from before it had a code.
      if (isProblem(error, "access_code_required")) void client.invalidateQueries({ queryKey: ["event", eventId] });
      if (isProblem(error, "queue_required")) void client.invalidateQueries({ queryKey: ["queue", eventId] });
      if (isProblem(error) && error.status === 409) void client.invalidateQueries(availabilityQuery(eventId));
    },
  });
}
