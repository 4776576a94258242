/** What a checkout page shows when there is nothing to fill in: under way, done, or over. */
import type { Booking, Payment } from "../../api/types";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { bookingQuery, hold } from "../../api/resources/bookings";
import { paths } from "../../app/paths";
import { useUser } from "../../auth/use-session";
import { useNow } from "../../lib/countdown";
import { formatMoney } from "../../lib/money";
import { Button, ButtonLink } from "../../ui/button";
import { CalendarButton } from "../../ui/calendar-button";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/notice";
import { Actions } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { Progress } from "../../ui/spinner";
import { placeText } from "./booking-summary";
import styles from "./booking.module.css";
import { sameAgain } from "./progress";

export function Pending({ stalled, onLookAgain }: { stalled: boolean; onLookAgain: () => void }) {
  if (stalled) {
    return (
      <Notice
        tone="warn"
        title="This takes longer than it should"
        announce
        actions={
          <>
            <Button variant="primary" onClick={onLookAgain}>
              Look again
            </Button>
            <ButtonLink to={paths.bookings()}>My bookings</ButtonLink>
          </>
        }
      >
        The bank has not answered yet. You need not stay here: you get your tickets by mail, or a mail that nothing was charged. Please don&rsquo;t pay again.
      </Notice>
    );
  }
  return (
    <div className={styles.stack} role="status">
      <h2>Waiting for the bank</h2>
      <p>This takes a few seconds. You can leave or reload this page: your payment goes on, and nothing happens twice.</p>
      <Progress label="Waiting for the bank" />
    </div>
  );
}

export function NeedsAction({ url }: { url: string | undefined }) {
  return (
    <Notice
      tone="warn"
      title="The bank wants to check that it is you"
      announce
      actions={
        url && (
          <a href={url}>
            <b>Go on to the bank&rsquo;s page</b>
          </a>
        )
      }
    >
      Nothing is charged before that. Your tickets stay held until the time above is up.
    </Notice>
  );
}

export function Done({ booking }: { booking: Booking }) {
  const user = useUser();
  return (
    <div className={styles.done} role="status">
      <span className={styles.tick}>
        <Icon name="check" size={32} />
      </span>
      <p>
        {booking.total.amount > 0 && <>You paid {formatMoney(booking.total)}. </>}
        {user ? <>The tickets are also on their way to {user.email}.</> : "The tickets are also on their way by mail."}
      </p>
      <Actions>
        <ButtonLink variant="primary" to={paths.tickets(booking.id)}>
          Show tickets
        </ButtonLink>
        {booking.total.amount > 0 && (
          <ButtonLink to={paths.receipt(booking.id)}>
            Receipt
          </ButtonLink>
        )}
        <BookingCalendarButton booking={booking} />
      </Actions>
    </div>
  );
}

export function BookingCalendarButton({ booking }: { booking: Booking }) {
  const { event } = booking;
  return (
    <CalendarButton
      entry={{
        uid: `booking-${booking.id}`,
        title: event.title,
        start: event.starts_at,
        end: event.ends_at,
        place: placeText(event.venue),
        description: `Tickets: ${location.origin}${paths.tickets(booking.id)}`,
        url: location.origin + paths.tickets(booking.id),
        alarmMinutes: 180,
      }}
    />
  );
}

export type Ended = "expired" | "released" | "cancelled" | "too-late" | "refused";

const endings: Record<Ended, (amount: string) => { title: string; text: string }> = {
  expired: () => ({ title: "The time for these tickets ran out", text: "They went back on sale. You were not charged." }),
  released: () => ({ title: "You gave these tickets back", text: "They are on sale again. You were not charged." }),
  cancelled: () => ({ title: "This booking is cancelled", text: "Its tickets are no longer valid. What you paid goes back to your card." }),
  "too-late": (amount) => ({
    title: "The payment came too late",
    text: `The tickets were gone before it was through. No money moved: the ${amount} that your bank may show as reserved is given free, within some days at most.`,
  }),
  refused: (amount) => ({
    title: "The bank refused the charge in the end",
    text: `No money moved: the ${amount} were not charged, and the tickets went back on sale.`,
  }),
};

/** Why the booking is over, whether money moved, and the same places again while they are free. */
export function Over({ booking, ended, payment }: { booking: Booking; ended: Ended; payment?: Payment }) {
  const { title, text } = endings[ended](formatMoney(payment?.amount ?? booking.total));
  const client = useQueryClient();
  const navigate = useNavigate();
  const again = useMutation({
    mutationFn: () => hold(sameAgain(booking)),
    onSuccess: (made) => {
      client.setQueryData(bookingQuery(made.id).queryKey, made);
      void client.invalidateQueries({ queryKey: ["bookings"] });
      return navigate(paths.checkout(made.id));
    },
  });
  const now = useNow(60_000);
  const canRepeat = ended !== "cancelled" && Date.parse(booking.event.ends_at) > now;
  return (
    <>
      <Notice
        tone={ended === "cancelled" ? "info" : "warn"}
        title={title}
        announce
        actions={
          <>
            {canRepeat && (
              <Button variant="primary" busy={again.isPending} busyText="Looking whether they are free" onClick={() => again.mutate()}>
                Take the same tickets again
              </Button>
            )}
            <ButtonLink to={paths.event(booking.event_id)}>To the event</ButtonLink>
          </>
        }
      >
        {text}
      </Notice>
      {again.isError && <ProblemNotice problem={again.error} reassurance="Nothing was held." />}
    </>
  );
}
