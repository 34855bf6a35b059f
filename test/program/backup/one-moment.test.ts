/** A backup is one moment of the cluster, whatever is written to it meanwhile. */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { type ArchiveContents, objectsOf, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";

const BACKUPS = 50;
const CONFIG_MAP = "/api/v1/namespaces/first/configmaps/counter";
const SECRET = "/api/v1/namespaces/second/secrets/counter";
const DEPLOYMENT = "/apis/apps/v1/namespaces/third/deployments/counter";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  for (const name of ["first", "second", "third"]) {
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  }
  await cluster.request("POST", path.dirname(CONFIG_MAP), {
    metadata: { name: "counter" },
    data: { count: "0" },
  });
  await cluster.request("POST", path.dirname(SECRET), {
    metadata: { name: "counter" },
    stringData: { count: "0" },
  });
  const labels = { app: "counter" };
  await cluster.request("POST", path.dirname(DEPLOYMENT), {
    metadata: { name: "counter", annotations: { count: "0" } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "counter", image: "counter:1" }] } },
    },
  });
});

/** Raises the counter in the three objects, in this order, as fast as it can, until it is stopped. */
function startWriter(): () => Promise<number> {
  let stopped = false;
  let count = 0;
  const writing = (async () => {
    while (!stopped) {
      const next = String(count + 1);
      await cluster.request("PATCH", CONFIG_MAP, { data: { count: next } });
      await cluster.request("PATCH", SECRET, { data: { count: btoa(next) } });
      await cluster.request("PATCH", DEPLOYMENT, { metadata: { annotations: { count: next } } });
      count += 1;
    }
    return count;
  })();
  return () => {
    stopped = true;
    return writing;
  };
}

/** The counter as the three objects of one archive have it, in the order of writing. */
function counters(contents: ArchiveContents): [number, number, number] {
  return [
    Number(
      objectsOf(contents, "first", "configmaps").find((object) => object.metadata.name === "counter").data
        .count,
    ),
    Number(atob(objectsOf(contents, "second", "secrets")[0].data.count)),
    Number(objectsOf(contents, "third", "deployments.apps")[0].metadata.annotations.count),
  ];
}

/** Whether one moment can have had these: each is as far as the one before it, or one step behind the first. */
function canBeOneMoment([first, second, third]: [number, number, number]): boolean {
  return first >= second && second >= third && first - third <= 1;
}

interface Observed {
  counters: [number, number, number];
  oneMoment: boolean;
}

async function takeBackups(kubeconfig: string, number: number, store: string): Promise<Observed[]> {
  const stop = startWriter();
  const observed: Observed[] = [];
  try {
    // Each in a folder of its own: names are by the second, and waiting for the next is not the subject here.
    for (let index = 0; index < number; index += 1) {
      const target = path.join(store, String(index));
      const env = { KUBECONFIG: kubeconfig, S3TARGET: `file://${target}` };
      const result = await runProgram(["backup", "-o", "json"], { env });
      assert.equal(result.status, 0, result.stderr);
      observed.push({
        counters: counters(await unzipNewest(target)),
        oneMoment: JSON.parse(result.stdout).oneMoment,
      });
    }
  } finally {
    const written = await stop();
    assert.ok(written > number, `the writer wrote ${written} times`);
  }
  return observed;
}

test(`in each of ${BACKUPS} backups three counters that are raised one after the other are of one moment`, async () => {
  const observed = await takeBackups(cluster.kubeconfig, BACKUPS, path.join(folder, "pinned"));
  assert.deepEqual(
    observed.filter(({ counters, oneMoment }) => !canBeOneMoment(counters) || !oneMoment),
    [],
  );
  assert.ok(new Set(observed.map(({ counters }) => counters[0])).size > 1, "the counters moved");
});

test("with the revision pinning taken out they are not, and the backups say so", async () => {
  const proxy = await startApiProxy(cluster);
  try {
    proxy.inject({
      when: ({ query }) => query.has("resourceVersionMatch"),
      fault: { kind: "drop-query", parameters: ["resourceVersion", "resourceVersionMatch"] },
    });
    const observed = await takeBackups(proxy.kubeconfig, 10, path.join(folder, "unpinned"));
    assert.notDeepEqual(
      observed.filter(({ counters }) => !canBeOneMoment(counters)),
      [],
      "this test would not notice a backup of several moments",
    );
    assert.ok(observed.every(({ oneMoment }) => !oneMoment));
  } finally {
    await proxy.stop();
  }
});
