/** What axe (https://github.com/dequelabs/axe-core) finds in a page that people with disabilities cannot use. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "puppeteer-core";

/**
 * The serious and critical violations of a page as it is now, a line for each element: `serious color-contrast: .count`.
 * The Content-Security-Policy of the page stays in force: the browser's debugger runs axe.
 */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const results = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, impact, nodes }) => nodes.map(({ target }) => `${impact} ${id}: ${target.join(" ")}`));
}

/** The appearances in which a page is looked at: a desktop and a phone, light and dark. */
export const APPEARANCES = (["light", "dark"] as const).flatMap((scheme) =>
  [
    { device: "desktop", width: 1280, height: 900 },
    { device: "phone", width: 390, height: 844 },
  ].map((screen) => ({ ...screen, scheme, title: `${screen.device}, ${scheme}` })),
);

/** Shows a page in an appearance. */
export async function appear(
  page: Page,
  { width, height, scheme }: (typeof APPEARANCES)[number],
): Promise<void> {
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
}
