/** The waiting room of an event, as somebody goes through it. */
import { open, register } from "./browser.mjs";
import { newcomer } from "./platform.mjs";

/** Logs in on the way into the line, and is in it. */
export async function joinAs(name, event, options) {
  const browser = await open(options);
  await browser.page.goto(`/events/${event.id}`);
  await browser.page.getByRole("button", { name: "Log in and join the line" }).click();
  await browser.page.waitForURL(/\/login/);
  await register(browser.page, newcomer(name));
  await browser.page.waitForURL(/\/events\//);
  await browser.page.getByRole("heading", { name: "You are in line" }).waitFor();
  return browser;
}

/** Waits to be let in, without a reload. */
export async function turnOf(page, timeout) {
  await page.getByText("It is your turn", { exact: true }).waitFor({ timeout });
}

export async function pay(page) {
  await page.waitForURL(/\/checkout$/);
  await page.getByRole("radio", { name: /4242/ }).check();
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.getByRole("heading", { name: "The tickets are yours" }).waitFor();
}
