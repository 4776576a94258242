/** axe on every page, on phone and desk, in light and dark: no serious fault. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { desk, logIn, open, phone, picture, start, stop } from "./lib/browser.mjs";
import { baseUrl, organiser, seatedEvent } from "./lib/platform.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

before(start);
after(stop);

/** Every page that the demo organiser, who has also bought tickets, can open. */
async function pages(page) {
  const { id } = await seatedEvent();
  const answer = await page.evaluate(async () => {
    const refresh = await fetch("/api/auth/refresh", { method: "POST", headers: { "X-Refresh-Transport": "cookie", "content-type": "application/json" }, body: "{}" });
    const { access_token } = await refresh.json();
    const mine = async (path) => (await (await fetch(path, { headers: { authorization: `Bearer ${access_token}` } })).json()).items;
    return { organisations: await mine("/api/catalog/organisations"), bookings: await mine("/api/booking/bookings?limit=50") };
  });
  const organisation = answer.organisations[0]?.id;
  const booking = answer.bookings.find(({ status }) => status === "confirmed")?.id;
  return {
    home: "/",
    search: "/?q=rust",
    nothing: "/?q=zzzz",
    event: `/events/${id}`,
    account: "/account",
    sessions: "/account/sessions",
    bookings: "/bookings",
    ...(booking ? { booking: `/bookings/${booking}`, tickets: `/bookings/${booking}/tickets`, receipt: `/bookings/${booking}/receipt`, cancel: `/bookings/${booking}/cancel` } : {}),
    organisation: `/organiser/${organisation}/events`,
    "new-event": `/organiser/${organisation}/events/new`,
    sales: `/organiser/${organisation}/events/${id}`,
    edit: `/organiser/${organisation}/events/${id}/edit`,
    import: `/organiser/${organisation}/import`,
    members: `/organiser/${organisation}/members`,
    venues: `/organiser/${organisation}/venues`,
    gates: "/staff",
    gate: `/staff/events/${id}`,
    missing: "/no/such/page",
  };
}

const open_pages = { login: "/login", register: "/register", "password-reset": "/password-reset" };

async function faultsOf(page, name, path) {
  await page.goto(path);
  await page.locator("main#content:not([aria-busy])").first().waitFor();
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  const faults = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${name}: ${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  return wide ? [...faults, `${name}: wider than the screen`] : faults;
}

for (const [look, viewport, colorScheme] of [
  ["phone, light", phone, "light"],
  ["phone, dark", phone, "dark"],
  ["desk, light", desk, "light"],
  ["desk, dark", desk, "dark"],
]) {
  test(`no serious fault on any page: ${look}`, async () => {
    const { page, context } = await open({ viewport, colorScheme });
    const faults = [];
    for (const [name, path] of Object.entries(open_pages)) {
      faults.push(...(await faultsOf(page, name, path)));
      await picture(page, `${name}-${look.replace(", ", "-")}`);
    }
    await logIn(page, organiser);
    await page.goto(baseUrl);
    for (const [name, path] of Object.entries(await pages(page))) {
      faults.push(...(await faultsOf(page, name, path)));
      await picture(page, `${name}-${look.replace(", ", "-")}`);
    }
    await context.close();
    assert.deepEqual(faults, []);
  });
}
