/** From finding an event to walking through its gate. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { logIn, open, phone, picture, register, start, stop } from "./lib/browser.mjs";
import { mailTo, newcomer, seatedEvent, staff } from "./lib/platform.mjs";

before(start);
after(stop);

/** Walks the map by keyboard to two free seats next to each other. */
async function chooseTwoSeats(page) {
  await page.getByRole("button", { name: /Choose seats on the map/ }).click();
  const map = page.getByRole("application");
  await map.waitFor();
  await map.focus();
  const said = page.locator("output[aria-live=polite]").last();
  let chosen = 0;
  for (let step = 0; step < 120 && chosen < 2; step += 1) {
    await page.keyboard.press(step % 30 === 29 ? "ArrowDown" : "ArrowRight");
    if (!((await said.textContent()) ?? "").endsWith("free")) continue;
    await page.keyboard.press("Enter");
    if (((await said.textContent()) ?? "").endsWith("chosen.")) chosen += 1;
  }
  assert.equal(chosen, 2, "two seats were chosen");
}

test("register, seat map, hold, pay, tickets, receipt, mail, check-in", async () => {
  const { title, id } = await seatedEvent();
  const ada = newcomer("Ada");
  const { page, assertNoErrors } = await open({ viewport: phone });

  await page.goto("/");
  await page.getByLabel("What").fill(title);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: title, exact: true }).first().click();
  await page.waitForURL(new RegExp(id));
  await chooseTwoSeats(page);
  await picture(page, "journey-seat-map");
  await page.getByRole("button", { name: "Continue" }).click();

  await register(page, ada);
  await page.waitForURL(/\/checkout$/);
  await picture(page, "journey-checkout");
  await page.getByRole("radio", { name: /4242/ }).check();
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.getByRole("heading", { name: "The tickets are yours" }).waitFor();
  await picture(page, "journey-done");

  await page.getByRole("link", { name: "Show tickets" }).click();
  await page.getByAltText(/QR code of ticket 1/).waitFor();
  await picture(page, "journey-tickets");
  await page.getByText("Code as text").first().click();
  const code = await page.locator("details[open] code").first().textContent();
  assert.match(code ?? "", /^T1\./);

  const booking = page.url().split("/bookings/")[1]?.split("/")[0];
  await page.goto(`/bookings/${booking}/receipt`);
  await page.getByRole("heading", { name: /^Receipt R/ }).waitFor();
  await picture(page, "journey-receipt");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /PDF/ }).first().click();
  assert.match((await download).suggestedFilename(), /\.pdf$/);

  const mail = await mailTo(ada.email, /^Your tickets for /);
  assert.ok(mail.subject.includes(title), "the mail names the event");
  assert.ok(mail.attachments?.some(({ generatedFileName }) => generatedFileName.endsWith(".ics")), "the mail brings the date for a calendar");

  const gate = await open();
  await logIn(gate.page, staff);
  await gate.page.goto(`/staff/events/${id}`);
  const check = async (text) => {
    await gate.page.getByLabel("Ticket code").fill(text);
    await gate.page.keyboard.press("Enter");
  };
  await check(code ?? "");
  await gate.page.getByText("Let in", { exact: true }).waitFor();
  await picture(gate.page, "journey-gate-go");
  await gate.page.getByRole("button", { name: "Undo" }).click();
  await gate.page.getByText("Taken back", { exact: true }).waitFor();
  await check("T1.nonsense.code");
  await gate.page.getByText("Invalid code").waitFor();
  await check(code ?? "");
  await gate.page.getByText("Let in", { exact: true }).waitFor();
  assertNoErrors();
  gate.assertNoErrors();
});

test("a decline keeps the hold, and another card works", async () => {
  const { id } = await seatedEvent();
  const ben = newcomer("Ben");
  const { page, assertNoErrors } = await open();
  await page.goto("/register");
  await register(page, ben);
  await page.waitForURL((url) => !url.pathname.startsWith("/register"));
  await page.goto(`/events/${id}`);
  await page.getByRole("radio").first().check();
  await page.getByRole("button", { name: "Hold tickets" }).click();
  await page.waitForURL(/\/checkout$/);
  const checkout = page.url();

  await page.getByRole("radio", { name: /0002/ }).check();
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.getByText("The card was declined").waitFor();
  await picture(page, "journey-declined");
  // Nothing is lost by a reload.
  await page.reload();
  await page.getByText("The card was declined").waitFor();
  assert.equal(page.url(), checkout);

  await page.getByRole("radio", { name: /3155/ }).check();
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("heading", { name: "The tickets are yours" }).waitFor();
  assertNoErrors();
});
