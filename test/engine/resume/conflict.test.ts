/** `resume` beside somebody who writes the same objects. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { type PausedObject, readPausedObjects } from "../../../src/resume/paused-objects.ts";
import { resumeObjects } from "../../../src/resume/resume-objects.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withEngine } from "../../support/engine/engine.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

let cluster: ControlPlane;
let client: ApiClient;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
});

/** A paused Deployment, as it was read. */
async function paused(name: string): Promise<PausedObject> {
  const labels = { app: name };
  await cluster.request("POST", DEPLOYMENTS, {
    metadata: { name, annotations: { "kube-backup/paused": '{"replicas":3}' } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "a", image: "example.com/a:1" }] } },
    },
  });
  const { objects } = await readPausedObjects(client, "default", NEVER);
  const found = objects.find(({ key }) => key.name === name);
  assert.ok(found !== undefined);
  return found;
}

async function resume(object: PausedObject): Promise<[outcome: string, reason: string | undefined]> {
  const [result] = await resumeObjects(client, [object], { dryRun: false }, NEVER);
  return [result?.outcome ?? "", result?.reason];
}

test("an object that somebody has written since is looked at again, and started", async () => {
  const object = await paused("written");
  await cluster.request("PATCH", `${DEPLOYMENTS}/written`, { metadata: { labels: { a: "b" } } });
  assert.deepEqual(await resume(object), ["resumed", undefined]);
  const { metadata, spec } = await cluster.request("GET", `${DEPLOYMENTS}/written`);
  assert.deepEqual([spec.replicas, metadata.labels], [3, { a: "b" }]);
});

test("one that somebody has started since keeps what it has", async () => {
  const object = await paused("started");
  await cluster.request("PATCH", `${DEPLOYMENTS}/started`, { spec: { replicas: 7 } });
  assert.deepEqual(await resume(object), ["kept", "somebody has started it already"]);
  assert.equal((await cluster.request("GET", `${DEPLOYMENTS}/started`)).spec.replicas, 7);
});

test("one that was resumed since is left alone, and one that is gone", async () => {
  const object = await paused("resumed");
  assert.deepEqual(await resume(object), ["resumed", undefined]);
  assert.deepEqual(await resume(object), ["kept", "it is not paused any more"]);
  await cluster.request("DELETE", `${DEPLOYMENTS}/resumed`);
  assert.deepEqual(await resume(object), ["kept", "it is gone"]);
});
