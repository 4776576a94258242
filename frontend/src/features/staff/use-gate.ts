import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";
import { isProblem } from "../../api/problem";
import { checkIn, checkInsQuery } from "../../api/resources/check-ins";
import type { CheckIn } from "../../api/types";
import { current, gateReducer, type GateState, keepWaiting, retryPause, startState } from "./gate-state";

/** How long an answer stands before the next kept code is asked. */
const MOMENT_MS = 1_200;

interface Gate {
  state: GateState;
  /** A code from any source: typed, pasted, a scanner that types, a camera. */
  enter: (code: string) => void;
  /** Asks again now. */
  retry: () => void;
  /** Gives up on the code without an answer. */
  drop: () => void;
  /** The refusal was seen: on with the kept codes. */
  goOn: () => void;
  undone: (checkInId: string) => void;
}

/** Whether asking again can't change the answer. */
function isFinal(error: unknown): boolean {
  if (!isProblem(error)) return true;
  return error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 429;
}

/** Codes in, answers out, one after another; `onAnswer` once for each. */
export function useGate(eventId: string, onAnswer: (answer: CheckIn) => void): Gate {
  const client = useQueryClient();
  const [state, dispatch] = useReducer(gateReducer, eventId, startState);
  const answered = useRef(onAnswer);
  const wake = useRef<() => void>(() => undefined);
  const attempt = current(state);
  const resting = state.rest === "moment" ? state.shown : null;

  useEffect(() => {
    answered.current = onAnswer;
  }, [onAnswer]);

  useEffect(() => keepWaiting(eventId, state.waiting), [eventId, state.waiting]);

  useEffect(() => {
    if (!attempt) return undefined;
    const { code, nonce } = attempt;
    const stop = new AbortController();
    const ask = async () => {
      for (let tries = 0; !stop.signal.aborted; tries += 1) {
        try {
          const answer = await checkIn(eventId, code, nonce, stop.signal);
          if (stop.signal.aborted) return;
          answered.current(answer);
          dispatch({ type: "answered", nonce, answer, at: Date.now() });
          void client.invalidateQueries(checkInsQuery(eventId));
          return;
        } catch (problem) {
          if (stop.signal.aborted) return;
          if (isFinal(problem)) {
            dispatch({ type: "refused", nonce, problem, at: Date.now() });
            return;
          }
          dispatch({ type: "unreachable", nonce, problem });
          await new Promise<void>((resolve) => {
            wake.current = resolve;
            setTimeout(resolve, retryPause(tries));
          });
        }
      }
    };
    const onOnline = () => wake.current();
    addEventListener("online", onOnline);
    void ask();
    return () => {
      stop.abort();
      removeEventListener("online", onOnline);
      wake.current();
    };
  }, [client, eventId, attempt]);

  useEffect(() => {
    if (resting === null) return undefined;
    const timer = setTimeout(() => dispatch({ type: "rested" }), MOMENT_MS);
    return () => clearTimeout(timer);
  }, [resting]);

  const enter = useCallback((code: string) => dispatch({ type: "entered", code, nonce: crypto.randomUUID(), at: Date.now() }), []);
  return {
    state,
    enter,
    retry: () => wake.current(),
    drop: () => dispatch({ type: "dropped" }),
    goOn: () => dispatch({ type: "rested" }),
    undone: (checkInId) => dispatch({ type: "undone", checkInId }),
  };
}
