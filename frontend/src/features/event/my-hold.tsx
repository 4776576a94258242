import { useQuery } from "@tanstack/react-query";
import { holdsQuery } from "../../api/resources/bookings";
import { paths } from "../../app/paths";
import { useUser } from "../../auth/use-session";
import { remainingMs, useNow } from "../../lib/countdown";
import { count } from "../../lib/words";
import { ButtonLink } from "../../ui/button";
import { Countdown } from "../../ui/countdown";
import { Notice } from "../../ui/notice";
import { useOfferedBookings } from "../waiting-list/use-waiting-list";

/** Who comes back to the event while holding tickets for it finds the way on. */
export function MyHold({ eventId }: { eventId: string }) {
  const user = useUser();
  const { data } = useQuery({ ...holdsQuery(), enabled: user !== null });
  const offered = useOfferedBookings(eventId);
  const now = useNow(5000);
  const hold = data?.items.find((item) => item.event_id === eventId && item.status === "held" && !offered.has(item.id));
  if (!hold?.expires_at || remainingMs(hold.expires_at, now) === 0) return null;
  return (
    <Notice
      tone="good"
      title={`You hold ${count(hold.seats, "ticket")}`}
      actions={
        <ButtonLink variant="primary" to={paths.checkout(hold.id)}>
          Go on to payment
        </ButtonLink>
      }
    >
      They are yours for <Countdown until={hold.expires_at} />.
    </Notice>
  );
}
