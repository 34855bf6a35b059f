/** Two kinds of one name, as Knative has a Service of its own: names mean what kubectl means, and reports count each. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import {
  collectionOf,
  type Definition,
  define,
  OPEN_VERSION,
  type Rig,
  startRig,
} from "../../support/engine/rig.ts";
import { runProgram } from "../../support/program/program.ts";

const GROUP = "serving.knative.dev";
const DEFINITION: Definition = {
  group: GROUP,
  plural: "services",
  kind: "Service",
  namespaced: true,
  shortNames: ["kservice", "ksvc"],
  versions: [OPEN_VERSION],
};
const CORE = "/api/v1/namespaces/shop/services";
const KNATIVE = collectionOf(DEFINITION, "shop");
const NOTE =
  /means Service of the core group; for Service\.serving\.knative\.dev write services\.serving\.knative\.dev/g;

let rig: Rig;

before(async () => {
  rig = await startRig();
  await define(rig, [DEFINITION]);
  await rig.cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  await rig.cluster.request("POST", CORE, { metadata: { name: "hello" }, spec: { ports: [{ port: 80 }] } });
  await rig.cluster.request("POST", KNATIVE, {
    apiVersion: `${GROUP}/v1`,
    kind: "Service",
    metadata: { name: "hello" },
    spec: { template: {} },
  });
  await rig.backUp();
});

after(() => rig?.stop());

async function run(line: string): Promise<{ document: Record<string, unknown>; stderr: string }> {
  const { status, stdout, stderr } = await runProgram([...line.split(" "), "-o", "json"], { env: rig.env });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return { document: JSON.parse(stdout), stderr };
}

async function created(line: string): Promise<{ names: string[]; notes: number }> {
  const { document, stderr } = await run(line);
  const items = document["items"] as { resource: string; outcome: string }[];
  const names = items.filter(({ outcome }) => outcome === "created").map(({ resource }) => resource);
  return { names: names.sort(), notes: stderr.match(NOTE)?.length ?? 0 };
}

test("a name of both restores the core group's, and says so once; with its group the other comes back", async () => {
  for (const collection of [CORE, KNATIVE]) await rig.cluster.request("DELETE", `${collection}/hello`);
  const rows: [line: string, names: string[], notes: number][] = [
    ["restore service/hello -n shop --dry-run", ["services"], 1],
    ["restore service/hello svc/hello -n shop --dry-run", ["services"], 1],
    ["restore ksvc/hello -n shop --dry-run", [`services.${GROUP}`], 0],
    ["restore service.serving.knative.dev/hello -n shop --dry-run", [`services.${GROUP}`], 0],
    ["restore --include-kinds services -n shop --dry-run", ["services"], 1],
    ["restore --exclude-kinds services -n shop --dry-run", [`services.${GROUP}`], 1],
    ["restore -n shop --dry-run", ["services", `services.${GROUP}`], 0],
  ];
  for (const [line, names, notes] of rows) assert.deepEqual(await created(line), { names, notes }, line);
  const { document } = await run("restore latest --yes --no-flag");
  const kinds = document["kinds"] as Record<string, { created: number }>;
  assert.equal(kinds["Service"]?.created, 1);
  assert.equal(kinds[`Service.${GROUP}`]?.created, 1);
});

test("get means the core group's, as kubectl does", async () => {
  const { document, stderr } = await run("get service hello -n shop");
  assert.equal(document["apiVersion"], "v1");
  assert.equal(stderr.match(NOTE)?.length, 1, stderr);
  assert.equal((await run("get ksvc hello -n shop")).document["apiVersion"], `${GROUP}/v1`);
});

test("a rehearsal and an export count each for itself", async () => {
  const { document } = await run("verify --rehearse");
  const kinds = document["kinds"] as Record<string, object>;
  assert.deepEqual(kinds[`Service.${GROUP}`], { accepted: 1, refused: 0, notAsked: 0 });
  assert.deepEqual(kinds["Service"], { accepted: 1, refused: 0, notAsked: 0 });
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-names-"));
  try {
    const exported = await run(`export ${folder} -n shop --exclude-kinds ns`);
    const counts = exported.document["kinds"] as Record<string, number>;
    assert.deepEqual([counts["Service"], counts[`Service.${GROUP}`]], [1, 1]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("diff names the one that differs", async () => {
  await rig.cluster.request("PATCH", `${KNATIVE}/hello`, { spec: { template: { changed: true } } });
  const { stdout } = await runProgram(["diff", "-n", "shop"], { env: rig.env });
  assert.match(stdout, /^~ Service\.serving\.knative\.dev shop\/hello$/m);
  const none = await runProgram(["diff", "-n", "shop", "--include-kinds", "service"], { env: rig.env });
  assert.equal(none.status, 0, none.stdout);
  assert.equal(none.stderr.match(NOTE)?.length, 1, none.stderr);
});

test("KINDS takes the core group's out, and says so", async () => {
  const taken = await run("backup --kinds all,-services");
  assert.equal(taken.stderr.match(NOTE)?.length, 1, taken.stderr);
  const counts = taken.document["kinds"] as Record<string, number>;
  // It is the only Service, so that it has the plain name.
  assert.equal(counts["Service"], 1);
  assert.equal(counts[`Service.${GROUP}`], undefined);
  const { document } = await run("get service hello -n shop");
  assert.equal(document["apiVersion"], `${GROUP}/v1`);
});
