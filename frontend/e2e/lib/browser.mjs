/** Headless Chromium, and what people do in it again and again. */
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { baseUrl } from "./platform.mjs";

const screenshots = process.env.SCREENSHOTS ?? process.env.E2E_RESULTS;
export const phone = { width: 360, height: 740 };
export const desk = { width: 1440, height: 900 };

let browser;

export async function start() {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

export async function stop() {
  await browser?.close();
}

/** A browser of one person's own. Errors of the page fail the test that calls `assertNoErrors`. */
export async function open({ viewport = desk, colorScheme = "light" } = {}) {
  const context = await browser.newContext({ baseURL: baseUrl, viewport, colorScheme, locale: "en-GB", acceptDownloads: true });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  return { context, page, assertNoErrors: () => {
    if (errors.length > 0) throw new Error(`the page threw: ${errors.join("; ")}`);
  } };
}

export async function logIn(page, { email, password }) {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

export async function register(page, { name, email, password }) {
  await page.getByRole("button", { name: /new$/ }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: /Create account/ }).click();
}

/** Where a picture helps to find a fault or to look at the pages; only when somebody asks for pictures. */
export async function picture(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
}
