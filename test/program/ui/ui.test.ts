/** `kube-backup ui` in a real browser, over a store whose backups and change log are written beforehand. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, HTTPResponse, Page } from "puppeteer-core";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { APPEARANCES, appear, violations } from "../../support/browser/axe.ts";
import { count, startBrowser, text, whyNoBrowser } from "../../support/browser/browser.ts";
import { type RunningProgram, startProgram } from "../../support/program/program.ts";
import { beginTimeline, objectOf, putBackupOf } from "../../support/samples/sample-history.ts";
import { until } from "../../support/until.ts";
import { type EvilSite, startEvilSite } from "./evil-site.ts";

const at = (clock: string) => new Date(`2026-01-31T${clock}Z`);

/** The values of the Secret, before and after, and as they are in the archive. */
const VALUES = ["b2xkLXNlY3JldA==", "bmV3LXNlY3JldA==", "old-secret", "new-secret"];
const SHOP = [
  objectOf("namespaces", "shop"),
  objectOf("configMaps", "shop/settings", { data: { mode: "fast", size: "3" } }),
  objectOf("secrets", "shop/login", { data: { password: VALUES[0] } }),
  objectOf("deployments", "shop/web", { labels: { app: "web" }, spec: { replicas: 3, image: "web:1" } }),
];
/** A name that no API server takes, as only a forged archive has it. */
const FORGED = objectOf("configMaps", "shop/$(reboot)", { data: {} });

let folder: string;
let program: RunningProgram;
let address: string;
let browser: Browser;
let own: BrowserContext;
let page: Page;
const complaints: string[] = [];
/** Every answer to a GET that the page has got. */
const read: string[] = [];

