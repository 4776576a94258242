// journey.mjs ENTRANCE JOURNAL COMMAND…: people on a platform that Docker Compose runs, through its entrance.
//   open              an organiser puts an event on sale
//   buy SECONDS|COUNTx   one booking after another, each held, paid for, confirmed and with its tickets
//   check [BEFORE]    every booking of the journal is there, confirmed and with its tickets; BEFORE (a time): those confirmed until then
//   lost              tells which bookings of the journal are gone, and how long before the last one the first of them was confirmed
//   load SECONDS      holds, cancels and looks without a pause until SIGTERM; one line at the end, and 1 when a request failed
// The journal has a line for each acknowledged booking.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { Person, eventually } from "../demo/api.mjs";
import { load } from "./load.mjs";

const [entrance, journal, command, argument] = process.argv.slice(2);
const password = "a long enough password";
const state = existsSync(`${journal}.event`) ? JSON.parse(readFileSync(`${journal}.event`)) : null;
const entries = existsSync(journal) ? readFileSync(journal, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line)) : [];

const commands = {
  async open() {
    const organiser = await new Person(entrance, `organiser-${randomUUID()}@example.com`, password).arrive("Olga");
    const organisation = await organiser.post("/api/catalog/organisations", { name: "Compose" });
    const now = Date.now();
    const day = 86_400_000;
    const time = (days) => new Date(now + days * day).toISOString();
    const event = await organiser.post("/api/catalog/events", {
      organisation_id: organisation.id,
      title: "A concert",
      description: "Music",
      category: "music",
      tags: [],
      time_zone: "Europe/Vienna",
      max_per_buyer: null,
      starts_at: time(30),
      ends_at: time(30.1),
      venue: { name: "Hall", address: "Street 1", city: "Vienna", country: "AT" },
      ticket_types: [
        { name: "Standing", price: { amount: 2500, currency: "EUR" }, capacity: 1_000_000, max_per_order: 10, sales_start: time(-1), sales_end: time(30) },
      ],
    });
    await organiser.post(`/api/catalog/events/${event.id}/publish`);
    writeFileSync(`${journal}.event`, JSON.stringify({ event: event.id }));
    console.log(`event ${event.id}`);
  },

  async buy() {
    const buyer = await new Person(entrance, `buyer-${randomUUID()}@example.com`, password).arrive("Ben");
    const count = argument?.endsWith("x") ? Number(argument.slice(0, -1)) : Infinity;
    const until = count === Infinity ? Date.now() + Number(argument) * 1000 : Infinity;
    let bought = 0;
    while (bought < count && Date.now() < until) {
      const booking = await buyer.post("/api/booking/bookings", { event_id: state.event, seats: 2 });
      await buyer.post("/api/payment/payments", { booking_id: booking.id, payment_method: "pm_card_visa" });
      await eventually(`booking ${booking.id} is confirmed`, async () => (await buyer.get(`/api/booking/bookings/${booking.id}`)).status === "confirmed");
      const confirmed = new Date().toISOString();
      const tickets = await buyer.all(`/api/booking/bookings/${booking.id}/tickets`);
      if (tickets.length !== 2) throw new Error(`booking ${booking.id} has ${tickets.length} tickets, not 2`);
      appendFileSync(journal, `${JSON.stringify({ id: booking.id, email: buyer.email, confirmed })}\n`);
      bought += 1;
    }
    console.log(`${bought} bought`);
  },

  async check() {
    const wanted = entries.filter((entry) => argument === undefined || entry.confirmed <= argument);
    const { gone } = await look(wanted);
    if (gone.length > 0) throw new Error(`${gone.length} of ${wanted.length} acknowledged bookings are gone, ${gone[0].id} the first`);
    console.log(`${wanted.length} acknowledged bookings are there`);
  },

  async lost() {
    const { gone } = await look(entries);
    const last = Date.parse(entries.at(-1).confirmed);
    const seconds = gone.length === 0 ? 0 : Math.ceil((last - Math.min(...gone.map((entry) => Date.parse(entry.confirmed)))) / 1000);
    console.log(JSON.stringify({ acknowledged: entries.length, gone: gone.length, seconds }));
  },

  async load() {
    const people = await Promise.all(Array.from({ length: 4 }, (_, index) => new Person(entrance, `load-${index}-${randomUUID()}@example.com`, password).arrive("L")));
    await load(entrance, people, state.event, Number(argument));
  },
};

// Who is gone is gone with all that was theirs.
async function look(wanted) {
  const gone = [];
  for (const email of new Set(wanted.map((entry) => entry.email))) {
    const theirs = wanted.filter((entry) => entry.email === email);
    const buyer = new Person(entrance, email, password);
    try {
      buyer.accept(await buyer.post("/api/auth/login", { email, password }));
    } catch (error) {
      if (error.status !== 401) throw error;
      gone.push(...theirs);
      continue;
    }
    for (const entry of theirs) {
      try {
        const booking = await buyer.get(`/api/booking/bookings/${entry.id}`);
        const tickets = await buyer.all(`/api/booking/bookings/${entry.id}/tickets`);
        if (booking.status !== "confirmed" || tickets.length !== 2) gone.push(entry);
      } catch (error) {
        if (error.status !== 404) throw error;
        gone.push(entry);
      }
    }
  }
  return { gone };
}

if (!(command in commands)) throw new Error(`there is no "${command}"; there are ${Object.keys(commands).join(", ")}`);
await commands[command]();
