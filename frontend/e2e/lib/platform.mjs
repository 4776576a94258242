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
