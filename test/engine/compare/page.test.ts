/** The page of `diff --output html`, in a browser. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { bundle, METAFILE } from "../../../build/bundle.ts";
import type { Comparison } from "../../../src/compare/document.ts";
import { pageChunks } from "../../../src/compare/html/page.ts";
import { pageScript } from "../../../src/pages/scripts/page-script.ts";
import { APPEARANCES, appear, violations } from "../../support/browser/axe.ts";
import {
  count,
  type OpenPage,
  openPage,
  startBrowser,
  text,
  whyNoBrowser,
} from "../../support/browser/browser.ts";
import { hostileComparison } from "../../support/samples/hostile-comparison.ts";
import { SECRET_VALUE, sampleComparison } from "../../support/samples/sample-comparison.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

const skip = whyNoBrowser();

describe("the page of a comparison", { skip }, () => {
  let browser: Browser;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-html-"));
    browser = await startBrowser();
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a page, and looks at the end that it asked for nothing and complained about nothing. */
  async function withPage(
    comparison: Comparison | Iterable<string>,
    work: (open: OpenPage) => Promise<void>,
    hash = "",
  ): Promise<void> {
    const open = await openPage(browser, comparison, { folder, hash });
    try {
      await work(open);
      assert.deepEqual(open.complaints, []);
      assert.deepEqual(open.requests, []);
    } finally {
      await open.page.close();
    }
  }

  test("without differences it says so", async () => {
    await withPage(sampleComparison(0), async ({ page }) => {
      assert.equal(await text(page, "h1"), "No differences");
      assert.match(
        await text(page, ".empty"),
        /^812 objects are alike in backup_2026\S+ and cluster prod\.$/,
      );
    });
  });

  for (const size of [10, 10_000]) {
    test(`with ${size} objects its counts are those of the document`, async (t) => {
      const comparison = sampleComparison(size);
      await withPage(comparison, async ({ page, milliseconds }) => {
        t.diagnostic(`${size} objects: loaded in ${Math.round(milliseconds)} ms`);
        await settled(page, size);
        for (const change of ["added", "changed", "removed"] as const) {
          const expected = comparison.summary[change].toLocaleString("en-US");
          assert.equal(await text(page, `button.change.${change} .count`), expected);
          await page.click(`button.change.${change}`);
          await settled(page, comparison.summary[change]);
          const others = await page.$$(`.object:not(.${change}), .group:not(.${change})`);
          assert.equal(others.length, 0);
        }
      });
    });
  }

  test("the summary's numbers filter the list and are those of the document", async () => {
    const comparison = sampleComparison(200);
    await withPage(comparison, async ({ page }) => {
      const wanted = comparison.objects.filter(
        ({ namespace, resource }) => namespace === "shop" && resource === "deployments.apps",
      );
      const cell = 'td .cell[data-namespace="shop"][data-resource="deployments.apps"]';
      assert.equal(await text(page, cell), String(wanted.length));
      await page.click(cell);
      await settled(page, wanted.length);
      assert.deepEqual(await names(page), wanted.map(({ name }) => name).sort());
      await page.click('th .cell[data-namespace="-"]');
      const scoped = comparison.objects.filter(({ namespace }) => namespace === null);
      await settled(page, scoped.length);
      await page.click("#unfold");
      await page.waitForSelector(".members");
      assert.deepEqual(await names(page), scoped.map(({ name }) => name).sort());
      await page.click("#clear");
      await settled(page, 200);
    });
  });

  test("the search finds objects by name, path and value among 10,000, and shows what is in them", async (t) => {
    const comparison = sampleComparison(10_000);
    const [wanted] = comparison.objects.slice(7000).filter(({ kind }) => kind === "Deployment");
    assert.ok(wanted !== undefined);
    await withPage(comparison, async ({ page }) => {
      const start = performance.now();
      await page.type("#search", `deployment ${wanted.namespace}/${wanted.name}`);
      await page.waitForFunction("document.querySelectorAll('.object').length === 1");
      t.diagnostic(`found among 10,000 in ${Math.round(performance.now() - start)} ms, typing included`);
      assert.deepEqual(await names(page), [wanted.name]);
      await search(page, "changed by hand");
      const maps = comparison.objects.filter(({ kind }) => kind === "ConfigMap");
      await settled(page, maps.length);
      await search(page, "there is no such thing");
      await page.waitForSelector(".nothing");
      await page.keyboard.press("Escape");
      await settled(page, 10_000);
    });
  });

  test("up to ten objects are open from the start", async () => {
    await withPage(sampleComparison(10), async ({ page }) => {
      assert.equal(await count(page, ".object.open .details"), 10);
    });
    await withPage(sampleComparison(11), async ({ page }) => {
      assert.equal(await count(page, ".open"), 0);
    });
  });

  test("objects fold and unfold, one and all, with mouse and keys", async () => {
    await withPage(sampleComparison(12), async ({ page }) => {
      assert.equal(await count(page, ".details"), 0);
      await page.click(".toggle");
      assert.equal(await count(page, ".open .details"), 1);
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      assert.equal(await count(page, ".open"), 2);
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowLeft");
      assert.equal(await count(page, ".open"), 0);
      const rows = await count(page, ".toggle");
      await page.keyboard.press("e");
      assert.equal(await count(page, ".open"), rows);
      await page.keyboard.press("c");
      assert.equal(await count(page, ".open"), 0);
      await page.keyboard.press("/");
      await page.keyboard.type("jec");
      assert.equal(
        await page.$eval("#search", (input) => (input as unknown as { value: string }).value),
        "jec",
      );
      await page.keyboard.press("Escape");
      await page.click("#unfold");
      await page.waitForFunction("document.querySelectorAll('.open .details').length > 2");
      await page.keyboard.press("?");
      assert.equal(await page.evaluate("document.getElementById('keys').open"), true);
      await page.click("#close-keys");
    });
  });

  test("equal changes are one row, which holds the change once and the objects below it", async () => {
    const comparison = sampleComparison(200);
    const services = comparison.objects.filter(
      ({ kind, change }) => kind === "Service" && change === "changed",
    );
    await withPage(comparison, async ({ page }) => {
      await page.click("button.change.changed");
      await search(page, "service targetport");
      await settled(page, services.length);
      assert.equal(await count(page, ".toggle"), 1);
      assert.equal(await text(page, ".group .hint"), "targetPort 8080 → http");
      await page.click(".group .toggle");
      assert.equal(await count(page, ".group .field:not(.head)"), 1);
      assert.deepEqual(
        await names(page),
        services.map(({ namespace, name }) => `${namespace}/${name}`).sort(),
      );
      // The second row is the first object of the group.
      await page.keyboard.press("j");
      await page.keyboard.press("ArrowRight");
      assert.equal(await count(page, ".members .open .command"), 1);
    });
  });

  test("what the cluster wrote itself is hidden and shown", async () => {
    const comparison = sampleComparison(30);
    for (const object of comparison.objects) {
      if (object.kind === "ReplicaSet") object.byController = true;
      if (object.kind === "ConfigMap")
        object.fields.push({ path: "metadata.x", left: 1, right: 2, follows: true });
    }
    const sets = comparison.objects.filter(({ kind }) => kind === "ReplicaSet").length;
    const maps = comparison.objects.filter(({ kind }) => kind === "ConfigMap").length;
    await withPage(comparison, async ({ page }) => {
      await page.click("#unfold");
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      const remarks = async () =>
        (await page.$$eval(".path", (all) => all.map(({ textContent }) => textContent ?? ""))).filter(
          (each) => each.includes("written by the cluster itself"),
        ).length;
      assert.equal(await text(page, ".switch .count"), String(sets + maps));
      assert.equal(await remarks(), maps);
      await page.click("#by-cluster");
      await settled(page, 30 - sets);
      assert.equal(await remarks(), 0);
      assert.match(await text(page, "#status"), new RegExp(`^${30 - sets} of 30 objects`));
      await page.click("#by-cluster");
      await settled(page, 30);
    });
  });

  test("the filter is in the address, and an address with one leads to what it leaves", async () => {
    const comparison = sampleComparison(200);
    const wanted = comparison.objects.filter(
      ({ kind, change, namespace }) => kind === "Deployment" && change === "removed" && namespace === "shop",
    );
    let address = "";
    await withPage(comparison, async ({ page }) => {
      await search(page, "web");
      await page.click("button.change.removed");
      await page.click('td .cell[data-namespace="shop"][data-resource="deployments.apps"]');
      address = (await page.evaluate("location.hash")) as string;
      assert.equal(address, "#?search=web&change=removed&namespace=shop&kind=deployments.apps");
      await page.click("#clear");
      assert.equal(await page.evaluate("location.hash"), "");
    });
    await withPage(
      comparison,
      async ({ page }) => {
        await settled(page, wanted.length);
        assert.deepEqual(await names(page), wanted.map(({ name }) => name).sort());
        assert.equal(await count(page, "button.change.removed[aria-pressed=true]"), 1);
        assert.equal(await count(page, ".cell[aria-pressed=true]"), 1);
        assert.equal(await page.evaluate("location.hash"), address.replace("search=web&", ""));
      },
      address.replace("search=web&", ""),
    );
  });

  test("the restore command of an object is copied; an object that is only in the cluster has none", async () => {
    await withPage(sampleComparison(10), async ({ page }) => {
      const command = await text(page, ".object.removed .command code");
      assert.match(
        command,
        /^kube-backup restore --backup=backup_20261001T030000Z --namespace=\S+ deployments\.apps\/\S+$/,
      );
      assert.match(await text(page, ".object.changed .command code"), / --existing=update /);
      assert.equal(await count(page, ".object.added .command"), 0);
      await page.evaluate(`navigator.clipboard.writeText = async (text) => { document.title = text; }`);
      await page.evaluate("document.querySelector('.object.removed .copy').click()");
      await page.waitForFunction(
        "document.querySelector('.object.removed .copied').textContent === 'Copied'",
      );
      assert.equal(await page.title(), command);
    });
  });

  for (const [rows, isLong] of [
    [25, false],
    [26, true],
  ] as const) {
    test(`a summary of ${rows} rows is ${isLong ? "scrolled" : "shown whole"}`, async () => {
      const comparison = sampleComparison(rows);
      for (const [index, object] of comparison.objects.entries()) object.namespace = `team-${index}`;
      await withPage(comparison, async ({ page }) => {
        const hidden = "(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)";
        const over = Number(await page.evaluate(`${hidden}(document.querySelector(".matrix"))`));
        assert.equal(over > 1, isLong, `${over} pixels are hidden`);
      });
    });
  }

  test("the summary is folded on a phone, and the rows say what changed", async () => {
    await withPage(sampleComparison(30), async ({ page }) => {
      assert.equal(await count(page, ".summary[open]"), 1);
      await page.setViewport({ width: 390, height: 844 });
      await page.reload();
      await page.waitForSelector(".toggle");
      assert.equal(await count(page, ".summary[open]"), 0);
      assert.ok(await page.$eval(".object.changed .hint", ({ clientHeight }) => clientHeight > 0));
    });
  });

  test("all 10,000 objects unfold, what is in them being shown as the reader comes to it", async (t) => {
    await withPage(sampleComparison(10_000), async ({ page }) => {
      await settled(page, 10_000);
      const start = performance.now();
      await page.click("#unfold");
      await page.waitForSelector(".details", { visible: true });
      t.diagnostic(`unfolded 10,000 in ${Math.round(performance.now() - start)} ms`);
      // Objects of a group stay folded: the group shows their change.
      await page.waitForFunction(
        "document.querySelectorAll('.open').length === document.querySelectorAll('.block .toggle').length - document.querySelectorAll('.members .toggle').length",
      );
      assert.ok((await count(page, ".open")) > 7_000);
      assert.ok((await count(page, ".details")) < 500);
      await page.evaluate("[...document.querySelectorAll('.object')].at(-1).scrollIntoView()");
      await page.waitForFunction(
        "[...document.querySelectorAll('.object')].at(-1).querySelector('.details')",
      );
    });
  });

  test("a link leads to an object, which is unfolded and has the focus, whatever the filter", async () => {
    const comparison = sampleComparison(10_000);
    const wanted = comparison.objects.findLast(({ kind }) => kind === "Service");
    assert.ok(wanted !== undefined);
    const hash = `#${wanted.namespace}/services/${wanted.name}`;
    const focused = "document.activeElement.closest('.object.open')?.querySelector('.name').textContent";
    await withPage(
      comparison,
      async ({ page }) => {
        assert.equal(await page.evaluate(focused), wanted.name);
        await search(page, "there is no such thing");
        await page.waitForSelector(".nothing");
        await page.evaluate(`location.hash = ""; location.hash = ${JSON.stringify(hash)}`);
        await page.waitForSelector(".object");
        assert.equal(await page.evaluate(focused), wanted.name);
      },
      hash,
    );
  });

  test("what follows an object lies below it", async () => {
    await withPage(sampleComparison(10), async ({ page }) => {
      const followers = await page.$$eval(".below > .object", (rows) => rows.map((row) => row.textContent));
      assert.ok(followers.length > 0);
      for (const follower of followers) assert.match(follower ?? "", /ReplicaSet/);
    });
  });

  test("a Secret's values are nowhere", async () => {
    const comparison = sampleComparison(100);
    await withPage(comparison, async ({ page }) => {
      await search(page, "secret");
      await page.click("#unfold");
      await page.waitForSelector(".masked");
      const masked = await page.$$eval(".masked", (cells) => cells.map((cell) => cell.textContent));
      assert.deepEqual([...new Set(masked)].sort(), ["a value, not shown", "changed, not shown"]);
      assert.ok(JSON.stringify(comparison).includes(SECRET_VALUE));
      assert.ok(!(await page.content()).includes(SECRET_VALUE));
    });
  });

  test("hostile text stays text", async () => {
    const comparison = hostileComparison();
    await withPage(comparison, async ({ page }) => {
      await settled(page, comparison.objects.length);
      await page.click("#unfold");
      await page.waitForSelector(".details");
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      await page.evaluate("document.querySelector('tr:nth-child(2) th .cell').click()");
      const status = await text(page, "#status");
      assert.match(status, /^2 of 48 objects in /);
      assert.equal(await count(page, "img, iframe, object, embed, base, form"), 0);
      assert.equal(await count(page, "script:not(#data)"), 1);
      assert.equal(await count(page, "a:not(.link)"), 0);
      await page.click("#clear");
      await settled(page, comparison.objects.length);
      await page.click("#unfold");
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      const parts = await page.$$eval(".top, .summary, .toolbar, #objects", (all) =>
        all.map((part) => part.textContent ?? ""),
      );
      const shown = [...parts, status].join("\n");
      assert.ok(shown.includes("</script><img src=x onerror=hostile()>"), "it is shown as it is");
      assert.ok(!/\p{Bidi_Control}/u.test(shown), "nothing turns the direction of writing");
      assert.match(shown, /U\+202E/);
    });
  });

  test("a script that came into the page in spite of all does not run", async () => {
    const file = path.join(folder, "injected.html");
    const html = [...pageChunks(sampleComparison(1), { script: await pageScript("diff") })].join("");
    const injected = "<script>document.title = 'injected'</script><img src=x onerror='document.title = 1'>";
    await writeFile(file, html.replace("</body>", `${injected}</body>`));
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector(".object");
    assert.match(await page.title(), /^backup_/);
    assert.ok(complaints.some((complaint) => complaint.includes("Content Security Policy")));
    await page.close();
  });

  test("it is the same from the bundle that the executable is made of", async () => {
    // `make test` has made it; with another program than the built one it may be old or not there.
    const isBuilt = (process.env["KUBE_BACKUP"] ?? "") === "";
    const bundled = isBuilt ? path.join(ROOT, "dist", "bundle") : path.join(folder, "bundle");
    if (!isBuilt) await bundle(bundled);
    const { outputs } = JSON.parse(await readFile(path.join(bundled, METAFILE), "utf8"));
    const load = (source: string) => {
      const [part] = Object.entries<{ entryPoint?: string }>(outputs).flatMap(([name, { entryPoint }]) =>
        entryPoint === source ? [path.basename(name)] : [],
      );
      assert.ok(part !== undefined, source);
      return createRequire(import.meta.url)(path.join(bundled, part));
    };
    const pages = load("src/compare/html/page.ts");
    const scripts = load("src/pages/scripts/page-script.ts");
    const chunks: Iterable<string> = pages.pageChunks(sampleComparison(10), {
      script: await scripts.pageScript("diff"),
    });
    await withPage(chunks, async ({ page }) => {
      await settled(page, 10);
      await search(page, "deployment");
      await page.waitForFunction("document.querySelectorAll('.object').length < 10");
      await page.click("#unfold");
      await page.waitForSelector(".details");
    });
  });

  test("it prints every object, unfolded ones with what is in them", async () => {
    await withPage(sampleComparison(300), async ({ page }) => {
      await page.click("#unfold");
      const pdf = await page.pdf();
      assert.ok(pdf.length > 100_000, `the PDF has ${pdf.length} bytes`);
      assert.equal(
        await count(page, ".details"),
        (await count(page, ".block .toggle")) - (await count(page, ".members .toggle")),
      );
    });
  });

  for (const appearance of APPEARANCES) {
    test(`axe finds nothing serious in it, closed and open: ${appearance.title}`, async () => {
      await withPage(sampleComparison(60), async ({ page }) => {
        await appear(page, appearance);
        assert.deepEqual(await violations(page), []);
        await page.click("#unfold");
        await page.waitForSelector(".members");
        await page.evaluate("document.querySelector('.members .toggle').click()");
        await page.waitForSelector(".members .details");
        assert.deepEqual(await violations(page), []);
      });
    });
  }

  test("axe finds what has no name", async () => {
    await withPage(sampleComparison(11), async ({ page }) => {
      await page.evaluate("document.querySelector('main').append(document.createElement('button'))");
      assert.deepEqual(await violations(page), ["critical button-name: #objects > button"]);
    });
  });

  for (const width of [1280, 390]) {
    test(`at a width of ${width} pixels nothing hangs over the side`, async () => {
      await withPage(sampleComparison(30), async ({ page }) => {
        await page.setViewport({ width, height: 800 });
        await page.click("#unfold");
        await page.waitForSelector(".details");
        await page.evaluate("dispatchEvent(new Event('beforeprint'))");
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      });
    });
  }
});

/** How many objects are in the list, in groups or by themselves. */
const SHOWN = `[...document.querySelectorAll(".group .count")].reduce(
  (sum, { textContent }) => sum + Number(textContent.replace(/\\D/g, "")),
  document.querySelectorAll(".object").length - document.querySelectorAll(".members .object").length,
)`;

/** Waits until so many objects are in the list. */
async function settled(page: Page, objects: number): Promise<void> {
  await page.waitForFunction(`${SHOWN} === ${objects}`);
}

async function search(page: Page, words: string): Promise<void> {
  await page.$eval("#search", (input) => (input as unknown as { select(): void }).select());
  await page.type("#search", words);
}

/** The names of the objects in the list, sorted. */
async function names(page: Page): Promise<(string | null)[]> {
  return (await page.$$eval(".object .name", (all) => all.map((name) => name.textContent))).sort();
}