describe("kube-backup ui", { skip: whyNoBrowser() }, () => {
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-ui-"));
    const store = new FileStore({ folder });
    const older = objectOf("configMaps", "shop/settings", { data: { mode: "slow", size: "3" } });
    await putBackupOf(store, at("11:00:00"), 80, [SHOP[0] as (typeof SHOP)[0], older]);
    const base = await putBackupOf(store, at("12:00:00"), 100, [...SHOP, FORGED]);
    const timeline = await beginTimeline(store, { began: at("12:00:00.400"), base, revision: 100 });
    await timeline.add(at("12:08:00"), 115, [
      {
        ...{ at: at("12:05:00"), revision: 110, operation: "update", kind: "deployments", path: "shop/web" },
        content: { labels: { app: "web" }, spec: { replicas: 5, image: "web:1" } },
        manager: "kubectl-edit",
      },
      {
        ...{ at: at("12:06:00"), revision: 111, operation: "update", kind: "secrets", path: "shop/login" },
        content: { data: { password: VALUES[1] } },
        manager: "rotator",
      },
      { at: at("12:07:00"), revision: 112, operation: "delete", kind: "configMaps", path: "shop/settings" },
    ]);
    const env = { S3TARGET: `file://${folder}`, KUBECONFIG: "/nonexistent" };
    program = startProgram(["ui"], { env });
    await until("the address", () => program.output().stdout.includes("?token="));
    address = program.output().stdout.trim();
    browser = await startBrowser();
    own = await browser.createBrowserContext();
    page = await own.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("response", (response) => void keep(response));
  });

  after(async () => {
    await browser?.close();
    program?.child.kill("SIGTERM");
    await program?.ended;
    await rm(folder, { recursive: true, force: true });
  });

  /** Keeps what an answer to a GET had. */
  async function keep(response: HTTPResponse): Promise<void> {
    if (response.request().method() === "GET") read.push(await response.text().catch(() => ""));
  }

  /** Shows a part of the page, and waits for what must be there. */
  async function show(hash: string, selector: string): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.waitForSelector(selector, { visible: true });
  }

  /** The page in all appearances; with SCREENSHOTS=FOLDER it is photographed. */
  async function look(name: string): Promise<void> {
    const found: string[] = [];
    for (const appearance of APPEARANCES) {
      await appear(page, appearance);
      found.push(...(await violations(page)).map((each) => `${appearance.title}: ${each}`));
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      if (Number(overflow) > 0) found.push(`${appearance.title}: ${overflow} pixels too wide`);
      const shots = process.env["SCREENSHOTS"];
      if (shots !== undefined)
        await page.screenshot({
          path: path.join(shots, `${name}-${appearance.title.replace(", ", "-")}.png`),
        });
    }
    await page.setViewport({ width: 1280, height: 900 });
    assert.deepEqual(found, []);
  }

  it("opens the printed address once, and says what the store has", async () => {
    await page.goto(address);
    await page.waitForSelector(".lead", { visible: true });
    assert.match(page.url(), /^http:\/\/127\.0\.0\.1:\d+\/[-\w]{43}\/$/);
    assert.match(await text(page, ".lead"), /^2 backups, and every second from 2026-01-31 12:00:00/);
    assert.equal(await count(page, ".line-row"), 2);
    await look("timeline");
  });

  it("shows what changed, the latest first, and the command that brings back what went", async () => {
    const from = at("12:04:00");
    await page.evaluate(
      `fetch("api/history?since=${from.toISOString()}&until=${at("12:10:00").toISOString()}").then((answer) => answer.json()).then((answer) => { window.answer = answer; })`,
    );
    await until("the history", async () => (await page.evaluate("window.answer !== undefined")) === true);
    const answer = (await page.evaluate("window.answer")) as {
      entries: { operation: string; object: { name: string }; restore?: string }[];
    };
    assert.deepEqual(
      answer.entries.map(({ operation, object }) => `${operation} ${object.name}`),
      ["delete settings", "update login", "update web"],
    );
    assert.match(
      answer.entries[0]?.restore ?? "",
      /^kube-backup restore --at=\S+ --namespace=shop configmap\/settings$/,
    );
  });

  it("has the tree of namespaces, kinds and objects of a backup, which keys unfold", async () => {
    await show("#objects?at=backup_20260131T120000Z", ".branch");
    assert.deepEqual(await page.$$eval(".branch bdi", (all) => all.map((each) => each.textContent)), [
      "shop",
    ]);
    await page.keyboard.press("k");
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".tree ul .branch");
    for (const key of ["j", "j", "ArrowRight"] as const) await page.keyboard.press(key);
    await page.waitForSelector(".leaf");
    assert.equal(await text(page, ".leaf .name"), "web");
    await look("tree");
  });

  it("finds objects at any moment by words", async () => {
    await show("#objects?at=2026-01-31T12:07:30Z", ".branch");
    await page.keyboard.press("/");
    await page.keyboard.type("shop conf");
    await page.waitForSelector(".found .leaf");
    const names = () => page.$$eval(".found .leaf .name", (all) => all.map((each) => each.textContent));
    assert.deepEqual(await names(), ["shop/$(reboot)"]);
    await show("#objects?at=backup_20260131T120000Z&q=shop+conf", ".found .leaf");
    await until("both", async () => (await names()).length === 2);
    await look("search");
  });

  it("shows an object with the commands to copy, and none where its name is no name", async () => {
    await show(
      "#object?at=backup_20260131T120000Z&resource=deployments.apps&namespace=shop&name=web",
      "pre.whole",
    );
    assert.match(await text(page, "pre.whole"), /replicas: 3/);
    const commands = await page.$$eval(".command code", (all) => all.map((each) => each.textContent));
    assert.ok(
      commands.includes(
        "kube-backup restore --backup=backup_20260131T120000Z --namespace=shop deployment/web",
      ),
      commands.join("\n"),
    );
    await look("object");
    await show(
      "#object?at=backup_20260131T120000Z&resource=configmaps&namespace=shop&name=%24(reboot)",
      "h1",
    );
    await until("the other object", async () => (await text(page, "h1")) === "$(reboot)");
    await page.waitForSelector("pre.whole");
    assert.equal(await count(page, ".command"), 0);
  });

  it("masks a Secret until it is asked for", async () => {
    await show(
      "#object?at=backup_20260131T120000Z&resource=secrets&namespace=shop&name=login",
      ".masked-note",
    );
    assert.match(await text(page, "pre.whole"), /password: "\*{3}"/);
    await page.click(".masked-note button");
    await until("the value", async () => (await text(page, "pre.whole")).includes(VALUES[0] as string));
    await page.click(".masked-note button");
    await until("the mask", async () => !(await text(page, "pre.whole")).includes(VALUES[0] as string));
  });

  it("compares two moments, and a Secret only by the fact", async () => {
    await show("#compare?from=backup_20260131T110000Z&to=2026-01-31T12:07:30Z", ".counts");
    assert.match(await text(page, ".counts"), /^0 changed, 3 added, 1 removed$/);
    await show("#compare?from=backup_20260131T120000Z&to=2026-01-31T12:06:30Z", ".counts");
    await until("the other", async () => (await text(page, ".counts")).startsWith("2 changed"));
    await page.keyboard.press("e");
    await page.waitForSelector(".details");
    const shown = await text(page, "main");
    assert.match(shown, /replicas 3 → 5/);
    assert.match(shown, /changed, not shown/);
    await look("compare");
  });

  it("says why there is no answer", async () => {
    await show("#objects?at=tomorrow", ".problem");
    assert.match(await text(page, ".problem"), /tomorrow/);
    await show("#compare?from=backup_20260131T120000Z&to=cluster", ".problem");
    await until("the cluster", async () => (await text(page, ".problem")).includes("KUBECONFIG"));
  });

  it("had no value of a Secret in any answer to a GET, and nothing to complain about", () => {
    assert.ok(read.some((each) => each.includes('"masked":true')));
    for (const value of VALUES) assert.ok(!read.some((each) => each.includes(value)), value);
    // Chromium writes each answer above 400 to the console.
    assert.deepEqual(
      complaints.filter((each) => !each.includes("the server responded with a status of")),
      [],
    );
  });

  describe("under attack", () => {
    let evil: EvilSite;

    before(async () => {
      evil = await startEvilSite();
    });
    after(() => evil?.stop());

    it("gives nothing to another page of the same browser", async () => {
      const { origin, pathname } = new URL(page.url());
      const other = await own.newPage();
      await other.goto(evil.url);
      // It even knows the path.
      const got = await other.evaluate(ATTACKS, `${origin}${pathname}`);
      assert.deepEqual(got, {
        fetch: "refused",
        post: "refused",
        image: "error",
        script: "error",
        frame: "unreadable",
        popup: "unreadable",
      });
      assert.deepEqual(
        evil.cookies.filter((each) => each.includes("kube-backup")),
        [],
      );
      await other.close();
    });

    /** The answer to a request of a program without a browser. */
    function ask(
      url: string,
      headers: Record<string, string>,
      method = "GET",
    ): Promise<{ status: number; body: string }> {
      return new Promise((resolve, reject) => {
        const sent = request(url, { headers, method }, (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            body += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
        });
        sent.on("error", reject).end();
      });
    }

    it("gives nothing to another process, to another host name, or to the token once more", async () => {
      const cookies = (await own.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
      assert.notEqual(cookies, "");
      const { origin, host } = new URL(page.url());
      const timeline = `${page.url().split("#")[0]}api/timeline`;
      assert.equal((await ask(timeline, { cookie: cookies })).status, 200);
      const cases: [number, string, Record<string, string>][] = [
        [401, timeline, {}],
        [401, timeline, { cookie: "kube-backup=guess" }],
        [401, `${origin}/`, { cookie: cookies }],
        [401, `${origin}/api/timeline`, { cookie: cookies }],
        [403, `${origin}/?token=guess`, {}],
        [403, address, {}],
        [421, timeline, { cookie: cookies, host: `evil.example:${host.split(":")[1]}` }],
        [403, timeline, { cookie: cookies, origin: "http://evil.example" }],
      ];
      for (const [status, url, headers] of cases) {
        const answer = await ask(url, headers);
        assert.equal(answer.status, status, `${url} ${JSON.stringify(headers)}`);
        assert.ok(!answer.body.includes("backup_"));
      }
    });

    it("does not resolve another name of the same address (DNS rebinding)", async () => {
      const { port, pathname } = new URL(page.url());
      const rebound = await (await import("puppeteer-core")).default.launch({
        executablePath: browser.process()?.spawnfile as string,
        args: ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
      });
      try {
        const tab = await rebound.newPage();
        const response = await tab.goto(`http://evil.example:${port}${pathname}`);
        assert.equal(response?.status(), 421);
      } finally {
        await rebound.close();
      }
    });
  });

  it("ends when it is told to", async () => {
    program.child.kill("SIGTERM");
    const { stderr } = await program.ended;
    await assert.rejects(fetch(new URL(address).origin));
    for (const value of VALUES) assert.ok(!stderr.includes(value));
  });
});

