import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { booking as bookings, unwrap } from "../../api/clients";
import { isProblem } from "../../api/problem";
import type { Booking, Payment } from "../../api/types";
import { NotFoundPage } from "../../app/not-found-page";
import { paths } from "../../app/paths";
import { useNow } from "../../lib/countdown";
import { formatMoney } from "../../lib/money";
import { ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { DateTime } from "../../ui/date-time";
import { Notice } from "../../ui/notice";
import { Actions, Page, PageSkeleton } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { StatusBadge } from "./status-badge";
import { BookingSummary } from "./booking-summary";
import styles from "./booking.module.css";
import { HoldTimer } from "./hold-timer";
import { BookingCalendarButton, Over, Pending } from "./outcomes";
import type { Progress } from "./progress";
import { ReleaseButton } from "./release-button";
import { useProgress } from "./use-progress";

/** Everything about one booking, whatever its state. */
export function Component() {
  const { bookingId = "" } = useParams();
  const { booking, payments, progress, error, stalled, lookAgain } = useProgress(bookingId);
  if (!booking || !progress) {
    if (isProblem(error) && error.status === 404) return <NotFoundPage />;
    if (!error) return <PageSkeleton />;
    return (
      <Page title="Booking" back={{ to: paths.bookings(), label: "My bookings" }} narrow>
        <ProblemNotice problem={error} onRetry={lookAgain} />
      </Page>
    );
  }
  return (
    <Page
      title={booking.event.title}
      heading={
        <>
          {booking.event.title} <StatusBadge status={progress.kind === "expired" ? "expired" : booking.status} />
        </>
      }
      back={{ to: paths.bookings(), label: "My bookings" }}
    >
      <div className={styles.layout}>
        <div className={styles.main}>
          <State booking={booking} progress={progress} stalled={stalled} onLookAgain={lookAgain} />
          <Refunds payments={payments} />
          <History bookingId={booking.id} />
        </div>
        <BookingSummary booking={booking} />
      </div>
    </Page>
  );
}

interface StateProps {
  booking: Booking;
  progress: Progress;
  stalled: boolean;
  onLookAgain: () => void;
}

function State({ booking, progress, stalled, onLookAgain }: StateProps) {
  switch (progress.kind) {
    case "pay":
    case "action":
      return (
        <Card className={styles.stack}>
          {booking.expires_at && <HoldTimer until={booking.expires_at} />}
          <Actions>
            <ButtonLink variant="primary" size="large" to={paths.checkout(booking.id)}>
              Go on to payment
            </ButtonLink>
            <ReleaseButton booking={booking} />
          </Actions>
        </Card>
      );
    case "pending":
      return (
        <Card>
          <Pending stalled={stalled} onLookAgain={onLookAgain} />
        </Card>
      );
    case "done":
      return <Confirmed booking={booking} />;
    case "too-late":
    case "refused":
      return <Over booking={booking} ended={progress.kind} payment={progress.payment} />;
    default:
      return <Over booking={booking} ended={progress.kind} />;
  }
}

function Confirmed({ booking }: { booking: Booking }) {
  const over = Date.parse(booking.event.ends_at) < useNow(60_000);
  return (
    <Card className={styles.stack}>
      <p>{over ? "This event is over." : "These tickets are yours. Show them at the entrance from your phone."}</p>
      <Actions>
        <ButtonLink variant="primary" size="large" to={paths.tickets(booking.id)}>
          Show tickets
        </ButtonLink>
        {booking.total.amount > 0 && <ButtonLink to={paths.receipt(booking.id)}>Receipt</ButtonLink>}
        {!over && <BookingCalendarButton booking={booking} />}
        {!over && (
          <ButtonLink variant="danger" to={paths.cancelBooking(booking.id)}>
            Cancel tickets
          </ButtonLink>
        )}
      </Actions>
    </Card>
  );
}

function Refunds({ payments }: { payments: readonly Payment[] }) {
  const refunded = payments.find(({ refunded }) => refunded.amount > 0);
  if (!refunded) return null;
  return (
    <Notice title={`${formatMoney(refunded.refunded)} of ${formatMoney(refunded.amount)} paid went back`} actions={<ButtonLink to={paths.receipt(refunded.booking_id)}>Receipt and credit notes</ButtonLink>}>
      Banks show it within some days.
    </Notice>
  );
}

const changes: Record<string, string> = {
  held: "Held",
  confirmed: "Confirmed",
  expired: "Time ran out",
  released: "Given back",
  cancelled: "Cancelled",
};

function History({ bookingId }: { bookingId: string }) {
  const { data } = useQuery({
    queryKey: ["booking", bookingId, "history"],
    queryFn: ({ signal }) => unwrap(bookings.GET("/bookings/{id}/history", { params: { path: { id: bookingId } }, signal })),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <details className={styles.details}>
      <summary>What happened when</summary>
      <ol className={styles.timeline} role="list">
        {data.items.map((entry) => (
          <li key={`${entry.at}-${entry.to}`}>
            <b>{changes[entry.to] ?? entry.to}</b> <DateTime at={entry.at} />
          </li>
        ))}
      </ol>
    </details>
  );
}
