/** A hot event from the line to the last seat: two browsers side by side, and a third one that comes too late. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, phone, picture, register, start, stop } from "./lib/browser.mjs";
import { joinAs, pay, turnOf } from "./lib/line.mjs";
import { eventually, newcomer, newSeatedEvent } from "./lib/platform.mjs";

before(start);
after(stop);

const EARLY_MS = 30_000;

/** Opens the map and goes along the row; gives what it says of the seat where it stops. */
async function seatAt(page, number) {
  const map = page.getByRole("application");
  if (!(await map.isVisible())) await page.getByRole("button", { name: /Choose seats on the map/ }).click();
  await map.focus();
  const said = page.locator("output[aria-live=polite]").last();
  const wanted = new RegExp(`seat ${number}\\b`, "i");
  await page.keyboard.press("ArrowLeft");
  for (let step = 0; step < 4 && !wanted.test((await said.textContent()) ?? ""); step += 1) {
    await page.keyboard.press(step % 2 === 0 ? "ArrowRight" : "ArrowLeft");
  }
  const text = (await said.textContent()) ?? "";
  assert.match(text, wanted);
  return text;
}

async function take(page, number) {
  assert.match(await seatAt(page, number), /free$/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Hold tickets" }).click();
  await page.waitForURL(/\/checkout$/);
}

test("from the line to the map, where each sees the other's seat go, to sold out and the waiting list", async () => {
  const event = await newSeatedEvent(2, {
    title: `Two seats ${Date.now()}`,
    waiting_room: true,
    ticket_types: [
      {
        name: "Stalls",
        price: { amount: 4900, currency: "EUR" },
        capacity: 2,
        max_per_order: 1,
        seating_categories: ["Stalls"],
        sales_start: new Date(Date.now() + EARLY_MS).toISOString(),
      },
    ],
  });
  const ada = await joinAs("Ada", event, { viewport: phone });
  const ben = await joinAs("Ben", event);
  await Promise.all([turnOf(ada.page, EARLY_MS + 15_000), turnOf(ben.page, EARLY_MS + 15_000)]);

  assert.match(await seatAt(ben.page, 2), /free$/);
  await take(ada.page, 2);
  await eventually("Ben sees that Ada's seat is gone, without a reload", async () => (await seatAt(ben.page, 2)).endsWith("taken"));
  await picture(ben.page, "on-sale-seat-gone");
  await take(ben.page, 1);

  const cleo = await open({ viewport: phone });
  await cleo.page.goto(`/events/${event.id}`);
  await cleo.page.getByText("Sold out").first().waitFor();
  await cleo.page.getByRole("button", { name: "Log in and join the waiting list" }).click();
  await cleo.page.waitForURL(/\/login/);
  await register(cleo.page, newcomer("Cleo"));
  await cleo.page.waitForURL(/\/events\//);
  await cleo.page.getByText("You are next in line", { exact: true }).last().waitFor();
  await picture(cleo.page, "on-sale-sold-out");

  await pay(ada.page);
  await ben.page.getByRole("button", { name: "Give the tickets back" }).click();
  await ben.page.waitForURL(/\/events\/[^/]+$/);
  await eventually("Cleo is offered Ben's seat", async () => {
    await cleo.page.evaluate(() => globalThis.dispatchEvent(new Event("visibilitychange")));
    return cleo.page.getByText("A place for you", { exact: true }).isVisible();
  });
  await picture(cleo.page, "on-sale-offer");
  for (const { assertNoErrors } of [ada, ben, cleo]) assertNoErrors();
});
