/** Typed clients for the four services behind the entrance. */
import createClient from "openapi-fetch";
import type { paths as AuthPaths } from "./generated/auth";
import type { paths as BookingPaths } from "./generated/booking";
import type { paths as CatalogPaths } from "./generated/catalog";
import type { paths as PaymentPaths } from "./generated/payment";
import { problemFrom } from "./problem";
import { transport } from "./transport";

function baseUrl(service: string): string {
  return `${location.origin}/api/${service}`;
}

export const auth = createClient<AuthPaths>({ baseUrl: baseUrl("auth"), fetch: transport });
export const catalog = createClient<CatalogPaths>({ baseUrl: baseUrl("catalog"), fetch: transport });
export const booking = createClient<BookingPaths>({ baseUrl: baseUrl("booking"), fetch: transport });
export const payment = createClient<PaymentPaths>({ baseUrl: baseUrl("payment"), fetch: transport });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's body, or an `ApiProblem`. `await unwrap(catalog.GET("/events/{id}", …))` */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemFrom(response, error);
  return data as NonNullable<T>;
}

/** For answers without a body (204, 202): resolves, or rejects with an `ApiProblem`. */
export async function done(answer: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw problemFrom(response, error);
}

/** A file behind a token (receipt, QR): fetched, because a plain link carries no token. */
export async function download(path: string, accept: string): Promise<Blob> {
  const response = await transport(new Request(new URL(path, location.origin), { headers: { accept } }));
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => null);
    throw problemFrom(response, body);
  }
  return response.blob();
}