/** An element of a page, as far as the attacks use it. */
interface PageElement {
  onload?: () => void;
  onerror?: () => void;
  contentDocument?: unknown;
}

/** What a page has, as far as the attacks use it. */
interface PageGlobals {
  document: { createElement(name: string): PageElement; body: { append(element: PageElement): void } };
  open(url: string): { document: { URL: string }; closed: boolean } | null;
}

/** What a page of another origin tries. */
const ATTACKS = async (target: string): Promise<Record<string, string>> => {
  const { document, open } = globalThis as unknown as PageGlobals;
  const event = (element: PageElement) =>
    new Promise<string>((resolve) => {
      element.onload = () => resolve("loaded");
      element.onerror = () => resolve("error");
      document.body.append(element);
    });
  const make = (name: string, source: string) => Object.assign(document.createElement(name), { src: source });
  const body = JSON.stringify({ at: "latest", resource: "secrets", namespace: "shop", name: "login" });
  const tried = (attempt: Promise<Response>) =>
    attempt.then(
      ({ type, status }) => (type === "opaque" ? "opaque" : `status ${status}`),
      () => "refused",
    );
  const readable = (look: () => unknown) => {
    try {
      return look() === null ? "unreadable" : "readable";
    } catch {
      return "unreadable";
    }
  };
  // At first it is an empty page of this one's origin.
  const popupOf = async (opened: typeof popup) => {
    for (let tries = 0; tries < 200; tries += 1) {
      try {
        if (opened === null || opened.closed) return "unreadable";
        if (opened.document.URL !== "about:blank") return "readable";
      } catch {
        return "unreadable";
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return "empty";
  };
  const credentials = "include" as const;
  const headers = { "content-type": "application/json" };
  const frame = make("iframe", target);
  await event(frame);
  const popup = open.call(globalThis, target);
  return {
    fetch: await tried(fetch(`${target}api/timeline`, { credentials })),
    post: await tried(fetch(`${target}api/secret`, { method: "POST", credentials, body, headers })),
    image: await event(make("img", `${target}icon.svg`)),
    script: await event(make("script", `${target}page.js`)),
    frame: readable(() => frame.contentDocument),
    popup: await popupOf(popup),
  };
};
