// load.mjs ENTRANCE SECONDS BUYERS: looks at events, holds places and gives them back, and says what was answered how fast.
// It has an event of its own, so that the demo's stay as they are. Ends with 1 when something answered 5xx or not at all.
import { Person, eventually } from "../demo/api.mjs";

const [entrance, seconds, buyers] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const olga = await new Person(entrance, process.env.DEMO_ORGANISER_EMAIL, process.env.DEMO_ORGANISER_PASSWORD).arrive("Olga Lind");
const ben = await new Person(entrance, process.env.DEMO_BUYER_EMAIL, process.env.DEMO_BUYER_PASSWORD).arrive("Ben Weber");

const event = await anEvent();
const type = event.ticket_types[0].id;
await eventually("the event is on sale", async () => (await ben.get(`/api/booking/events/${event.id}/availability`)).available > 0);

const times = new Map();
const until = Date.now() + seconds * 1000;
await Promise.all(Array.from({ length: buyers }, buyer));
report();

async function anEvent() {
  const day = 86_400_000;
  const date = (days) => new Date(Date.now() + days * day).toISOString();
  const name = "Load";
  const organisation =
    (await olga.all("/api/catalog/organisations")).find((one) => one.name === name) ?? (await olga.post("/api/catalog/organisations", { name }));
  const draft = await olga.post("/api/catalog/events", {
    organisation_id: organisation.id,
    title: `Load of ${new Date().toISOString()}`,
    description: "Made by scripts/tilt/load",
    category: "other",
    tags: [],
    starts_at: date(30),
    ends_at: date(30.1),
    time_zone: "UTC",
    venue: { name: "Nowhere", address: "1 Main Street", city: "Berlin", country: "DE" },
    max_per_buyer: null,
    ticket_types: [
      { name: "Place", price: { amount: 1000, currency: "EUR" }, capacity: 10_000, max_per_order: 10, sales_start: date(-1), sales_end: date(30) },
    ],
  });
  await olga.post(`/api/catalog/events/${draft.id}/publish`);
  return draft;
}

async function buyer() {
  while (Date.now() < until) {
    await timed("look at the event", () => ben.fetch("GET", `/api/catalog/events/${event.id}`));
    await timed("ask for places", () => ben.fetch("GET", `/api/booking/events/${event.id}/availability`));
    const held = await timed("hold", () =>
      ben.fetch("POST", "/api/booking/bookings", { event_id: event.id, items: [{ ticket_type_id: type, quantity: 1 }] }),
    );
    if (held?.id) await timed("give back", () => ben.fetch("POST", `/api/booking/bookings/${held.id}/cancel`, {}));
  }
}

// One try each: what fails during a roll-out is to be seen, not repeated.
async function timed(what, send) {
  const figures = times.get(what) ?? { done: [], limited: 0, refused: new Map(), failed: new Map() };
  times.set(what, figures);
  const start = performance.now();
  try {
    const answer = await send();
    const body = await answer.text();
    if (answer.ok) {
      figures.done.push(performance.now() - start);
      return body === "" ? null : JSON.parse(body);
    }
    if (answer.status === 429) {
      figures.limited += 1;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    } else count(answer.status >= 500 ? figures.failed : figures.refused, answer.status);
  } catch (error) {
    count(figures.failed, error.cause?.code ?? error.name);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}

function count(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function report() {
  let failures = 0;
  for (const [what, { done, limited, refused, failed }] of times) {
    done.sort((one, other) => one - other);
    const at = (share) => (done.length === 0 ? "–" : `${done[Math.min(done.length - 1, Math.floor(done.length * share))].toFixed(1)} ms`);
    const list = (counts) => [...counts].map(([key, times]) => `${times} × ${key}`).join(", ");
    console.log(
      `${what.padEnd(20)} ${String(done.length).padStart(6)} answered, ${(done.length / seconds).toFixed(0)}/s, p50 ${at(0.5)}, p99 ${at(0.99)}` +
        (limited ? `; ${limited} rate-limited` : "") +
        (refused.size ? `; refused: ${list(refused)}` : "") +
        (failed.size ? `; FAILED: ${list(failed)}` : ""),
    );
    failures += failed.size;
  }
  process.exitCode = failures === 0 ? 0 : 1;
}
