/** Where the platform under test is, and who may log in there: `scripts/test` and `.run/env` set it. */
function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run scripts/test browser, or: set -a; . .run/env; set +a; npm run e2e`);
  return value;
}

export const baseUrl = variable("PUBLIC_URL");
export const mailUrl = variable("MAIL_URL");

const person = (name) => ({ email: variable(`DEMO_${name}_EMAIL`), password: variable(`DEMO_${name}_PASSWORD`) });
export const organiser = person("ORGANISER");
export const buyer = person("BUYER");
export const staff = person("STAFF");

/** Somebody who was never here before. */
export function newcomer(name) {
  return { name, email: `${name.toLowerCase()}-${Date.now()}-${Math.floor(Math.random() * 1e6)}@example.com`, password: "a long enough password" };
}

async function json(path) {
  const answer = await fetch(`${baseUrl}/api/catalog${path}`);
  return answer.json();
}

/** The next demo event with seats whose sale is on. */
export async function seatedEvent() {
  const { items } = await json("/events?limit=100");
  for (const item of items.filter(({ seating_plan_id, sold_out }) => seating_plan_id !== null && !sold_out)) {
    const event = await json(`/events/${item.id}`);
    const now = new Date().toISOString();
    if (event.ticket_types.every(({ sales_start, sales_end }) => (sales_start ?? now) <= now && (sales_end ?? now) >= now)) return event;
  }
  throw new Error("the demo data has no event with seats on sale");
}

/** An event on sale, made by the organiser for one test: nobody else takes its places. */
export async function newEvent(event) {
  return publish(await organising(), event);
}

/** The same in a house of one row of seats, `1-1` to `1-<seats>`, all in the category "Stalls". */
export async function newSeatedEvent(seats, event) {
  const organisation = await organising();
  const { authorization, id } = organisation;
  const venue = await post(
    "/api/catalog/venues",
    { organisation_id: id, name: `Small house ${Date.now()}`, address: "Street 1", city: "Vienna", country: "AT" },
    { authorization },
  );
  const row = Array.from({ length: seats }, (_, n) => ({
    seat_guid: `1-${n + 1}`,
    seat_number: `${n + 1}`,
    category: "Stalls",
    position: { x: n * 20, y: 0 },
  }));
  const plan = {
    name: "One row",
    categories: [{ name: "Stalls", color: "#1f5fa8" }],
    size: { width: seats * 20, height: 20 },
    zones: [{ name: "Stalls", position: { x: 0, y: 0 }, rows: [{ row_number: "1", row_number_position: "both", position: { x: 0, y: 0 }, seats: row }] }],
  };
  const { id: planId } = await post(`/api/catalog/venues/${venue.id}/seating-plans`, plan, { authorization });
  return publish(organisation, { venue_id: venue.id, seating_plan_id: planId, ...event });
}

/** The organiser's first organisation, and the right to act for it. */
async function organising() {
  const { access_token } = await post("/api/auth/login", organiser);
  const authorization = `Bearer ${access_token}`;
  const organisations = await fetch(`${baseUrl}/api/catalog/organisations`, { headers: { authorization } });
  const { items } = await organisations.json();
  return { id: items[0].id, authorization };
}

async function publish({ id: organisation_id, authorization }, event) {
  const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString();
  const body = { organisation_id, starts_at: day(30), ends_at: day(31), time_zone: "Europe/Vienna", ...event };
  const { id } = await post("/api/catalog/events", body, { authorization });
  return post(`/api/catalog/events/${id}/publish`, undefined, { authorization });
}

async function post(path, body, headers = {}) {
  const answer = await fetch(baseUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID(), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Waits until `check` gives something, at most 20 s. */
export async function eventually(what, check) {
  const until = Date.now() + 20_000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > until) throw new Error(`not within 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The first mail to an address whose subject matches. */
export function mailTo(address, subject) {
  return eventually(`a mail to ${address} about ${subject}`, async () => {
    const mails = await (await fetch(`${mailUrl}/email`)).json();
    return mails.find((mail) => subject.test(mail.subject) && mail.to.some((to) => to.address === address));
  });
}
