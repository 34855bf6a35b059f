/** Pages are parsed while they come: one that breaks off is asked for again, and nothing is there twice. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { objectsOf, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";

/** With 20 KB each: the first page holds 100, and the second the rest, in 6 MB. */
const CONFIG_MAPS = 400;
const LIST = "/api/v1/configmaps";

let cluster: ControlPlane;
let proxy: ApiProxy;
let folder: string;

before(async () => {
  cluster = await startControlPlane();
  proxy = await startApiProxy(cluster);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-pages-"));
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  for (let number = 0; number < CONFIG_MAPS; number += 1)
    await cluster.request("POST", "/api/v1/namespaces/shop/configmaps", configMap(number));
});

after(async () => {
  await proxy?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

function configMap(number: number) {
  return {
    metadata: { name: `page-${String(number).padStart(3, "0")}` },
    data: { text: `${number} `.repeat(20_000 / `${number} `.length) },
  };
}

test("a page that breaks off twice is in the backup once, whole", async () => {
  const continued = (query: URLSearchParams) => query.has("continue");
  const breakAfter = [2_500_000, 4_900_000];
  for (const [nth, afterBytes] of breakAfter.entries()) {
    let asked = 0;
    proxy.inject({
      when: ({ path, query }) => path === LIST && continued(query) && asked++ === nth,
      fault: { kind: "cut", afterBytes },
    });
  }
  const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}` };
  const { status, stderr } = await runProgram(["backup"], { env });
  assert.equal(status, 0, stderr);
  const pages = proxy.requests.filter((request) => request.path === LIST && continued(request.query));
  assert.equal(pages.length, 1 + breakAfter.length, "asked for until it came whole");
  assert.equal(new Set(pages.map(({ query }) => query.toString())).size, 1, "and always for the same");
  const archived = objectsOf(await unzipNewest(folder), "shop", "configmaps").filter(({ metadata }) =>
    metadata.name.startsWith("page-"),
  );
  assert.deepEqual(
    archived.map(({ metadata, data }) => ({ metadata: { name: metadata.name }, data })),
    Array.from({ length: CONFIG_MAPS }, (_, number) => configMap(number)),
  );
});

test("a page that keeps breaking off is an error, and no backup", async () => {
  const heal = proxy.inject({
    when: ({ path, query }) => path === LIST && query.has("continue"),
    fault: { kind: "cut", afterBytes: 1_000_000 },
  });
  const target = path.join(folder, "none");
  const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${target}` };
  const { status, stderr } = await runProgram(["backup"], { env });
  heal();
  assert.equal(status, 1);
  assert.match(stderr, /Cannot list configmaps: the API server \S+ does not answer/);
});
