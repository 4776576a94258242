import { type ReactNode, useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import type { Event, QueueView } from "../../api/types";
import { paths } from "../../app/paths";
import { useSession } from "../../auth/use-session";
import { count } from "../../lib/words";
import { Button } from "../../ui/button";
import { Countdown } from "../../ui/countdown";
import { Notice } from "../../ui/notice";
import { ProblemNotice } from "../../ui/problem-notice";
import { Skeleton } from "../../ui/skeleton";
import { Progress } from "../../ui/spinner";
import { Leave } from "./leave";
import { canLeave, progressOf, spoken, waitText } from "./standing";
import { type QueueState, useQueue } from "./use-queue";
import styles from "./waiting-room.module.css";

/** Where somebody who logged in to join comes back to. */
const LINE_HASH = "#line";

interface WaitingRoomProps {
  event: Event;
  /** Whether one may join now: not when nothing is left, nor days before the sale. */
  joinable: boolean;
  /** The tickets, for who is admitted. */
  children?: ReactNode;
}

/** The way to the tickets of an event with a waiting room: join the line, wait, choose. */
export function WaitingRoom({ event, joinable, children }: WaitingRoomProps) {
  const queue = useQueue(event);
  const { status } = useSession();
  const signedOut = status === "signed-out";
  useReturn(joinable && queue.view === null && !queue.busy, queue.join);
  const { view } = queue;
  const failed = queue.problem !== null && view?.status !== "admitted";
  const standing = view && (view.status !== "admitted" || children);
  const room = useRef<HTMLDivElement>(null);
  // The button that had the focus is gone: reading goes on where one can join again.
  useEffect(() => {
    if (queue.left) room.current?.focus({ preventScroll: true });
  }, [queue.left]);
  return (
    <div ref={room} className={styles.room} role="group" aria-label="Waiting room" tabIndex={-1}>
      <div className={queue.left ? undefined : "visually-hidden"} role="status">
        {queue.left ? <Notice>You left the line.</Notice> : spoken(view)}
      </div>
      {failed && <ProblemNotice problem={queue.problem} reassurance={view ? "Your place is kept." : undefined} onRetry={view ? queue.refresh : queue.join} retrying={queue.busy} />}
      {view === undefined && !signedOut && !failed && joinable && <Skeleton height="120px" />}
      {joinable && !failed && (signedOut || view === null || view?.status === "absent") && <Join event={event} queue={queue} signedOut={signedOut} />}
      {standing && <Standing view={view} first={queue.first} onEnd={queue.refresh} />}
      {view?.status === "admitted" && children}
      {standing && canLeave(view) && <Leave queue={queue} />}
    </div>
  );
}

function Join({ event, queue, signedOut }: { event: Event; queue: QueueState; signedOut: boolean }) {
  const navigate = useNavigate();
  const again = queue.view?.status === "absent";
  return (
    <>
      <h2>{again ? "Your time to choose is over" : "There is a waiting room"}</h2>
      <p>
        {again
          ? "Others were let in meanwhile. What you hold stays yours; to choose more tickets join the line again, at its end."
          : "Many want these tickets. Join the line: you are let in as soon as it is your turn, and then have time to choose in peace."}
      </p>
      {signedOut ? (
        <Button variant="primary" wide onClick={() => void navigate(paths.login(paths.event(event.id) + LINE_HASH))}>
          Log in and join the line
        </Button>
      ) : (
        <Button variant="primary" wide busy={queue.busy} onClick={queue.join}>
          {again ? "Join the line again" : "Join the line"}
        </Button>
      )}
    </>
  );
}

function Standing({ view, first, onEnd }: { view: QueueView; first: number | undefined; onEnd: () => void }) {
  switch (view.status) {
    case "early":
      return (
        <>
          <h2>You are in line</h2>
          <p>
            {view.sales_start && (
              <>
                The sale starts in <Countdown until={view.sales_start} onEnd={onEnd} />.{" "}
              </>
            )}
            Everybody who is here by then gets a random place: there is no need to hurry.
          </p>
          {view.waiting !== undefined && <p className={styles.muted}>{count(view.waiting, "person is", "people are")} here.</p>}
          <Progress label="Waiting for the sale to start" />
          <Safe />
        </>
      );
    case "waiting":
      return (
        <>
          <h2>You are in line</h2>
          <Position view={view} first={first} />
          {view.estimated_wait_seconds !== undefined && <p>Your turn comes in {waitText(view.estimated_wait_seconds)}. The tickets open here by themselves.</p>}
          <Safe />
        </>
      );
    case "paused":
      return (
        <>
          <h2>You are in line</h2>
          <Position view={view} first={first} />
          <Notice tone="warn" title="Every ticket is held right now">
            Whoever does not pay in time gives theirs back: then the line goes on. If all are paid for, it ends here as sold out.
          </Notice>
          <Safe />
        </>
      );
    case "unavailable":
      return (
        <>
          <h2>You are in line</h2>
          {view.position !== undefined && <Position view={view} first={first} />}
          <Notice tone="warn" title="The line stands still for a moment">
            We can&rsquo;t reach it right now. Nobody loses a place: it goes on by itself.
          </Notice>
        </>
      );
    case "admitted":
      return (
        <Notice tone="good" title="It is your turn">
          Choose and hold your tickets within {view.expires_at ? <Countdown until={view.expires_at} onEnd={onEnd} /> : "the next minutes"}. Once you hold them you have
          time to pay.
        </Notice>
      );
    default:
      return null;
  }
}

function Position({ view, first }: { view: QueueView; first: number | undefined }) {
  const position = view.position ?? 1;
  const number = new Intl.NumberFormat();
  return (
    <>
      <p className={styles.position}>
        <b>{position === 1 ? "You are next" : `Place ${number.format(position)}`}</b>
        {view.waiting !== undefined && <span className={styles.muted}>of {number.format(view.waiting)}</span>}
      </p>
      <Progress label="How far you have come in the line" value={progressOf(position, first)} />
    </>
  );
}

function Safe() {
  return <p className={styles.muted}>You can reload this page or lose the connection: your place is kept. Leave it open, so that you don&rsquo;t miss your turn.</p>;
}

/** Somebody who logged in to join is taken on at once: their place counts from then. */
function useReturn(ready: boolean, join: () => void): void {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const act = useRef(join);
  useEffect(() => {
    act.current = join;
  });
  useEffect(() => {
    if (!ready || hash !== LINE_HASH) return;
    void navigate({ hash: "" }, { replace: true });
    act.current();
  }, [ready, hash, navigate]);
}
