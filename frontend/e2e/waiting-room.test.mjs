/** An event with a waiting room: two people in line, both are let in and buy; who leaves joins again at the end. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsInEveryLook } from "./lib/axe.mjs";
import { open, phone, register, start, stop } from "./lib/browser.mjs";
import { joinAs, pay, turnOf } from "./lib/line.mjs";
import { newcomer, newEvent } from "./lib/platform.mjs";

before(start);
after(stop);

const EARLY_MS = 45_000;

function hotEvent(salesStart) {
  return newEvent({
    title: `Many want this ${Date.now()}`,
    waiting_room: true,
    ticket_types: [{ name: "Standing", price: { amount: 2500, currency: "EUR" }, capacity: 20, max_per_order: 4, sales_start: salesStart }],
  });
}

/** The signed place that this browser keeps. */
function placeIn(page, event) {
  return page.evaluate((id) => JSON.parse(localStorage.getItem(`queue:${id}`) ?? "{}").place, event.id);
}

/** What the platform says to a booking by this person without an admission. */
function bookPastTheLine(page, event) {
  return page.evaluate(async (id) => {
    const json = { "content-type": "application/json" };
    const refresh = await fetch("/api/auth/refresh", { method: "POST", headers: { "X-Refresh-Transport": "cookie", ...json }, body: "{}" });
    const { access_token } = await refresh.json();
    const answer = await fetch("/api/booking/bookings", {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, ...json },
      body: JSON.stringify({ event_id: id, seats: 1 }),
    });
    return { status: answer.status, ...(await answer.json()) };
  }, event.id);
}

async function buy(page) {
  await turnOf(page, EARLY_MS + 15_000);
  await page.getByRole("button", { name: /One more: Standing/ }).click();
  await page.getByRole("button", { name: "Hold tickets" }).click();
  await pay(page);
}

test("two wait for the sale, a reload keeps the place, both are let in and buy", async () => {
  const event = await hotEvent(new Date(Date.now() + EARLY_MS).toISOString());
  const ada = await joinAs("Ada", event, { viewport: phone });
  const ben = await joinAs("Ben", event);
  const place = await placeIn(ada.page, event);
  assert.match(place ?? "", /^Q1\./);
  await ada.page.reload();
  await ada.page.getByRole("heading", { name: "You are in line" }).waitFor();
  assert.equal(await placeIn(ada.page, event), place, "the place is the same after a reload");
  const refused = await bookPastTheLine(ben.page, event);
  assert.deepEqual([refused.status, refused.code], [403, "queue_required"]);

  // Without a reload: the line opens by itself.
  await turnOf(ada.page, EARLY_MS + 15_000);
  const faults = await faultsInEveryLook(ada.page, "waiting-room-turn");
  await Promise.all([buy(ada.page), buy(ben.page)]);
  assert.deepEqual(faults, []);
  ada.assertNoErrors();
  ben.assertNoErrors();
});

test("who leaves the line is asked first, and may join again", async () => {
  // So early that nobody is let in meanwhile.
  const event = await hotEvent(new Date(Date.now() + 600_000).toISOString());
  const { page, assertNoErrors } = await joinAs("Dora", event, { viewport: phone });
  const faults = [];
  const place = await placeIn(page, event);
  const leave = page.getByRole("button", { name: "Leave the line", exact: true });
  const question = page.getByRole("group", { name: /^Leave the line\?/ });
  await leave.click();
  await question.waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-room-leaving")));
  await question.getByRole("button", { name: "Stay in line" }).click();
  await question.waitFor({ state: "detached" });
  assert.equal(await placeIn(page, event), place, "who stays keeps the place");

  await leave.click();
  await question.getByRole("button", { name: "Leave the line", exact: true }).click();
  await page.getByText("You left the line.", { exact: true }).waitFor();
  assert.equal(await placeIn(page, event), undefined, "the place is not kept");
  faults.push(...(await faultsInEveryLook(page, "waiting-room-left")));
  await page.reload();
  await page.getByRole("heading", { name: "There is a waiting room" }).waitFor();
  await page.getByRole("button", { name: "Join the line", exact: true }).click();
  await page.getByRole("heading", { name: "You are in line" }).waitFor();
  const again = await placeIn(page, event);
  assert.match(again ?? "", /^Q1\./);
  assert.notEqual(again, place, "it is another place");
  assert.deepEqual(faults, []);
  assertNoErrors();
});

test("the line is readable in every state and look", async () => {
  const event = await hotEvent(null);
  const faults = [];
  const states = {
    early: { waiting: 812, sales_start: new Date(Date.now() + 600_000).toISOString() },
    waiting: { position: 1204, waiting: 5310, estimated_wait_seconds: 260 },
    paused: { position: 3, waiting: 40 },
    unavailable: {},
  };
  const { page, assertNoErrors } = await open();
  await page.goto(`/events/${event.id}`);
  await page.getByRole("heading", { name: "There is a waiting room" }).waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-room-join")));
  await page.goto("/register");
  await register(page, newcomer("Cleo"));
  await page.waitForURL((url) => !url.pathname.startsWith("/register"));
  for (const [status, figures] of Object.entries(states)) {
    // A line as long as that is not to be had here: only what the page makes of it is looked at.
    await page.route("**/queue", (route) => route.fulfill({ json: { event_id: event.id, status, ...figures } }));
    await page.goto(`/events/${event.id}`);
    await page.getByRole("heading", { name: "You are in line" }).waitFor();
    faults.push(...(await faultsInEveryLook(page, `waiting-room-${status}`)));
    await page.unroute("**/queue");
  }
  assert.deepEqual(faults, []);
  assertNoErrors();
});
