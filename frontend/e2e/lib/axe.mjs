/** axe on what a page shows right now. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { desk, phone, picture } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious faults in a sentence each; being wider than the screen is one. */
export async function faultsOf(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  const faults = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${name}: ${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  return wide ? [...faults, `${name}: wider than the screen`] : faults;
}

/** Colours on their way from light to dark are neither. */
function transitionsOver(page) {
  return page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map(({ finished }) => finished));
  });
}

/** The same for a state that is not reached by an address alone: on phone and desk, in light and dark, where it stands. */
export async function faultsInEveryLook(page, name) {
  const faults = [];
  const before = page.viewportSize();
  for (const [size, viewport] of [["phone", phone], ["desk", desk]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await transitionsOver(page);
      faults.push(...(await faultsOf(page, `${name}, ${size}, ${colorScheme}`)));
      await picture(page, `${name}-${size}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (before) await page.setViewportSize(before);
  return faults;
}
