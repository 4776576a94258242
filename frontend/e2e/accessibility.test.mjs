/** axe on every page, on phone and desk, in light and dark: no serious fault. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsOf } from "./lib/axe.mjs";
import { desk, logIn, open, phone, picture, start, stop } from "./lib/browser.mjs";
import { baseUrl, buyer, organiser, seatedEvent } from "./lib/platform.mjs";

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

async function faultsAt(page, name, path) {
  await page.goto(path);
  await page.locator("main#content:not([aria-busy])").first().waitFor();
  await page.waitForLoadState("networkidle").catch(() => undefined);
  return faultsOf(page, name);
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
        faults.push(...(await faultsAt(page, name, path)));
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
