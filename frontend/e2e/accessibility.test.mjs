/** axe on every page, on phone and desk, in light and dark: no serious fault. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { desk, logIn, open, phone, picture, start, stop } from "./lib/browser.mjs";
import { baseUrl, buyer, organiser, seatedEvent } from "./lib/platform.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

before(start);
after(stop);

/** What the person who is logged in has. */
function own(page) {
  return page.evaluate(async () => {
    const refresh = await fetch("/api/auth/refresh", { method: "POST", headers: { "X-Refresh-Transport": "cookie", "content-type": "application/json" }, body: "{}" });
    const { access_token } = await refresh.json();
    const mine = async (path) => (await (await fetch(path, { headers: { authorization: `Bearer ${access_token}` } })).json()).items;
    return { organisations: await mine("/api/catalog/organisations"), bookings: await mine("/api/booking/bookings?status=confirmed&limit=50") };
  });
}

async function buyersPages(page) {
  const { id } = await seatedEvent();
  const { bookings } = await own(page);
  const booking = bookings[0].id;
  return {
    home: "/",
    search: "/?q=rust",
    nothing: "/?q=zzzz",
    event: `/events/${id}`,
    account: "/account",
    sessions: "/account/sessions",
    bookings: "/bookings",
    booking: `/bookings/${booking}`,
    tickets: `/bookings/${booking}/tickets`,
    receipt: `/bookings/${booking}/receipt`,
    cancel: `/bookings/${booking}/cancel`,
    missing: "/no/such/page",
  };
}

async function organisersPages(page) {
  const { id } = await seatedEvent();
  const { organisations } = await own(page);
  const organisation = organisations[0].id;
  return {
    organisation: `/organiser/${organisation}/events`,
    "new-event": `/organiser/${organisation}/events/new`,
    sales: `/organiser/${organisation}/events/${id}`,
    edit: `/organiser/${organisation}/events/${id}/edit`,
    import: `/organiser/${organisation}/import`,
    members: `/organiser/${organisation}/members`,
    venues: `/organiser/${organisation}/venues`,
    gates: "/staff",
    gate: `/staff/events/${id}`,
  };
}

const openPages = { login: "/login", register: "/register", "password-reset": "/password-reset" };

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
    const faults = [];
    const lookAt = async (page, pages) => {
      for (const [name, path] of Object.entries(pages)) {
        faults.push(...(await faultsOf(page, name, path)));
        await picture(page, `${name}-${look.replace(", ", "-")}`);
      }
    };
    const visitor = await open({ viewport, colorScheme });
    await lookAt(visitor.page, openPages);
    for (const [person, pages] of [
      [buyer, buyersPages],
      [organiser, organisersPages],
    ]) {
      const { page, context } = await open({ viewport, colorScheme });
      await logIn(page, person);
      await page.goto(baseUrl);
      await lookAt(page, await pages(page));
      await context.close();
    }
    await visitor.context.close();
    assert.deepEqual(faults, []);
  });
}
