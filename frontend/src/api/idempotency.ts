/**
 * One key for one intent. An intent is what a person means to happen once (hold these seats, pay this booking). Its key
 * is made at the first attempt and kept in this tab's storage, so that a second click, a resend after a lost connection
 * and a reload all carry the same key; `settle` forgets it once the platform gave a final answer.
 */

interface Intent {
  key: string;
  body: string;
  /** Milliseconds since the epoch. */
  madeAt: number;
}

/** The platform keeps keys for 24 h; an older intent is a new one. */
const LIFETIME_MS = 23 * 60 * 60 * 1000;
const PREFIX = "intent:";

function read(name: string): Intent | undefined {
  try {
    const stored = sessionStorage.getItem(PREFIX + name);
    return stored === null ? undefined : (JSON.parse(stored) as Intent);
  } catch {
    return undefined;
  }
}

/** The key for this intent with this body; another body is another intent. */
export function intentKey(name: string, body: unknown, now = Date.now()): string {
  const text = JSON.stringify(body ?? null);
  const known = read(name);
  if (known && known.body === text && now - known.madeAt < LIFETIME_MS) return known.key;
  const key = crypto.randomUUID();
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify({ key, body: text, madeAt: now } satisfies Intent));
  } catch {
    // Storage is full or forbidden: the key then protects this attempt only.
  }
  return key;
}

/** Forgets the intent: its answer is known. */
export function settleIntent(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was stored.
  }
}

/** Whether an attempt with this name is still without a final answer (for example after a reload). */
export function isIntentOpen(name: string): boolean {
  return read(name) !== undefined;
}

/**
 * Runs one attempt of an intent. The key survives attempts that ended without a final answer (no connection, overload,
 * a server fault); success and every refusal settle it.
 */
export async function once<T>(name: string, body: unknown, attempt: (key: string) => Promise<T>): Promise<T> {
  const key = intentKey(name, body);
  try {
    const answer = await attempt(key);
    settleIntent(name);
    return answer;
  } catch (error) {
    if (isFinal(error)) settleIntent(name);
    throw error;
  }
}

function isFinal(error: unknown): boolean {
  const status = (error as { status?: unknown }).status;
  if (typeof status !== "number") return false;
  const inFlight = status === 409 && (error as { retryAfter?: unknown }).retryAfter !== undefined;
  return status >= 400 && status < 500 && status !== 401 && status !== 429 && !inFlight;
}
