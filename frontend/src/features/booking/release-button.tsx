import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { bookingQuery, cancelBooking } from "../../api/resources/bookings";
import type { Booking } from "../../api/types";
import { paths } from "../../app/paths";
import { Button } from "../../ui/button";
import { ProblemNotice } from "../../ui/problem-notice";

/** Gives a hold back at once, for the next buyer. Nothing was paid, so nothing is asked. */
export function ReleaseButton({ booking }: { booking: Booking }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const release = useMutation({
    mutationFn: () => cancelBooking(booking.id),
    onSuccess: (released) => {
      client.setQueryData(bookingQuery(booking.id).queryKey, released);
      void client.invalidateQueries({ queryKey: ["bookings"] });
      void client.invalidateQueries({ queryKey: ["availability", booking.event_id] });
      return navigate(paths.event(booking.event_id));
    },
  });
  return (
    <>
      <Button variant="quiet" busy={release.isPending} onClick={() => release.mutate()}>
        Give the tickets back
      </Button>
      {release.isError && <ProblemNotice problem={release.error} />}
    </>
  );
}
