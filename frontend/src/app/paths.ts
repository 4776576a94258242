/** Every address of the SPA in one place. */

function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  if (entries.length === 0) return path;
  return `${path}?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** Only a path of this site may be returned to: anything else would let a crafted link lead away after login. */
export function safeReturn(target: string | null): string {
  if (target === null || !target.startsWith("/") || target.startsWith("//") || target.includes("\\")) return "/";
  return target;
}

export const paths = {
  home: () => "/",
  event: (id: string) => `/events/${id}`,
  /** Who, for a choice of tickets that is not held yet. */
  order: (eventId: string) => `/events/${eventId}/order`,
  bookings: () => "/bookings",
  booking: (id: string) => `/bookings/${id}`,
  checkout: (id: string) => `/bookings/${id}/checkout`,
  tickets: (id: string, ticket?: number) => withQuery(`/bookings/${id}/tickets`, { ticket }),
  receipt: (id: string) => `/bookings/${id}/receipt`,
  cancelBooking: (id: string) => `/bookings/${id}/cancel`,
  login: (from?: string) => withQuery("/login", { from: from === "/" ? undefined : from }),
  register: (from?: string) => withQuery("/register", { from: from === "/" ? undefined : from }),
  forgotPassword: () => "/password-reset",
  /** The link in the reset mail; the token stays out of servers' logs in the fragment. */
  resetPassword: (token: string) => `/password-reset/confirm#token=${encodeURIComponent(token)}`,
  account: () => "/account",
  sessions: () => "/account/sessions",

  organiser: () => "/organiser",
  organiserEvents: (organisationId: string) => `/organiser/${organisationId}/events`,
  newEvent: (organisationId: string) => `/organiser/${organisationId}/events/new`,
  editEvent: (organisationId: string, eventId: string) => `/organiser/${organisationId}/events/${eventId}/edit`,
  eventSales: (organisationId: string, eventId: string) => `/organiser/${organisationId}/events/${eventId}`,
  importEvents: (organisationId: string) => `/organiser/${organisationId}/import`,
  members: (organisationId: string) => `/organiser/${organisationId}/members`,
  venues: (organisationId: string) => `/organiser/${organisationId}/venues`,
  /** The gate: its events, or one event's check-in. */
  gate: (eventId?: string) => (eventId === undefined ? "/staff" : `/staff/events/${eventId}`),
};
