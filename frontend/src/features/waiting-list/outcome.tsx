import type { Event, WaitingEntry } from "../../api/types";
import { paths } from "../../app/paths";
import { count } from "../../lib/words";
import { ButtonLink } from "../../ui/button";
import { Notice } from "../../ui/notice";

/** How the last time on the list ended. */
export function Outcome({ event, entry }: { event: Event; entry: WaitingEntry }) {
  const name = event.ticket_types.find(({ id }) => id === entry.ticket_type_id)?.name ?? "ticket";
  const what = `${entry.quantity} × ${name}`;
  switch (entry.status) {
    case "purchased":
      return (
        <Notice
          tone="good"
          title={`You bought ${count(entry.quantity, "ticket")} from the waiting list`}
          actions={entry.booking_id && <ButtonLink to={paths.booking(entry.booking_id)}>To your booking</ButtonLink>}
        >
          {what}
        </Notice>
      );
    case "expired":
      return (
        <Notice tone="warn" title="The time for your offer ran out">
          {what} went to whoever was next in line. You were not charged.
        </Notice>
      );
    case "declined":
      return (
        <Notice title="You declined the places">
          {what} went to whoever was next in line. You were not charged.
        </Notice>
      );
    case "left":
      return <Notice title="You left the waiting list">You get no offer for {what}.</Notice>;
    default:
      return null;
  }
}
