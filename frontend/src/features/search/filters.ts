/** The search as it stands in the address: shared, bookmarked and kept by back and reload. */
import type { EventFilter } from "../../api/resources/events";
import { instantOf, isoDay, readersZone, weekend } from "../../lib/time";

export type When = "any" | "today" | "weekend" | "week" | "month" | "days";
export type Order = "relevance" | "starts_at" | "price";

export interface Search {
  what: string;
  where: string;
  when: When;
  /** Calendar days (`2026-10-03`), for `when: "days"`. */
  from: string;
  to: string;
  category: string;
  /** Highest price in major units, as typed; empty for any. */
  price: string;
  available: boolean;
  order: Order | "";
}

export const everything: Search = { what: "", where: "", when: "any", from: "", to: "", category: "", price: "", available: false, order: "" };

const whens: readonly When[] = ["any", "today", "weekend", "week", "month", "days"];
const orders: readonly Order[] = ["relevance", "starts_at", "price"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function day(text: string | null): string {
  return text !== null && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : "";
}

/** Reads the address; what makes no sense in it is ignored. */
export function readSearch(params: URLSearchParams): Search {
  const from = day(params.get("from"));
  const to = day(params.get("to"));
  const when = whens.find((item) => item === params.get("when")) ?? "any";
  const price = params.get("price") ?? "";
  return {
    what: params.get("q") ?? "",
    where: params.get("city") ?? "",
    when: from || to ? "days" : when,
    from,
    to,
    category: params.get("category") ?? "",
    price: /^\d{1,7}$/.test(price) ? price : "",
    available: params.get("available") === "true",
    order: orders.find((item) => item === params.get("sort")) ?? "",
  };
}

/** The address of a search: only what was chosen. */
export function writeSearch(search: Search): URLSearchParams {
  const params = new URLSearchParams();
  const set = (name: string, value: string) => {
    if (value !== "") params.set(name, value);
  };
  set("q", search.what.trim());
  set("city", search.where.trim());
  if (search.when === "days") {
    set("from", search.from);
    set("to", search.to);
    if (!search.from && !search.to) set("when", "days");
  } else if (search.when !== "any") set("when", search.when);
  set("category", search.category);
  set("price", search.price);
  if (search.available) params.set("available", "true");
  set("sort", search.order);
  return params;
}

export function isEverything(search: Search): boolean {
  return writeSearch(search).size === 0;
}

/** How many of the filters below the search row are set. */
export function filterCount(search: Search): number {
  return [search.category !== "", search.price !== "", search.available, search.order !== ""].filter(Boolean).length;
}

function startOfDay(now: Date, days = 0): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
}

/** The span that a choice of "when" means, by the reader's clock. Never before now: what is over can't be booked. */
export function spanOf(search: Search, now: Date): { from: Date; to?: Date } {
  switch (search.when) {
    case "today":
      return { from: now, to: startOfDay(now, 1) };
    case "weekend":
      return weekend(now);
    case "week":
      return { from: now, to: startOfDay(now, 7) };
    case "month":
      return { from: now, to: startOfDay(now, 30) };
    case "days": {
      const zone = readersZone();
      const from = search.from ? instantOf(`${search.from}T00:00`, zone) : now;
      const to = search.to ? new Date(instantOf(`${search.to}T00:00`, zone).getTime() + 24 * 3_600_000) : undefined;
      return { from: from < now ? now : from, ...(to ? { to } : {}) };
    }
    default:
      return { from: now };
  }
}

/** What the catalogue is asked. `now` is rounded to the minute by the caller, so that the same search is the same request. */
export function toFilter(search: Search, now: Date): EventFilter {
  const { from, to } = spanOf(search, now);
  const what = search.what.trim();
  return {
    ...(what ? { q: what } : {}),
    ...(search.where.trim() ? { city: search.where.trim() } : {}),
    from: from.toISOString(),
    ...(to ? { to: to.toISOString() } : {}),
    ...(search.category ? { category: search.category } : {}),
    ...(search.price ? { price_max: Number(search.price) * 100 } : {}),
    ...(search.available ? { available: true } : {}),
    sort: search.order || (what ? "relevance" : "starts_at"),
    limit: 24,
  };
}

/** Today by the reader's clock, for date fields. */
export function today(now: Date): string {
  return isoDay(now, readersZone());
}
