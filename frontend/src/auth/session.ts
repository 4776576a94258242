/**
 * Who is signed in. The access token lives in memory only; the refresh token in an HttpOnly cookie that this code can't
 * read. Tabs take turns (Web Locks) and share the outcome (BroadcastChannel), so that one renewal serves all of them.
 */
import { problemFrom } from "../api/problem";
import type { TokenAnswer, User } from "../api/types";

export type SessionState =
  /** A session may exist; the first renewal is under way. */
  | { status: "starting"; user: User | null }
  | { status: "signed-in"; user: User }
  /** There was a session, and no connection to ask whether it still stands: show what is known. */
  | { status: "unreachable"; user: User }
  | { status: "signed-out"; user: null; /** It ended without the person asking for it. */ expired: boolean };

type News = { type: "token"; answer: TokenAnswer; at: number } | { type: "signed-out" };

const REMEMBERED = "session-user";
const LOCK = "session-refresh";
/** Seconds before its end that a token counts as used up: time for the request to arrive. */
const MARGIN_S = 30;
const CHANNEL = "session";
const ENDPOINT = "/api/auth";

interface Token {
  value: string;
  /** Milliseconds since the epoch, less the margin. */
  staleAt: number;
}

let token: Token | null = null;
let renewal: Promise<string | null> | null = null;
const listeners = new Set<() => void>();
const endings = new Set<() => void>();

let state: SessionState = initialState();

function initialState(): SessionState {
  const user = remembered();
  return user ? { status: "starting", user } : { status: "signed-out", user: null, expired: false };
}

function remembered(): User | null {
  try {
    const text = localStorage.getItem(REMEMBERED);
    return text === null ? null : (JSON.parse(text) as User);
  } catch {
    return null;
  }
}

function remember(user: User | null): void {
  try {
    if (user) localStorage.setItem(REMEMBERED, JSON.stringify(user));
    else localStorage.removeItem(REMEMBERED);
  } catch {
    // Without storage the session lasts as long as the page.
  }
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
channel?.addEventListener("message", (message: MessageEvent<News>) => {
  if (message.data.type === "token") take(message.data.answer, message.data.at);
  else end(false);
});

function change(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function take(answer: TokenAnswer, at: number): void {
  token = { value: answer.access_token, staleAt: at + (answer.expires_in - MARGIN_S) * 1000 };
  remember(answer.user);
  change({ status: "signed-in", user: answer.user });
}

function end(expired: boolean): void {
  const was = state.status;
  token = null;
  remember(null);
  change({ status: "signed-out", user: null, expired: expired && was !== "signed-out" });
  if (was !== "signed-out") for (const ending of endings) ending();
}

/** The state now; stable between changes (for useSyncExternalStore). */
export function session(): SessionState {
  return state;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Runs when a session ends, in this tab or another: what belongs to the person must leave the caches. */
export function onSessionEnd(ending: () => void): () => void {
  endings.add(ending);
  return () => endings.delete(ending);
}

/** A token that is good for at least the margin, renewed when needed; null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (token && Date.now() < token.staleAt) return token.value;
  if (state.status === "signed-out") return null;
  renewal ??= renew().finally(() => {
    renewal = null;
  });
  return renewal;
}

/** The platform refused this token: the next request renews it. */
export function tokenRefused(value: string): void {
  if (token?.value === value) token = null;
}

/** The platform refuses even renewed tokens: the session is over. */
export function sessionEnded(): void {
  end(true);
}

/** Called after login, registration or renewal. */
export function signedIn(answer: TokenAnswer): void {
  const at = Date.now();
  take(answer, at);
  channel?.postMessage({ type: "token", answer, at } satisfies News);
}

/** Changes to the profile show at once. */
export function userChanged(user: User): void {
  if (state.status !== "signed-in") return;
  remember(user);
  change({ status: "signed-in", user });
}

/** Ends the session here at once, and at the platform as soon as it can be reached. */
export async function signOut(): Promise<void> {
  end(false);
  channel?.postMessage({ type: "signed-out" } satisfies News);
  await call("/logout");
}

function call(path: string): Promise<Response> {
  return fetch(ENDPOINT + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-refresh-transport": "cookie" },
    body: "{}",
    credentials: "same-origin",
    signal: AbortSignal.timeout(15_000),
  });
}

async function renew(): Promise<string | null> {
  return exclusive(async () => {
    // Another tab may have renewed while this one waited for its turn.
    if (token && Date.now() < token.staleAt) return token.value;
    const { status, user } = state;
    if (status === "signed-out") return null;
    let response: Response;
    try {
      response = await call("/refresh");
    } catch (cause) {
      if (user) change({ status: "unreachable", user });
      throw cause;
    }
    if (response.ok) {
      const answer = (await response.json()) as TokenAnswer;
      signedIn(answer);
      return answer.access_token;
    }
    if (response.status === 401 || response.status === 403) {
      end(true);
      return null;
    }
    // Overload or a fault: the session may well stand.
    if (user) change({ status: "unreachable", user });
    throw problemFrom(response, await response.json().catch(() => null));
  });
}

/** One tab at a time; where the browser has no Web Locks (plain HTTP), the platform forgives two renewals at once. */
async function exclusive<T>(run: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? await navigator.locks.request(LOCK, run) : run();
}

/** Starts the session when the page opens, and again when the connection comes back. */
export function startSession(): void {
  const wake = () => {
    if (state.status === "starting" || state.status === "unreachable") void accessToken().catch(() => undefined);
  };
  wake();
  addEventListener("online", wake);
}
