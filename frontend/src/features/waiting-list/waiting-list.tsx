import { type ReactNode, useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { isProblem } from "../../api/problem";
import type { Wish } from "../../api/resources/waiting-list";
import type { Availability, Event } from "../../api/types";
import { paths } from "../../app/paths";
import { useSession, useUser } from "../../auth/use-session";
import { useNow } from "../../lib/countdown";
import { Button } from "../../ui/button";
import { ProblemNotice } from "../../ui/problem-notice";
import { isAccessProblem } from "../event/access";
import { isOpen, newestOfEach, placeText, soldOutTypes } from "./entries";
import { InLine } from "./in-line";
import { JoinForm } from "./join-form";
import { Outcome } from "./outcome";
import { TITLE_ID, useJoin, useWaitingList } from "./use-waiting-list";
import { keepWish, takeWish, WAITING_LIST_HASH } from "./wish";
import styles from "./waiting-list.module.css";

interface WaitingListProps {
  event: Event;
  availability: Availability | undefined;
}

/** Below the tickets: the way onto the list of what is sold out, and where the person stands on it. */
export function WaitingList({ event, availability }: WaitingListProps) {
  const signedIn = useUser() !== null;
  const navigate = useNavigate();
  const list = useWaitingList(event, availability);
  const join = useJoin(event.id);
  const soldOut = soldOutTypes(event, availability, useNow(15_000));
  const newest = newestOfEach(list.data ?? []);
  const open = new Set(newest.filter(isOpen).map(({ ticket_type_id }) => ticket_type_id));
  const joinable = soldOut.filter(({ id }) => !open.has(id));
  // Before it is known what somebody waits for, nothing is asked of them that may be done.
  const known = !signedIn || list.data !== undefined;
  const waiting = newest.filter(({ status }) => status === "waiting");
  const ended = newest.filter((entry) => !isOpen(entry) && soldOut.some(({ id }) => id === entry.ticket_type_id));
  useReturn(event.id, signedIn && list.data !== undefined, (wish) => {
    if (joinable.some(({ id }) => id === wish.ticketTypeId)) join.mutate(wish);
  });

  const start = (wish: Wish) => {
    if (signedIn) return join.mutate(wish);
    keepWish(event.id, wish);
    return void navigate(paths.login(paths.event(event.id) + WAITING_LIST_HASH));
  };
  const nothing = joinable.length === 0 && waiting.length === 0 && ended.length === 0;
  if (nothing && !join.isError) return null;
  return (
    <Section said={waiting.map(({ position }) => placeText(position)).join(". ")}>
      {list.isError && list.data === undefined && <ProblemNotice problem={list.error} onRetry={() => void list.refetch()} retrying={list.isFetching} />}
      {waiting.map((entry) => (
        <InLine key={entry.id} event={event} entry={entry} />
      ))}
      {ended.map((entry) => (
        <Outcome key={entry.id} event={event} entry={entry} />
      ))}
      {join.isError && !isAccessProblem(join.error) && <JoinProblem problem={join.error} retrying={join.isPending} onRetry={() => join.variables && join.mutate(join.variables)} />}
      {known && joinable.length > 0 && <JoinForm event={event} types={joinable} signedIn={signedIn} busy={join.isPending} onJoin={start} />}
    </Section>
  );
}

function Section({ said, children }: { /** Read out when it changes. */ said: string; children: ReactNode }) {
  return (
    <section className={styles.section} id={WAITING_LIST_HASH.slice(1)} aria-labelledby={TITLE_ID}>
      <h2 id={TITLE_ID} tabIndex={-1}>
        Waiting list
      </h2>
      <p className="visually-hidden" role="status">
        {said}
      </p>
      {children}
    </section>
  );
}

function JoinProblem({ problem, retrying, onRetry }: { problem: unknown; retrying: boolean; onRetry: () => void }) {
  const back = isProblem(problem, "not_sold_out");
  const toTickets = () => document.querySelector("#tickets")?.scrollIntoView({ behavior: "smooth" });
  return (
    <ProblemNotice
      problem={problem}
      onRetry={onRetry}
      retrying={retrying}
      actions={
        back && (
          <Button variant="primary" onClick={toTickets}>
            Book now
          </Button>
        )
      }
    />
  );
}

/** Somebody who logged in to join is taken on at once: their place in line counts from then. */
function useReturn(eventId: string, ready: boolean, join: (wish: Wish) => void): void {
  const { hash } = useLocation();
  const { status } = useSession();
  const act = useRef(join);
  useEffect(() => {
    act.current = join;
  });
  useEffect(() => {
    if (!ready || status !== "signed-in" || hash !== WAITING_LIST_HASH) return;
    const wish = takeWish(eventId);
    if (!wish) return;
    document.querySelector(WAITING_LIST_HASH)?.scrollIntoView();
    act.current(wish);
  }, [eventId, ready, status, hash]);
}
