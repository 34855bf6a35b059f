/** Restores at the same time as each other, and as others who change the same objects: nothing is lost. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import type { ExistingPolicy } from "../../../src/restore/object/existing-policy.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, openClient, type Restored, restore } from "../../support/engine/engine.ts";

const NAMESPACE = "/api/v1/namespaces/busy";
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const COUNT = 60;
/** Others who write at once, each to objects of its own: one alone writes a few times only while a restore runs. */
const OTHERS = 4;
/** Of these, each third is immutable. */
const NAMES = Array.from({ length: COUNT }, (_, index) => `item-${index}`);

let cluster: ControlPlane;
let client: ApiClient;
let other: ApiClient;
let archive: Archive;

before(async () => {
  cluster = await startControlPlane();
  [client, other] = await Promise.all([openClient(cluster), openClient(cluster)]);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "busy" } });
  await Promise.all(NAMES.map((name) => create(name, "blue")));
  // Chains of owners, the ends of which come back last.
  await own("item-1", "item-0");
  await own("item-2", "item-1");
  archive = await backUp(client, ["busy"]);
});

after(async () => {
  await Promise.all([client?.close(), other?.close()]);
  await cluster?.stop();
});

async function create(name: string, color: string): Promise<void> {
  const immutable = Number(name.split("-")[1]) % 3 === 0;
  await cluster.request("POST", CONFIG_MAPS, {
    metadata: { name },
    data: { color },
    ...(immutable ? { immutable } : {}),
  });
}

async function own(name: string, owner: string): Promise<void> {
  const { metadata } = await cluster.request("GET", `${CONFIG_MAPS}/${owner}`);
  const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: owner, uid: metadata.uid }];
  await cluster.request("PATCH", `${CONFIG_MAPS}/${name}`, { metadata: { ownerReferences } });
}

/** Every object differs from the backup, every seventh is gone. */
beforeEach(async () => {
  await Promise.all(
    NAMES.map(async (name, index) => {
      await remove(cluster, `${CONFIG_MAPS}/${name}`);
      if (index % 7 !== 0) await create(name, "red");
    }),
  );
});

async function colors(): Promise<Record<string, string>> {
  const { items } = await cluster.request("GET", CONFIG_MAPS);
  return Object.fromEntries(
    items
      .filter(({ metadata }: { metadata: { name: string } }) => metadata.name.startsWith("item-"))
      .map((item: { metadata: { name: string }; data: { color: string } }) => [
        item.metadata.name,
        item.data.color,
      ]),
  );
}

/** Whoever deletes these has the collector delete what they own. */
const OWNERS: ReadonlySet<string> = new Set(["item-0", "item-1"]);

const ALL_BLUE = Object.fromEntries(NAMES.map((name) => [name, "blue"]).sort());

/** Each object is reported once by each run. */
function assertReported({ items }: Restored): void {
  assert.deepEqual(
    items
      .filter(({ kind }) => kind === "ConfigMap")
      .map(({ name }) => name)
      .sort(),
    [...NAMES].sort(),
  );
}

test("two restores of one backup, replacing: each object ends as in the backup, and no run fails", async () => {
  const runs = await Promise.all(
    [client, other].map((each) => restore({ client: each, archive, existing: "replace" })),
  );
  for (const run of runs) {
    assertReported(run);
    assert.deepEqual(run.report.failures, []);
  }
  assert.deepEqual(await colors(), ALL_BLUE);
  const again = await restore({ client, archive, existing: "replace" });
  assert.equal(again.report.total("failed"), 0);
  // One run may have made an owner anew after the other had written its uid: the next run mends that.
  const last = await restore({ client, archive, existing: "replace" });
  assert.deepEqual(
    last.lines.filter((line) => !line.endsWith(": unchanged")),
    [],
  );
});

test("two restores, one skipping and one updating: what is missing is made once, nothing fails but what is immutable", async () => {
  const [skipped, updated] = await Promise.all([
    restore({ client, archive }),
    restore({ client: other, archive, existing: "update" }),
  ]);
  for (const run of [skipped, updated] as Restored[]) assertReported(run);
  assert.deepEqual(skipped?.report.failures, []);
  const immutable = NAMES.filter((_, index) => index % 3 === 0 && index % 7 !== 0).sort();
  assert.deepEqual(updated?.report.failures.map(({ name }) => name).sort(), immutable);
  const made = (name: string) =>
    [skipped, updated].filter((run) => run?.lines.includes(`ConfigMap busy/${name}: created`));
  for (const name of NAMES.filter((_, index) => index % 7 === 0)) assert.equal(made(name).length, 1, name);
  const now = await colors();
  for (const name of NAMES) assert.equal(now[name], immutable.includes(name) ? "red" : "blue", name);
});

for (const existing of ["skip", "update", "replace"] as ExistingPolicy[]) {
  test(`${existing}, while others change and delete the same objects: each is there or is reported`, async (t) => {
    const stop = new AbortController();
    let writes = 0;
    // Deletes, makes and edits objects, in turns, as fast as the server answers.
    const disturb = async (index: number) => {
      for (let turn = 0; !stop.signal.aborted; turn += 1) {
        const name = NAMES[((turn * OTHERS + index) * 17) % COUNT] ?? "";
        const path = `${CONFIG_MAPS}/${name}`;
        const change =
          turn % 5 === 0 && !OWNERS.has(name)
            ? cluster.request("DELETE", path).then(() => create(name, "green"))
            : cluster.request("PATCH", path, { metadata: { labels: { turn: String(turn) } } });
        // Whatever the restore has made of it meanwhile.
        await change.then(
          () => {
            writes += 1;
          },
          () => {},
        );
      }
    };
    const disturbance = Promise.all(Array.from({ length: OTHERS }, (_, index) => disturb(index)));
    const run = await restore({ client, archive, existing });
    stop.abort();
    await disturbance;
    t.diagnostic(`${writes} writes by others`);
    assert.ok(writes > 5, `${writes} writes`);
    assertReported(run);
    const failures = run.report.failures.filter(
      ({ reason = "" }) => !/--existing replace would/.test(reason),
    );
    assert.deepEqual(failures, []);
    const left = await colors();
    assert.deepEqual(Object.keys(left).sort(), [...NAMES].sort(), "nothing is lost");
    // Quiet again, the restore brings back what they have changed.
    if (existing === "replace") {
      const again = await restore({ client, archive, existing });
      assert.deepEqual(again.report.failures, []);
      assert.deepEqual(await colors(), ALL_BLUE);
    }
  });
}
