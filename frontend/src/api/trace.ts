/** W3C trace context: one trace per checkout, so that hold, payment and mail can be followed as one. */

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const PREFIX = "trace:";

function traceId(subject: string): string {
  try {
    const known = sessionStorage.getItem(PREFIX + subject);
    if (known !== null && /^[0-9a-f]{32}$/.test(known)) return known;
    const fresh = hex(16);
    sessionStorage.setItem(PREFIX + subject, fresh);
    return fresh;
  } catch {
    return hex(16);
  }
}

/** The `traceparent` for a request of this checkout: the same trace each time, a new span. */
export function traceparent(subject: string): string {
  return `00-${traceId(subject)}-${hex(8)}-01`;
}

/** What began for one subject (an event) goes on for another (the booking that came of it). */
export function continueTrace(from: string, to: string): void {
  try {
    sessionStorage.setItem(PREFIX + to, traceId(from));
    sessionStorage.removeItem(PREFIX + from);
  } catch {
    // Without storage there is nothing to carry over.
  }
}
