/** An event as its organiser types it, and back and forth between that and what the catalog takes. */
import type { components } from "../../../api/generated/catalog";
import type { Event } from "../../../api/types";
import { fromMajor, minorDigits, toMajor } from "../../../lib/money";
import { instantOf, localOf } from "../../../lib/time";

type NewEvent = components["schemas"]["NewEvent"];
type TicketTypeInput = components["schemas"]["TicketTypeInput"];

export interface TypeForm {
  /** Stable while it is edited. */
  key: string;
  /** Given by the catalog once it is saved. */
  id?: string | undefined;
  name: string;
  /** In the major unit, as typed: "45" or "45.50". */
  price: string;
  capacity: string;
  maxPerOrder: string;
  /** What clocks at the event show: `2026-10-03T19:30`; empty for none. */
  salesStart: string;
  salesEnd: string;
  /** Empty: for everybody. */
  accessCode: string;
  /** Categories of the seating plan; empty for general admission. */
  categories: string[];
}

export interface EventForm {
  title: string;
  description: string;
  category: string;
  /** Separated by commas. */
  tags: string;
  imageUrl: string;
  externalUrl: string;
  starts: string;
  ends: string;
  timeZone: string;
  place: "none" | "own" | "typed";
  venueId: string;
  venueName: string;
  venueAddress: string;
  venueCity: string;
  venueCountry: string;
  planId: string;
  currency: string;
  types: TypeForm[];
  /** Empty for no limit. */
  maxPerBuyer: string;
  /** Whether buyers wait in line. */
  waitingRoom: boolean;
}

export type Faults = Record<string, string>;

export function newType(): TypeForm {
  return { key: crypto.randomUUID(), name: "", price: "", capacity: "", maxPerOrder: "10", salesStart: "", salesEnd: "", accessCode: "", categories: [] };
}

/** A new event: a month from now in the evening, by the reader's clock. */
export function emptyForm(timeZone: string, now: Date): EventForm {
  const day = localOf(new Date(now.getTime() + 30 * 24 * 3_600_000), timeZone).slice(0, 10);
  return {
    title: "",
    description: "",
    category: "",
    tags: "",
    imageUrl: "",
    externalUrl: "",
    starts: `${day}T19:30`,
    ends: `${day}T22:00`,
    timeZone,
    place: "typed",
    venueId: "",
    venueName: "",
    venueAddress: "",
    venueCity: "",
    venueCountry: "",
    planId: "",
    currency: "EUR",
    types: [{ ...newType(), name: "Regular" }],
    maxPerBuyer: "10",
    waitingRoom: false,
  };
}

export function formOf(event: Event): EventForm {
  const local = (at: string | null) => (at === null ? "" : localOf(at, event.time_zone));
  return {
    title: event.title,
    description: event.description,
    category: event.category === "other" ? "" : event.category,
    tags: event.tags.join(", "),
    imageUrl: event.image_url ?? "",
    externalUrl: event.external_url ?? "",
    starts: local(event.starts_at),
    ends: local(event.ends_at),
    timeZone: event.time_zone,
    place: event.venue_id ? "own" : event.venue ? "typed" : "none",
    venueId: event.venue_id ?? "",
    venueName: event.venue_id ? "" : (event.venue?.name ?? ""),
    venueAddress: event.venue_id ? "" : (event.venue?.address ?? ""),
    venueCity: event.venue_id ? "" : (event.venue?.city ?? ""),
    venueCountry: event.venue_id ? "" : (event.venue?.country ?? ""),
    planId: event.seating_plan_id ?? "",
    currency: event.ticket_types[0]?.price.currency ?? "EUR",
    types: event.ticket_types.map((type) => ({
      key: type.id,
      id: type.id,
      name: type.name,
      price: toMajor(type.price).toFixed(type.price.amount % 10 ** minorDigits(type.price.currency) === 0 ? 0 : minorDigits(type.price.currency)),
      capacity: String(type.capacity),
      maxPerOrder: String(type.max_per_order),
      salesStart: local(type.sales_start),
      salesEnd: local(type.sales_end),
      accessCode: type.access_code ?? "",
      categories: type.seating_categories,
    })),
    maxPerBuyer: event.max_per_buyer === null ? "" : String(event.max_per_buyer),
    waitingRoom: event.waiting_room,
  };
}

