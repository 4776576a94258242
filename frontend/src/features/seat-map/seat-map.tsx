import { useQuery } from "@tanstack/react-query";
import { booking, unwrap } from "../../api/clients";
import { Checkbox } from "../../ui/field";
import { QueryView } from "../../ui/query-view";
import type { SeatMapProps } from "./types";

/** Seats as a plain list. */
export function SeatMap({ eventId, selected, onChange, max, disabled = false }: SeatMapProps) {
  const query = useQuery({
    queryKey: ["seats", eventId],
    queryFn: ({ signal }) => unwrap(booking.GET("/events/{id}/seats", { params: { path: { id: eventId } }, signal })),
  });
  return (
    <QueryView query={query}>
      {({ seats }) => {
        const types = Object.fromEntries(seats.map((seat) => [seat.seat_guid, seat.ticket_type_id]));
        return seats.map(({ seat_guid, status }) => {
          const checked = selected.includes(seat_guid);
          const next = checked ? selected.filter((seat) => seat !== seat_guid) : [...selected, seat_guid];
          return (
            <Checkbox
              key={seat_guid}
              label={seat_guid}
              checked={checked}
              disabled={disabled || (!checked && (status !== "free" || selected.length >= max))}
              onChange={() => onChange(next, types)}
            />
          );
        });
      }}
    </QueryView>
  );
}
