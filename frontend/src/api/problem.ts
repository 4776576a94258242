/** What went wrong with a request, as RFC 9457 problem+json tells it (or as we tell it when no answer came). */

export interface FieldError {
  /** JSON pointer into the body (`/email`), or `?name` for a query parameter. */
  pointer: string;
  message: string;
}

export interface ProblemFields {
  /** 0 when no answer came at all. */
  status: number;
  /** Stable machine code, such as `seat_taken`; `network` when no answer came. */
  code: string;
  title: string;
  detail?: string | undefined;
  errors?: FieldError[];
  traceId?: string | undefined;
  /** Seconds, from the Retry-After header. */
  retryAfter?: number | undefined;
  /** Further members of the problem, such as `seats` or `remaining`. */
  extra?: Record<string, unknown>;
}

/** The one error type that API calls throw. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: FieldError[];
  readonly traceId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly extra: Record<string, unknown>;

  constructor(fields: ProblemFields) {
    super(fields.detail ?? fields.title);
    this.name = "ApiProblem";
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.detail = fields.detail;
    this.errors = fields.errors ?? [];
    this.traceId = fields.traceId;
    this.retryAfter = fields.retryAfter;
    this.extra = fields.extra ?? {};
  }

  /** A member of the problem that is a list of strings, such as `seats`; empty when absent. */
  strings(member: string): string[] {
    const value = this.extra[member];
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  /** A member of the problem that is a number, such as `remaining`. */
  number(member: string): number | undefined {
    const value = this.extra[member];
    return typeof value === "number" ? value : undefined;
  }

  /** The message for one field of the body, by JSON pointer. */
  field(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer)?.message;
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}

/** No answer came: the connection, not the platform. */
export function isOffline(error: unknown): boolean {
  return isProblem(error, "network") || isProblem(error, "timeout");
}

/** Seconds to wait, from a Retry-After header that is a number or a date. */
export function retryAfterOf(headers: Headers, now = Date.now()): number | undefined {
  const value = headers.get("retry-after");
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const { pointer, message } = record(item);
    return typeof pointer === "string" && typeof message === "string" ? [{ pointer, message }] : [];
  });
}

const fallbackCodes: Record<number, string> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  410: "gone",
  413: "too_large",
  422: "unprocessable",
  429: "too_many_requests",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/** Reads any non-2xx answer, also one that is not problem+json (a proxy's HTML page). */
export function problemFrom(response: Response, body: unknown): ApiProblem {
  const { type: _type, title, status: _status, code, detail, errors, trace_id, ...extra } = record(body);
  return new ApiProblem({
    status: response.status,
    code: text(code) ?? fallbackCodes[response.status] ?? (response.status >= 500 ? "internal" : "bad_request"),
    title: text(title) ?? (response.statusText || `HTTP ${response.status}`),
    detail: text(detail),
    errors: fieldErrors(errors),
    traceId: text(trace_id),
    retryAfter: retryAfterOf(response.headers),
    extra,
  });
}

/** A fetch that failed before an answer: offline, DNS, a reset connection, or our own time limit. */
export function networkProblem(cause: unknown): ApiProblem {
  const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
  const problem = timedOut
    ? new ApiProblem({ status: 0, code: "timeout", title: "No answer in time" })
    : new ApiProblem({ status: 0, code: "network", title: "No connection" });
  problem.cause = cause;
  return problem;
}
