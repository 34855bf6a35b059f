/** The browser in which pages are looked at. */

import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import type { Comparison } from "../../../src/compare/document.ts";
import { pageChunks } from "../../../src/compare/html/page.ts";
import { pageScript } from "../../../src/pages/scripts/page-script.ts";

/** Where the left side of a sample is restored from. */
const SOURCES = { left: { backup: "backup_20261001T030000Z" } };

/** What Debian, Ubuntu and others call it. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Why no page can be looked at here, for `test`'s option `skip`; false where one can.
 *
 * @throws {Error} with the same reason in continuous integration (CI=true), where nothing may be skipped.
 */
export function whyNoBrowser(): string | false {
  if (findBrowser() !== undefined) return false;
  const reason = "a page needs a browser: install Debian's package chromium";
  if (process.env["CI"] === "true") throw new Error(`Cannot look at pages: ${reason}`);
  return reason;
}

function findBrowser(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts the browser, without a window. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("Cannot start a browser: there is none");
  // Root may not run it otherwise, and it sees nothing here but our own pages.
  return await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
}

/** A page that is open, and what it did that it must not do. */
export interface OpenPage {
  page: Page;
  /** From the start of the navigation until the objects can be seen and searched, in milliseconds. */
  milliseconds: number;
  /** Addresses that were asked for, the page itself aside. */
  requests: string[];
  /** Errors and all that was written to the console. */
  complaints: string[];
}

/** Writes a comparison's page, or the pieces of one that has objects, to a file and opens it. */
export async function openPage(
  browser: Browser,
  comparison: Comparison | Iterable<string>,
  { folder, hash = "" }: { folder: string; hash?: string },
): Promise<OpenPage> {
  const chunks =
    "objects" in comparison
      ? pageChunks(comparison, { script: await pageScript("diff"), sources: SOURCES })
      : comparison;
  const isEmpty = "objects" in comparison && comparison.objects.length === 0;
  const shows = isEmpty ? ".empty" : ".toggle";
  return await openHtml(browser, [...chunks].join(""), { folder, hash, shows });
}

/** Writes a page to a file and opens it; `shows` selects what must be seen. */
export async function openHtml(
  browser: Browser,
  html: string,
  { folder, hash = "", shows }: { folder: string; hash?: string; shows: string },
): Promise<OpenPage> {
  const file = path.join(folder, "page.html");
  await writeFile(file, html);
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  const address = pathToFileURL(file).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (url.split("#")[0] !== address && !url.startsWith("data:")) requests.push(url);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const start = performance.now();
  await page.goto(`${address}${hash}`, { waitUntil: "load" });
  await page.waitForSelector(shows, { visible: true });
  return { page, milliseconds: performance.now() - start, requests, complaints };
}

/** The text of the first element that a selector finds. */
export async function text(page: Page, selector: string): Promise<string> {
  return (await page.$eval(selector, (element) => element.textContent ?? "")).trim();
}

/** How many elements a selector finds. */
export async function count(page: Page, selector: string): Promise<number> {
  return (await page.$$(selector)).length;
}
