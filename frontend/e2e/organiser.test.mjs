/** An organiser makes, publishes and cancels an event for who has an access code; the buyer gets the money back. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsInEveryLook } from "./lib/axe.mjs";
import { logIn, open, picture, register, start, stop } from "./lib/browser.mjs";
import { mailTo, newcomer, organiser } from "./lib/platform.mjs";

before(start);
after(stop);

test("create, publish, sell, cancel with refunds", async () => {
  const { page, assertNoErrors } = await open();
  const title = `Test concert ${Date.now()}`;
  await logIn(page, organiser);
  await page.goto("/organiser");
  await page.getByRole("link", { name: "New event" }).first().click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Name of the place").fill("City Hall");
  await page.getByLabel(/Price in EUR/).fill("25");
  await page.getByLabel("How many").fill("10");
  await page.getByText("Limits, time of sale, access code").click();
  await page.getByLabel("Access code").fill("Moonlight");
  await page.getByRole("button", { name: "Save as draft" }).click();
  await page.waitForURL(/\/edit$/);
  // A draft saves itself.
  await page.getByLabel(/Description/).fill("An evening with a brass band.");
  await page.getByText("Not saved yet").waitFor();
  await page.getByText("Saved", { exact: true }).waitFor();
  await picture(page, "organiser-editor");
  await page.reload();
  assert.equal(await page.getByLabel(/Description/).inputValue(), "An evening with a brass band.");
  assert.equal(await page.getByLabel("Access code").inputValue(), "Moonlight");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.waitForURL((url) => /\/organiser\/[^/]+\/events\/[^/]+$/.test(url.pathname));
  const event = page.url().split("/events/")[1];

  const cleo = newcomer("Cleo");
  const buyer = await open();
  await buyer.page.goto("/register");
  await register(buyer.page, cleo);
  await buyer.page.waitForURL((url) => !url.pathname.startsWith("/register"));
  await buyer.page.goto(`/events/${event}`);
  await buyer.page.getByText("With an access code").waitFor();
  const code = buyer.page.getByLabel("Access code");
  await code.fill("Sunlight");
  await code.press("Enter");
  await buyer.page.getByRole("button", { name: /One more: Regular/ }).click();
  await buyer.page.getByRole("button", { name: "Hold tickets" }).click();
  await buyer.page.getByText(/does not open these tickets/).waitFor();
  assert.deepEqual(await faultsInEveryLook(buyer.page, "access-code"), []);
  await code.fill("moonlight");
  await code.press("Enter");
  await buyer.page.getByRole("button", { name: "Hold tickets" }).click();
  await buyer.page.waitForURL(/\/checkout$/);
  await buyer.page.getByRole("radio", { name: /4242/ }).check();
  await buyer.page.getByRole("button", { name: /^Pay / }).click();
  await buyer.page.getByRole("heading", { name: "The tickets are yours" }).waitFor();
  const booking = buyer.page.url().split("/bookings/")[1]?.split("/")[0];

  await page.reload();
  await page.getByText("1 of 10").waitFor();
  await picture(page, "organiser-sales");
  await page.getByRole("button", { name: "Cancel the event", exact: true }).click();
  await page.getByLabel(/What buyers are told/).fill("The band is ill.");
  await page.getByRole("button", { name: /refund everybody/ }).click();
  await page.getByText("This event is cancelled").waitFor();

  await mailTo(cleo.email, /cancelled/i);
  await mailTo(cleo.email, /refund/i);
  await buyer.page.goto(`/bookings/${booking}/receipt`);
  await buyer.page.getByRole("heading", { name: /Credit note/ }).waitFor();
  await picture(buyer.page, "organiser-credit-note");
  await buyer.page.goto(`/events/${event}`);
  await buyer.page.getByText(/cancelled/i).first().waitFor();
  assertNoErrors();
  buyer.assertNoErrors();
});
