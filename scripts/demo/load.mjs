// load.mjs ENTRANCE: demo data through the public API: people, a theatre, 38 events in every state, some sold tickets.
// Run again it adds what is missing. Its last line says what is there.
import { Person, eventually } from "./api.mjs";
import { events as wanted } from "./events.mjs";
import { places } from "./places.mjs";
import { purchases } from "./purchases.mjs";
import { seatCount, theatre } from "./theatre.mjs";
import { at, inDays, later } from "./times.mjs";

const [entrance] = process.argv.slice(2);
const login = (who) => [process.env[`DEMO_${who}_EMAIL`], process.env[`DEMO_${who}_PASSWORD`]];
const say = (text) => console.log(text);

const olga = await new Person(entrance, ...login("ORGANISER")).arrive("Olga Lind");
const stefan = await new Person(entrance, ...login("STAFF")).arrive("Stefan Gate");
const ben = await new Person(entrance, ...login("BUYER")).arrive("Ben Weber");
// Nobody logs in as the crowd; its password is derived so that a second run can.
const crowd = await new Person(entrance, "crowd@example.com", `crowd-${process.env.DEMO_ORGANISER_PASSWORD}`).arrive("A crowd of people");
say("people are there");

const organisation = await own("/api/catalog/organisations", "Lindenhof & Friends", { name: "Lindenhof & Friends" });
const members = await olga.get(`/api/catalog/organisations/${organisation.id}/members`);
if (!members.items.some((member) => member.user_id === stefan.id)) await invite();

const venue = await own(
  `/api/catalog/venues?organisation_id=${organisation.id}`,
  places.theatre.venue.name,
  { organisation_id: organisation.id, ...places.theatre.venue },
);
const plan = await own(`/api/catalog/venues/${venue.id}/seating-plans`, theatre.name, theatre);
say(`the theatre has ${seatCount} seats`);

const there = new Map((await olga.all(`/api/catalog/events?organisation_id=${organisation.id}`)).map((event) => [event.title, event]));
const loaded = new Map();
for (const event of wanted) {
  const known = there.get(event.title);
  const current = known ? await olga.get(`/api/catalog/events/${known.id}`) : await olga.post("/api/catalog/events", body(event));
  if (current.status === "draft") await olga.post(`/api/catalog/events/${current.id}/publish`);
  if (event.cancelled && current.status !== "cancelled") {
    await olga.post(`/api/catalog/events/${current.id}/cancel`, { reason: event.cancelled });
  }
  loaded.set(event.title, { ...current, soldOut: event.soldOut });
  if (!known) say(`"${event.title}"`);
}

await purchases(ben, crowd, loaded, say);
say(`${wanted.length} events, 1 theatre with ${seatCount.toLocaleString("en")} seats`);

// The item of this name in a list of Olga's, made when it isn't there.
async function own(path, name, item) {
  const found = (await olga.all(path)).find((candidate) => candidate.name === name);
  return found ?? (await olga.post(path.split("?")[0], item));
}

// Catalog learns of a new account by a message, a moment after it was made.
async function invite() {
  await eventually("the catalog knows Stefan", async () => {
    try {
      await olga.post(`/api/catalog/organisations/${organisation.id}/members`, { email: stefan.email, role: "staff" });
      return true;
    } catch (error) {
      if (error.status === 404) return false;
      throw error;
    }
  });
}

function body(event) {
  const starts_at = at(event.days, event.time, event.time_zone);
  return {
    organisation_id: organisation.id,
    title: event.title,
    description: event.description,
    category: event.category,
    tags: event.tags,
    starts_at,
    ends_at: later(starts_at, event.hours),
    time_zone: event.time_zone,
    ...(event.seated ? { venue_id: venue.id, seating_plan_id: plan.id } : { venue: event.venue }),
    ...(event.seated || event.soldOut ? { max_per_buyer: null } : {}),
    ticket_types: event.tickets.map(({ price, salesEnd, ...type }) => ({
      ...type,
      price: { amount: Math.round(price), currency: event.currency },
      sales_start: event.salesStart ? inDays(event.salesStart) : inDays(-7),
      sales_end: salesEnd ? inDays(salesEnd) : starts_at,
    })),
  };
}
