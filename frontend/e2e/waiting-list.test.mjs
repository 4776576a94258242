/** A sold-out event: who waits is offered what comes back. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsInEveryLook } from "./lib/axe.mjs";
import { open, phone, register, start, stop } from "./lib/browser.mjs";
import { eventually, mailTo, newcomer, newEvent } from "./lib/platform.mjs";

before(start);
after(stop);

/** An event whose only place somebody holds. */
async function soldOutEvent() {
  const event = await newEvent({
    title: `One place ${Date.now()}`,
    ticket_types: [{ name: "Standing", price: { amount: 2500, currency: "EUR" }, capacity: 1, max_per_order: 4 }],
  });
  const holder = await open();
  await holder.page.goto("/register");
  await register(holder.page, newcomer("Ada"));
  await holder.page.waitForURL((url) => !url.pathname.startsWith("/register"));
  // Booking hears of a new event by message.
  await eventually("the place can be chosen", async () => {
    await holder.page.goto(`/events/${event.id}`);
    return holder.page.getByRole("button", { name: /One more: Standing/ }).isVisible({ timeout: 1_000 });
  });
  await holder.page.getByRole("button", { name: /One more: Standing/ }).click();
  await holder.page.getByRole("button", { name: "Hold tickets" }).click();
  await holder.page.waitForURL(/\/checkout$/);
  return { event, holder };
}

async function giveBack({ page }) {
  await page.getByRole("button", { name: "Give the tickets back" }).click();
  await page.waitForURL(/\/events\/[^/]+$/);
}

/** Comes back to the page now and then, as people do, until it shows what is waited for. */
function whenLookedAtAgain(page, locator) {
  return eventually("the page shows it", async () => {
    await page.evaluate(() => globalThis.dispatchEvent(new Event("visibilitychange")));
    return locator.isVisible();
  });
}

test("log in to join, wait, be offered the place by mail, and buy it", async () => {
  const { event, holder } = await soldOutEvent();
  const ben = newcomer("Ben");
  const { page, assertNoErrors } = await open({ viewport: phone });
  const faults = [];
  await page.goto(`/events/${event.id}`);
  await page.getByRole("heading", { name: "Waiting list" }).waitFor();
  await page.getByText("Sold out").first().waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-list-join")));

  // Who logs in comes back and is on the list.
  await page.getByRole("button", { name: "Log in and join the waiting list" }).click();
  await page.waitForURL(/\/login/);
  await register(page, ben);
  await page.waitForURL(/\/events\//);
  await page.getByText("You are next in line", { exact: true }).last().waitFor();
  await page.reload();
  await page.getByText("You are next in line", { exact: true }).last().waitFor();
  assert.equal(await page.getByRole("button", { name: /oin the waiting list/ }).count(), 0, "nobody waits twice for the same");
  faults.push(...(await faultsInEveryLook(page, "waiting-list-in-line")));
  await page.getByRole("button", { name: "Leave the list" }).click();
  await page.getByText(/you start at the end of the line/).waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-list-leaving")));
  await page.getByRole("button", { name: "Stay on it" }).click();

  const offered = "Offered by the waiting list";
  await holder.page.getByText("Your tickets are held for").waitFor();
  assert.equal(await holder.page.getByText(offered).count(), 0, "who took the place was offered nothing");
  await giveBack(holder);
  const mail = await mailTo(ben.email, /^Your turn: 1 place for /);
  assert.ok(mail.subject.includes(event.title), "the mail names the event");
  const link = /https?:\S+\/bookings\/\S+\/checkout/.exec(mail.text)?.[0];
  assert.ok(link, `the mail links to where it is bought: ${mail.text}`);
  await whenLookedAtAgain(page, page.getByText("A place for you", { exact: true }));
  assert.equal(await page.getByText(/You hold/).count(), 0, "an offer is shown once");
  assert.ok(await holder.page.getByText("Sold out").first().isVisible(), "nobody else can take it");
  faults.push(...(await faultsInEveryLook(page, "waiting-list-offer")));

  // Who finds it among their bookings is told why it is there.
  await page.goto("/bookings");
  await page.getByText(offered).waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-list-offer-in-bookings")));
  await page.goto(link.replace(/\/checkout$/, ""));
  await page.getByText(offered).waitFor();
  await page.goto(link);
  await page.getByText(offered).waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-list-offer-checkout")));
  await page.getByRole("radio", { name: /4242/ }).check();
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.getByRole("heading", { name: "The tickets are yours" }).waitFor();
  await page.goto(`/events/${event.id}`);
  await page.getByText("You bought 1 ticket from the waiting list").waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-list-bought")));
  assert.deepEqual(faults, []);
  assertNoErrors();
  holder.assertNoErrors();
});

test("leave the list, join again, decline the offer", async () => {
  const { event, holder } = await soldOutEvent();
  const cleo = newcomer("Cleo");
  const { page, assertNoErrors } = await open();
  const faults = [];
  await page.goto("/register");
  await register(page, cleo);
  await page.waitForURL((url) => !url.pathname.startsWith("/register"));
  await page.goto(`/events/${event.id}`);
  await page.getByRole("button", { name: "Join the waiting list" }).click();
  await page.getByRole("button", { name: "Leave the list" }).click();
  await page.getByRole("group", { name: /Leave the waiting list/ }).getByRole("button", { name: "Leave the list" }).click();
  await page.getByText("You left the waiting list").waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-list-left")));
  await page.getByRole("button", { name: "Join the waiting list" }).click();
  await page.getByText("You are next in line", { exact: true }).last().waitFor();

  await giveBack(holder);
  await whenLookedAtAgain(page, page.getByText("A place for you", { exact: true }));
  await page.getByRole("button", { name: "Decline", exact: true }).click();
  await page.getByText(/you are off the list/).waitFor();
  faults.push(...(await faultsInEveryLook(page, "waiting-list-declining")));
  await page.getByRole("button", { name: "Decline the place" }).click();
  // Nobody else waits: the place is on sale again.
  await page.getByRole("button", { name: "Hold tickets" }).waitFor();
  await page.getByText("A place for you", { exact: true }).waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
  assertNoErrors();
  holder.assertNoErrors();
});

test("places that came back meanwhile are offered to book at once", async () => {
  const { event, holder } = await soldOutEvent();
  const dora = newcomer("Dora");
  const { page, assertNoErrors } = await open({ viewport: phone });
  await page.goto("/register");
  await register(page, dora);
  await page.waitForURL((url) => !url.pathname.startsWith("/register"));
  // What is left is told late: the page still shows the form when the place is free again.
  await page.route("**/availability/stream", (route) => route.abort());
  await page.goto(`/events/${event.id}`);
  const join = page.getByRole("button", { name: "Join the waiting list" });
  await join.waitFor();
  await page.route(`**/events/${event.id}/availability`, (route) => route.abort());
  await giveBack(holder);
  await join.click();
  await page.getByText("There are tickets again").waitFor();
  await page.unroute(`**/events/${event.id}/availability`);
  await page.getByRole("button", { name: "Book now" }).click();
  await page.getByRole("button", { name: /One more: Standing/ }).click();
  await page.getByRole("button", { name: "Hold tickets" }).click();
  await page.waitForURL(/\/checkout$/);
  assertNoErrors();
});