function whole(text: string): number | undefined {
  return /^\d{1,7}$/.test(text.trim()) ? Number(text) : undefined;
}

/** The body for the catalog, or what is wrong by the JSON pointers that the catalog uses too. */
export function bodyOf(form: EventForm, organisationId: string): { body: NewEvent } | { faults: Faults } {
  const faults: Faults = {};
  const instant = (pointer: string, local: string) => {
    const at = local === "" ? undefined : instantOf(local, form.timeZone);
    if (at === undefined || Number.isNaN(at.getTime())) {
      faults[pointer] = "Give a day and a time.";
      return "";
    }
    return at.toISOString();
  };
  if (form.title.trim() === "") faults["/title"] = "Give it a title.";
  const starts_at = instant("/starts_at", form.starts);
  const ends_at = instant("/ends_at", form.ends);
  if (form.starts && form.ends && form.ends < form.starts) faults["/ends_at"] = "It must not end before it starts.";
  if (form.place === "own" && form.venueId === "") faults["/venue_id"] = "Choose a venue.";
  if (form.place === "typed" && form.venueName.trim() === "" && [form.venueAddress, form.venueCity, form.venueCountry].some((text) => text.trim() !== "")) {
    faults["/venue/name"] = "Give the place a name.";
  }
  const most = form.maxPerBuyer.trim() === "" ? null : whole(form.maxPerBuyer);
  if (most === undefined || most === 0) faults["/max_per_buyer"] = "A whole number from 1, or nothing for no limit.";

  const ticket_types = form.types.map((type, index): TicketTypeInput => {
    const at = `/ticket_types/${index}`;
    const price = fromMajor(type.price === "" ? "0" : type.price, form.currency);
    if (!price || price.amount < 0) faults[`${at}/price/amount`] = `An amount in ${form.currency}, such as 45 or 45.50; 0 for free.`;
    const seated = form.planId !== "" && type.categories.length > 0;
    const capacity = seated ? 0 : whole(type.capacity);
    if (capacity === undefined) faults[`${at}/capacity`] = "How many tickets there are.";
    const perOrder = whole(type.maxPerOrder);
    if (!perOrder || perOrder > 100) faults[`${at}/max_per_order`] = "A whole number from 1 to 100.";
    const code = type.accessCode.trim();
    if (code !== "" && (code.length < 4 || code.length > 64)) faults[`${at}/access_code`] = "From 4 to 64 characters, or nothing.";
    if (type.name.trim() === "") faults[`${at}/name`] = "Give it a name.";
    return {
      ...(type.id === undefined ? {} : { id: type.id }),
      name: type.name.trim(),
      price: price ?? { amount: 0, currency: form.currency },
      capacity: capacity ?? 0,
      max_per_order: perOrder ?? 10,
      sales_start: type.salesStart === "" ? null : instant(`${at}/sales_start`, type.salesStart),
      sales_end: type.salesEnd === "" ? null : instant(`${at}/sales_end`, type.salesEnd),
      seating_categories: form.planId === "" ? [] : type.categories,
      access_code: code === "" ? null : code,
    };
  });
  if (Object.keys(faults).length > 0) return { faults };
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  return {
    body: {
      organisation_id: organisationId,
      title: form.title.trim(),
      description: form.description.trim(),
      category: form.category.trim() === "" ? "other" : form.category.trim().toLowerCase(),
      tags: [...new Set(form.tags.split(",").map((tag) => tag.trim()).filter(Boolean))],
      image_url: text(form.imageUrl),
      external_url: text(form.externalUrl),
      starts_at,
      ends_at,
      time_zone: form.timeZone,
      venue:
        form.place === "typed" && form.venueName.trim() !== ""
          ? { name: form.venueName.trim(), address: form.venueAddress.trim(), city: form.venueCity.trim(), country: form.venueCountry.trim().toUpperCase() }
          : null,
      venue_id: form.place === "own" ? form.venueId : null,
      seating_plan_id: form.place === "own" ? text(form.planId) : null,
      ticket_types,
      max_per_buyer: most ?? null,
      waiting_room: form.waitingRoom,
    },
  };
}
