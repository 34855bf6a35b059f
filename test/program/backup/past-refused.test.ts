/** A server that cannot list a past moment, as an aggregated API with a store of its own. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadApplication } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { objectsOf, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";

let cluster: ControlPlane;
let folder: string;

withTestBed(
  async (bed) => {
    ({ cluster, folder } = bed);
    await loadApplication(cluster, "shop");
  },
  // Compacting takes effect at once where etcd itself is asked.
  { historyFromCache: false },
);

test("its resource is backed up as it is now, and the backup says that it is not of that moment", async () => {
  const proxy = await startApiProxy(cluster);
  try {
    proxy.inject({
      when: ({ path, query }) => path === "/api/v1/secrets" && query.get("resourceVersionMatch") === "Exact",
      fault: {
        kind: "answer",
        status: 400,
        body: { kind: "Status", reason: "BadRequest", message: "what is Exact?" },
      },
    });
    const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/refused` };
    const result = await runProgram(["backup", "-o", "json"], { env });
    assert.equal(result.status, 0, result.stderr);
    const { oneMoment, warnings } = JSON.parse(result.stdout);
    assert.equal(oneMoment, false);
    assert.match(warnings.join(), /^secrets are of the resource version \d+, not of the moment of the rest/);
    assert.match(result.stderr, /"level":"warn".*secrets are of the resource version/);
    const contents = await unzipNewest(`${folder}/refused`);
    assert.equal(objectsOf(contents, "shop", "secrets").length, 1);
    const { resources } = JSON.parse(contents.get("MANIFEST") ?? "");
    const of = (name: string) => resources.find(({ resource }: { resource: string }) => resource === name);
    assert.equal(of("secrets").sameMoment, false);
    assert.equal(of("configmaps").sameMoment, true);
  } finally {
    await proxy.stop();
  }
});

test("a revision that really is compacted away under the capture makes it start again", async () => {
  const proxy = await startApiProxy(cluster);
  try {
    let compacted = 0;
    proxy.inject({
      when: ({ path, query }) => {
        if (path !== "/api/v1/secrets" || !query.has("resourceVersionMatch") || compacted > 0) return false;
        compacted += 1;
        return true;
      },
      // Long enough for the compaction that the request set off.
      fault: { kind: "delay", ms: 1_500 },
    });
    proxy.onRequest(({ path, query }) => {
      if (path !== "/api/v1/secrets" || !query.has("resourceVersionMatch") || compacted > 0) return;
      const write = cluster.request("PATCH", "/api/v1/namespaces/shop", {
        metadata: { labels: { touched: "yes" } },
      });
      void write.then(() => cluster.compact());
    });
    const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/compacted` };
    const result = await runProgram(["backup", "-o", "json"], { env });
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stderr, /compacted away while it was read; capturing again/);
    assert.equal(JSON.parse(result.stdout).oneMoment, true);
  } finally {
    await proxy.stop();
  }
});
