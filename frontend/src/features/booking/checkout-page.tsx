import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import { isProblem } from "../../api/problem";
import { bookingQuery } from "../../api/resources/bookings";
import type { Booking, Payment } from "../../api/types";
import { NotFoundPage } from "../../app/not-found-page";
import { paths } from "../../app/paths";
import { signOut } from "../../auth/session";
import { useUser } from "../../auth/use-session";
import { Button } from "../../ui/button";
import { Card } from "../../ui/card";
import { Page, PageSkeleton } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { Steps } from "../../ui/steps";
import { BookingSummary } from "./booking-summary";
import styles from "./booking.module.css";
import { HoldTimer } from "./hold-timer";
import { Done, NeedsAction, Over, Pending } from "./outcomes";
import { PayForm } from "./pay-form";
import type { Progress } from "./progress";
import { ReleaseButton } from "./release-button";
import { useProgress } from "./use-progress";

/** One page: who, pay, done. Whatever happens to it, opening it again shows where the payment stands. */
export function Component() {
  const { bookingId = "" } = useParams();
  const { booking, progress, error, stalled, lookAgain } = useProgress(bookingId);
  const client = useQueryClient();
  if (!booking || !progress) {
    if (isProblem(error) && error.status === 404) return <NotFoundPage />;
    if (!error) return <PageSkeleton />;
    return (
      <Page title="Checkout" narrow>
        <ProblemNotice problem={error} onRetry={lookAgain} reassurance="What you hold stays held." />
      </Page>
    );
  }
  const open = progress.kind === "pay" || progress.kind === "action";
  const title = progress.kind === "done" ? "The tickets are yours" : open || progress.kind === "pending" ? "Checkout" : "Not booked";
  return (
    <Page title={title} back={{ to: paths.event(booking.event_id), label: booking.event.title }}>
      {(open || progress.kind === "pending" || progress.kind === "done") && <Steps current={progress.kind === "done" ? "done" : "pay"} />}
      <div className={styles.layout}>
        <div className={styles.main}>
          {open && booking.expires_at && <HoldTimer until={booking.expires_at} offered={booking.offered} onEnd={() => void client.invalidateQueries(bookingQuery(bookingId))} />}
          {open && <Who />}
          <Card as="section" className={styles.stack} aria-label="Payment">
            <Content booking={booking} progress={progress} stalled={stalled} onLookAgain={lookAgain} />
          </Card>
        </div>
        <div className={styles.stack}>
          <BookingSummary booking={booking} />
          {progress.kind === "pay" && <ReleaseButton booking={booking} />}
        </div>
      </div>
    </Page>
  );
}

interface ContentProps {
  booking: Booking;
  progress: Progress;
  stalled: boolean;
  onLookAgain: () => void;
}

function Content({ booking, progress, stalled, onLookAgain }: ContentProps) {
  switch (progress.kind) {
    case "pay":
      return <Paying booking={booking} declined={progress.declined} />;
    case "action":
      return <NeedsAction url={progress.url} />;
    case "pending":
      return <Pending stalled={stalled} onLookAgain={onLookAgain} />;
    case "done":
      return <Done booking={booking} />;
    case "too-late":
    case "refused":
      return <Over booking={booking} ended={progress.kind} payment={progress.payment} />;
    default:
      return <Over booking={booking} ended={progress.kind} />;
  }
}

function Paying({ booking, declined }: { booking: Booking; declined: Payment | undefined }) {
  return (
    <>
      <h2>{booking.total.amount === 0 ? "These tickets are free" : "Pay"}</h2>
      <PayForm booking={booking} declined={declined} />
    </>
  );
}

function Who() {
  const user = useUser();
  const navigate = useNavigate();
  if (!user) return null;
  const leave = async () => {
    await navigate(paths.home());
    await signOut();
  };
  return (
    <Card as="section" className={styles.who} aria-label="Who">
      <div>
        <b>{user.name ?? user.email}</b>
        {user.name && <div className={styles.muted}>Tickets and receipt go to {user.email}</div>}
      </div>
      <Button onClick={() => void leave()}>Not you?</Button>
    </Card>
  );
}
