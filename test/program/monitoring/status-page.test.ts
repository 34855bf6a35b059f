/** The status page of the real program: what it tells, to whom, and how it looks to a real browser. */

import assert from "node:assert/strict";
import { mkdtemp, rename } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { PageView } from "../../../src/commands/status-page/page-view.ts";
import { APPEARANCES, appear, violations } from "../../support/browser/axe.ts";
import { startBrowser, text, whyNoBrowser } from "../../support/browser/browser.ts";
import { FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { freePort } from "../../support/processes/free-port.ts";
import { schemaOf } from "../../support/program/json-document.ts";
import { startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
});

/** The program with an empty store of its own, in a cluster without the flag. */
async function start(env: Record<string, string>) {
  await Promise.all([remove(cluster, FLAG), remove(cluster, RECORD)]);
  const store = await mkdtemp(path.join(folder, "store-"));
  const address = `127.0.0.1:${await freePort()}`;
  const program = startProgram(["run"], {
    env: {
      ...{ KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${store}`, CLUSTER_NAME: "hunter2-cluster" },
      ...{ FREQUENCY: "1", MAXRESTOREAGE: "60", LISTEN: address, ...env },
    },
  });
  const url = `http://${address}`;
  const get = async (file: string) => await fetch(`${url}${file}`);
  return {
    store,
    url,
    program,
    get,
    view: async () => schemaOf("status-page").parse(await (await get("/status.json")).json()) as PageView,
    stop: async () => {
      program.child.kill("SIGTERM");
      await program.ended;
    },
  };
}

test("without STATUS_PAGE there is none", async () => {
  const { program, get, stop } = await start({});
  await program.saw(/"msg":"Next backup"/);
  for (const file of ["/", "/status.json"]) assert.equal((await get(file)).status, 404);
  assert.equal((await get("/metrics")).status, 200);
  await stop();
});

test("with counts it tells times and counts; with names the store and the kinds too", async () => {
  const { program, get, url, view, stop } = await start({ STATUS_PAGE: "counts" });
  await program.saw(/"msg":"Next backup"/);
  await until("a backup is there", async () => ((await view()).newest?.objects ?? 0) > 0);
  await until("the store was asked", async () => (await view()).storeUp === true);
  const found = await view();
  assert.deepEqual(found.problems, []);
  assert.deepEqual(found.gate, { action: "none", because: "flag" });
  assert.equal(found.rounds.length, 1);
  assert.ok((found.rounds[0]?.seconds ?? 0) > 0);
  assert.equal(found.lastAttempt?.success, true);
  const page = await get("/");
  const html = await page.text();
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  assert.match(page.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  for (const told of [html, JSON.stringify(found)]) assert.doesNotMatch(told, /hunter2|shop|file:|cronjob/);
  assert.equal((await fetch(url, { method: "POST" })).status, 404);
  await stop();

  const named = await start({ STATUS_PAGE: "names" });
  await until("a backup is there", async () => (await named.view()).newest !== null);
  const { names } = await named.view();
  assert.equal(names?.clusterName, "hunter2-cluster");
  assert.equal(names?.store, `file://${named.store}`);
  await named.stop();
});

test("a store that goes away is told with the time of what was known, and so is its return", async () => {
  const { program, view, store, stop } = await start({ STATUS_PAGE: "counts" });
  await program.saw(/"msg":"Next backup"/);
  await until("a backup is there", async () => (await view()).newest !== null);
  await rename(store, `${store}-away`);
  await until("it is said", async () => (await view()).problems.length > 0, { timeoutMs: 150_000 });
  const found = await view();
  assert.ok(found.newest !== null, "what was known stays");
  assert.match(found.problems.join("\n"), /did not answer.*what follows is of|The last backup failed/);
  await stop();
});

test("a browser shows it, and people with disabilities can read it", { skip: whyNoBrowser() }, async () => {
  const { program, url, view, stop } = await start({ STATUS_PAGE: "names" });
  const browser = await startBrowser();
  try {
    await program.saw(/"msg":"Next backup"/);
    await until("a backup is there", async () => (await view()).newest !== null);
    const page = await browser.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(url);
    assert.match(await text(page, "h1"), /^Restorable: the newest backup, of/);
    assert.equal(await text(page, ".verdict"), "Nothing is wrong.");
    for (const appearance of APPEARANCES) {
      await appear(page, appearance);
      assert.deepEqual(await violations(page), [], appearance.title);
      const wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
      assert.equal(wide, false, appearance.title);
      const folder = process.env["SCREENSHOTS"];
      if (folder !== undefined)
        await page.screenshot({ path: `${folder}/status-${appearance.device}-${appearance.scheme}.png` });
    }
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      requests.filter((each) => each !== `${url}/` && !each.startsWith("data:")),
      [],
    );
  } finally {
    await browser.close();
    await stop();
  }
});
