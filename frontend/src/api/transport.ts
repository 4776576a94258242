/**
 * The fetch that every client uses: access token, time limit, and resending where that can do no harm.
 *
 * A GET is resent. A POST is resent only with an Idempotency-Key, and then with the same one. Everything else is sent once.
 */
import { accessToken, sessionEnded, tokenRefused } from "../auth/session";
import { networkProblem, retryAfterOf } from "./problem";

const TIME_LIMIT_MS = 20_000;
const BACKOFF_MS = [300, 900, 2_000, 4_000];
/** A longer Retry-After than this is for the person to decide. */
const LONGEST_WAIT_S = 8;

function canResend(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD" || request.headers.has("idempotency-key");
}

/** Whether this answer says "not now, the same again later". */
function isTransient(request: Request, response: Response): boolean {
  if (response.status === 502 || response.status === 503 || response.status === 504) return true;
  // A duplicate of an attempt that is still running: its answer comes under the same key.
  return response.status === 409 && request.headers.has("idempotency-key") && response.headers.has("retry-after");
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

async function send(request: Request, anonymous: boolean): Promise<Response> {
  const copy = request.clone();
  const token = anonymous ? null : await accessToken();
  if (token !== null) copy.headers.set("authorization", `Bearer ${token}`);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIME_LIMIT_MS)]);
  const response = await fetch(copy, { signal });
  if (response.status !== 401 || token === null) return response;
  // The token was refused although it looked fresh (keys rotated, session revoked): renew it once.
  tokenRefused(token);
  const renewed = await accessToken();
  if (renewed === null) {
    sessionEnded();
    return response;
  }
  const second = request.clone();
  second.headers.set("authorization", `Bearer ${renewed}`);
  return fetch(second, { signal });
}

/** `fetch` for API clients. Rejects with an `ApiProblem` when no answer came, and with an AbortError when the caller gave up. */
export function transport(request: Request): Promise<Response> {
  return resending(request, false);
}

/** The same without a token, for what everybody may see: it need not wait for the session, and caches may share it. */
export function publicTransport(request: Request): Promise<Response> {
  return resending(request, true);
}

async function resending(request: Request, anonymous: boolean): Promise<Response> {
  const resend = canResend(request);
  for (let attempt = 0; ; attempt += 1) {
    const pause = BACKOFF_MS[attempt];
    let wait: number | undefined;
    try {
      const response = await send(request, anonymous);
      if (!resend || pause === undefined || !isTransient(request, response)) return response;
      const asked = retryAfterOf(response.headers);
      if (asked !== undefined && asked > LONGEST_WAIT_S) return response;
      wait = Math.max(pause, (asked ?? 0) * 1000);
      await response.body?.cancel();
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      if (!resend || pause === undefined || !navigator.onLine) throw networkProblem(cause);
      wait = pause;
    }
    // Jitter keeps a crowd that was turned away together from coming back together.
    await sleep(wait * (0.75 + Math.random() / 2), request.signal);
  }
}
