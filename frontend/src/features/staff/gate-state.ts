/**
 * What a gate knows: codes that wait for an answer, in order, and the last answer. A code keeps its nonce until the answer is
 * there, so that asking again after a lost connection is safe.
 */
import type { CheckIn } from "../../api/types";

export interface Attempt {
  code: string;
  nonce: string;
}

export type Shown =
  | { kind: "answer"; attempt: Attempt; answer: CheckIn; at: number; undone: boolean }
  /** The platform would not look at it: not a member any more, for example. */
  | { kind: "fault"; attempt: Attempt; problem: unknown; at: number };

export interface GateState {
  /** The first is being asked. */
  waiting: readonly Attempt[];
  /** Why the first has no answer yet: it is asked again by itself. */
  trouble: unknown;
  shown: Shown | null;
  /** Kept codes go on after a moment, and after a refusal when somebody has seen it. */
  rest: "none" | "moment" | "seen";
}

export type GateAction =
  | { type: "entered"; code: string; nonce: string; at: number }
  | { type: "answered"; nonce: string; answer: CheckIn; at: number }
  | { type: "refused"; nonce: string; problem: unknown; at: number }
  | { type: "unreachable"; nonce: string; problem: unknown }
  | { type: "dropped" }
  | { type: "rested" }
  | { type: "undone"; checkInId: string };

/** The same code within this time is the scanner's second reading, not a second person. */
const REPEAT_MS = 2_000;

export const nothing: GateState = { waiting: [], trouble: null, shown: null, rest: "none" };

function isRepeat({ waiting, shown }: GateState, code: string, at: number): boolean {
  if (waiting.some((attempt) => attempt.code === code)) return true;
  return shown?.kind === "answer" && !shown.undone && shown.attempt.code === code && at - shown.at < REPEAT_MS;
}

/** The state without its first attempt, when that is the one that an answer came for. */
function settle(state: GateState, nonce: string): { attempt: Attempt; rest: GateState } | undefined {
  const [attempt, ...waiting] = state.waiting;
  if (attempt?.nonce !== nonce) return undefined;
  return { attempt, rest: { ...state, waiting, trouble: null } };
}

export function gateReducer(state: GateState, action: GateAction): GateState {
  switch (action.type) {
    case "entered": {
      const { code, nonce, at } = action;
      if (code === "" || isRepeat(state, code, at)) return { ...state, rest: "none" };
      return { ...state, waiting: [...state.waiting, { code, nonce }], rest: "none" };
    }
    case "answered": {
      const settled = settle(state, action.nonce);
      if (!settled) return state;
      const { attempt, rest } = settled;
      const { answer, at } = action;
      const last = rest.waiting.length === 0;
      return { ...rest, shown: { kind: "answer", attempt, answer, at, undone: false }, rest: last ? "none" : answer.result === "ok" ? "moment" : "seen" };
    }
    case "refused": {
      const settled = settle(state, action.nonce);
      if (!settled) return state;
      const { attempt, rest } = settled;
      return { ...rest, shown: { kind: "fault", attempt, problem: action.problem, at: action.at }, rest: rest.waiting.length === 0 ? "none" : "seen" };
    }
    case "unreachable":
      return state.waiting[0]?.nonce === action.nonce ? { ...state, trouble: action.problem } : state;
    case "dropped":
      return { ...state, waiting: state.waiting.slice(1), trouble: null, rest: "none" };
    case "rested":
      return { ...state, rest: "none" };
    case "undone": {
      const { shown } = state;
      if (shown?.kind !== "answer" || shown.answer.check_in_id !== action.checkInId) return state;
      return { ...state, shown: { ...shown, undone: true } };
    }
  }
}

/** The attempt to ask about now. */
export function current(state: GateState): Attempt | undefined {
  return state.rest === "none" ? state.waiting[0] : undefined;
}

/** Milliseconds until the same attempt is made again. */
export function retryPause(tries: number): number {
  return Math.min(1_000 * 2 ** tries, 8_000);
}

const key = (eventId: string) => `gate:${eventId}`;

/** Codes without an answer outlive a reload, with their nonces. They let people in: they go when the tab is closed. */
export function keepWaiting(eventId: string, waiting: readonly Attempt[]): void {
  try {
    if (waiting.length === 0) sessionStorage.removeItem(key(eventId));
    else sessionStorage.setItem(key(eventId), JSON.stringify(waiting));
  } catch {
    // Without storage they live as long as the page.
  }
}

export function startState(eventId: string): GateState {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key(eventId)) ?? "[]");
    const waiting = Array.isArray(kept) ? kept.filter(isAttempt) : [];
    return { ...nothing, waiting };
  } catch {
    return nothing;
  }
}

function isAttempt(value: unknown): value is Attempt {
  const { code, nonce } = (value ?? {}) as Partial<Record<keyof Attempt, unknown>>;
  return typeof code === "string" && typeof nonce === "string";
}
