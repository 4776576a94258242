import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { Link, useParams } from "react-router";
import { isOffline } from "../../api/problem";
import { checkInsQuery, undoCheckIn } from "../../api/resources/check-ins";
import { eventQuery } from "../../api/resources/events";
import type { CheckIn } from "../../api/types";
import { describeProblem } from "../../app/errors";
import { paths } from "../../app/paths";
import { useWakeLock } from "../../lib/use-wake-lock";
import { count } from "../../lib/words";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { PageSkeleton, useTitle } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import styles from "./gate.module.css";
import { Recent } from "./recent";
import { playVerdict, readySound, soundWanted, wantSound } from "./sound";
import { useGate } from "./use-gate";
import { VerdictPanel } from "./verdict-panel";
import { codeOf } from "./verdict";

/** The gate of one event, full-screen: a code in, one large answer out, the next at once. */
export function Component() {
  const { eventId = "" } = useParams();
  const event = useQuery(eventQuery(eventId));
  const counts = useQuery(checkInsQuery(eventId));
  useTitle(event.data ? `Check-in: ${event.data.title}` : "Check-in");
  if (counts.isError && !counts.data && !isOffline(counts.error)) {
    return (
      <main id="content" tabIndex={-1} className={styles.gate}>
        <h1>Check-in</h1>
        <ProblemNotice problem={counts.error} onRetry={() => void counts.refetch()} actions={<Link to={paths.gate()}>Other events</Link>} />
      </main>
    );
  }
  if (!event.data) return <PageSkeleton narrow />;
  return <Gate eventId={eventId} title={event.data.title} timeZone={event.data.time_zone} inside={counts.data?.checked_in} total={counts.data?.total} />;
}

interface GateProps {
  eventId: string;
  title: string;
  timeZone: string;
  inside: number | undefined;
  total: number | undefined;
}

function Gate({ eventId, title, timeZone, inside, total }: GateProps) {
  const [typed, setTyped] = useState("");
  const [sound, setSound] = useState(soundWanted);
  const field = useRef<HTMLInputElement>(null);
  const client = useQueryClient();
  useWakeLock();
  const onAnswer = useCallback((answer: CheckIn) => {
    if (soundWanted()) playVerdict(answer.result === "ok");
    navigator.vibrate?.(answer.result === "ok" ? 60 : [120, 60, 120]);
  }, []);
  const { state, enter, retry, drop, goOn, undone } = useGate(eventId, onAnswer);
  const undo = useMutation({
    mutationFn: undoCheckIn,
    onSuccess: (_, id) => {
      undone(id);
      focusField();
      void client.invalidateQueries(checkInsQuery(eventId));
    },
  });
  // Whatever was clicked, the next code goes into the field.
  const focusField = () => field.current?.focus();
  useEffect(() => field.current?.focus(), []);

  const submit = (form: FormEvent) => {
    form.preventDefault();
    readySound();
    goOn();
    const code = codeOf(typed);
    setTyped("");
    if (code !== "") enter(code);
  };
  const waiting = state.waiting.length;
  return (
    <main id="content" tabIndex={-1} className={styles.gate}>
      <header className={styles.head}>
        <Link to={paths.gate()}>← Gates</Link>
        <h1>{title}</h1>
        <p className={styles.count} role="status">
          {inside === undefined || total === undefined ? "…" : `${inside.toLocaleString()} of ${total.toLocaleString()} inside`}
        </p>
        <Button
          aria-pressed={sound}
          onClick={() => {
            wantSound(!sound);
            setSound(!sound);
            readySound();
          }}
        >
          Sound {sound ? "on" : "off"}
        </Button>
      </header>

      <VerdictPanel shown={state.shown} timeZone={timeZone} busy={waiting > 0 && state.rest === "none"} undoing={undo.isPending} onUndo={(id) => undo.mutate(id)} />
      {undo.isError && <ProblemNotice problem={undo.error} reassurance="The ticket still counts as used." />}
      {state.trouble !== null && (
        <Notice
          tone="warn"
          announce
          title={isOffline(state.trouble) ? "No connection" : describeProblem(state.trouble).title}
          actions={
            <>
              <Button onClick={retry}>Try now</Button>
              <Button onClick={drop}>Forget this code</Button>
            </>
          }
        >
          {count(waiting, "code")} kept; asked again by itself. Nobody is let in twice.
        </Notice>
      )}
      {state.rest === "seen" && waiting > 0 && (
        <Notice tone="info" title={`${count(waiting, "code")} waiting`} actions={
            <Button
              onClick={() => {
                goOn();
                focusField();
              }}
            >
              Go on
            </Button>
          } />
      )}

      <form className={styles.entry} onSubmit={submit}>
        <label htmlFor="code">Ticket code</label>
        <input
          id="code"
          ref={field}
          value={typed}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="go"
          maxLength={1_000}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" variant="primary" size="large">
          Check
        </Button>
      </form>
      <Recent eventId={eventId} timeZone={timeZone} />
    </main>
  );
}
