import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { booking as bookings, unwrap } from "../../api/clients";
import { isProblem } from "../../api/problem";
import { ticketsQuery } from "../../api/resources/bookings";
import { paymentsQuery } from "../../api/resources/payments";
import type { Booking, Payment } from "../../api/types";
import { NotFoundPage } from "../../app/not-found-page";
import { paths } from "../../app/paths";
import { useNow } from "../../lib/countdown";
import { formatMoney, sum } from "../../lib/money";
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
import { priceOf, type Progress } from "./progress";
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
          {booking.confirmed_at && booking.total.amount > 0 && <Refunds booking={booking} payments={payments} />}
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
          {booking.expires_at && <HoldTimer until={booking.expires_at} offered={booking.offered} />}
          <Actions>
            <ButtonLink variant="primary" to={paths.checkout(booking.id)}>
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
        <ButtonLink variant="primary" to={paths.tickets(booking.id)}>
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

/** What cancelled tickets give back: on its way, or gone out. */
function Refunds({ booking, payments }: { booking: Booking; payments: readonly Payment[] }) {
  const tickets = useQuery(ticketsQuery(booking.id));
  const payment = payments.find(({ status }) => status === "captured" || status === "authorised");
  const refunded = payment?.refunded.amount ?? 0;
  const cancelled = (tickets.data ?? []).filter(({ status }) => status === "cancelled");
  const owed = sum(cancelled.map((ticket) => priceOf(ticket, booking)))?.amount ?? 0;
  // The card's bank takes a moment; the figures follow while somebody looks.
  useQuery({ ...paymentsQuery(booking.id), enabled: owed > refunded, refetchInterval: 3_000 });
  if (!payment || Math.max(owed, refunded) === 0) return null;
  const show = (amount: number) => formatMoney({ amount, currency: booking.total.currency });
  return (
    <Notice
      title={owed > refunded ? `${show(owed - refunded)} on the way back to your card` : `${show(refunded)} of ${formatMoney(payment.amount)} paid went back`}
      actions={<ButtonLink to={paths.receipt(booking.id)}>Receipt and credit notes</ButtonLink>}
    >
      {owed > refunded ? "You need not do anything: a mail tells you when it went out." : "Banks show it within some days."}
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
