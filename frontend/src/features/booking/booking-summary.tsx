import type { ReactNode } from "react";
import type { Booking } from "../../api/types";
import { OrderSummary } from "../../ui/order-summary";

export function placeText(venue: Booking["event"]["venue"]): string {
  if (!venue) return "Online";
  return [venue.name, venue.address, venue.city].filter((part, index, all) => part && all.indexOf(part) === index).join(", ");
}

/** A booking's event, lines and total. */
export function BookingSummary({ booking, children }: { booking: Booking; children?: ReactNode }) {
  const { event } = booking;
  return (
    <OrderSummary
      title={event.title}
      startsAt={event.starts_at}
      endsAt={event.ends_at}
      timeZone={event.time_zone}
      place={placeText(event.venue)}
      total={booking.total}
      lines={booking.items.map((item) => ({ id: item.ticket_type_id, name: item.name, quantity: item.quantity, unitPrice: item.unit_price, seats: item.seats }))}
    >
      {children}
    </OrderSummary>
  );
}
