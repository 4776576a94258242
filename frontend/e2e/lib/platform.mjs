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
  const { access_token } = await post("/api/auth/login", organiser);
  const authorization = `Bearer ${access_token}`;
  const organisations = await fetch(`${baseUrl}/api/catalog/organisations`, { headers: { authorization } });
  const { items } = await organisations.json();
  const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString();
  const body = { organisation_id: items[0].id, starts_at: day(30), ends_at: day(31), time_zone: "Europe/Vienna", ...event };
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
