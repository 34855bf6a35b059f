/** Objects that the backup has in a version which this cluster does not serve. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import type { Resource } from "../../../src/kubernetes/resource.ts";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { archived, archiveOf, itemOf, restore, withEngine } from "../../support/engine/engine.ts";
import {
  type DefinitionOptions,
  define,
  definition,
  definitionPath,
  GROUP,
} from "../../support/samples/definition.ts";

const DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};
const CONFIG_MAPS = { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true };
const GADGETS = { group: GROUP, version: "v1beta1", resource: "gadgets", kind: "Gadget", namespaced: true };
const GADGET = { plural: "gadgets", kind: "Gadget" };
const PATH = `/apis/${GROUP}/v1/namespaces/default/gadgets/fast`;
const OWNED = "/api/v1/namespaces/default/configmaps/owned";
const NAME = `gadgets.${GROUP}`;

let cluster: ControlPlane;
let client: ApiClient;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
});

beforeEach(async () => {
  await remove(cluster, definitionPath("gadgets"));
  await remove(cluster, OWNED);
});

/** A Gadget in v1beta1 with a number that JavaScript cannot hold, what it owns, and its definition. */
async function backup(inBackup?: Omit<DefinitionOptions, "plural" | "kind">) {
  const owner = { apiVersion: `${GROUP}/v1beta1`, kind: "Gadget", name: "fast" };
  const key = { namespace: "default", name: "fast" };
  const gadget = archived(GADGETS, { apiVersion: owner.apiVersion, kind: "Gadget", metadata: key });
  const text = gadget.text.replace(/}$/, ',"spec":{"size":9007199254740993}}');
  const owned = { apiVersion: "v1", kind: "ConfigMap", metadata: { ...key, name: "owned" } };
  return await archiveOf([
    ...(inBackup === undefined ? [] : [archived(DEFINITIONS, definition({ ...GADGET, ...inBackup }))]),
    { ...gadget, text },
    archived(CONFIG_MAPS, owned, [owner]),
  ]);
}

type Case = [what: string, inCluster: readonly string[], inBackup: readonly string[] | undefined];

const CASES: readonly Case[] = [
  ["the cluster's definition knows the version, and does not serve it", ["v1", "-v1beta1"], undefined],
  ["only the backup's definition knows it", ["v1"], ["v1beta1", "v1"]],
];

for (const [what, inCluster, inBackup] of CASES) {
  test(`${what}: the object comes back in one that is served`, async () => {
    await define(cluster, { ...GADGET, versions: inCluster });
    const archive = await backup(inBackup === undefined ? undefined : { versions: inBackup });
    const planned = await restore({ client, archive, dryRun: "server" });
    const restored = await restore({ client, archive });
    assert.deepEqual(restored.report.failures, []);
    assert.equal(itemOf(restored, "Gadget", "fast").outcome, "created");
    const change = `back as ${GROUP}/v1: the backup has them as ${GROUP}/v1beta1, which this API server does not serve, and which differs in name only`;
    assert.deepEqual(restored.report.notes, [`${NAME} come ${change}`]);
    assert.deepEqual(planned.report.notes, [`${NAME} would come ${change}`]);
    assert.match(await cluster.kubectl(["get", "--raw", PATH]), /"spec":\{"size":9007199254740993\}/);
    // The collector must find the owner by the version that the reference names.
    const { uid } = (await cluster.request("GET", PATH)).metadata;
    await sleep(1_000);
    const [reference] = (await cluster.request("GET", OWNED)).metadata.ownerReferences;
    assert.deepEqual(reference, { apiVersion: `${GROUP}/v1`, kind: "Gadget", name: "fast", uid });
    const again = await restore({ client, archive });
    assert.deepEqual(
      again.items.filter(
        ({ kind, outcome }) => kind !== "CustomResourceDefinition" && outcome !== "unchanged",
      ),
      [],
    );
  });
}

test("no definition knows both: it fails and says what to do; what it owned comes back", async () => {
  await define(cluster, { ...GADGET, versions: ["v1"] });
  const restored = await restore({ client, archive: await backup({ versions: ["v1beta1"] }) });
  const { outcome, reason } = itemOf(restored, "Gadget", "fast");
  assert.equal(outcome, "failed");
  assert.match(
    reason ?? "",
    /does not serve gadgets\.\S+ as \S+\/v1beta1, only as v1: no definition says how .* install the release of what defines gadgets/,
  );
  assert.equal(await exists(cluster, PATH), false);
  assert.equal(itemOf(restored, "ConfigMap", "owned").outcome, "created");
  assert.deepEqual(restored.report.notes, [
    "ConfigMap default/owned came back without an owner that failed: Gadget fast",
  ]);
});

test("a built-in kind in a version that is gone: it fails, and names those that are served", async () => {
  const autoscalers = {
    group: "autoscaling",
    version: "v2beta2",
    resource: "horizontalpodautoscalers",
    kind: "HorizontalPodAutoscaler",
    namespaced: true,
  };
  const object = {
    apiVersion: "autoscaling/v2beta2",
    kind: autoscalers.kind,
    metadata: { namespace: "default", name: "web" },
  };
  const restored = await restore({ client, archive: await archiveOf([archived(autoscalers, object)]) });
  assert.match(
    itemOf(restored, autoscalers.kind, "web").reason ?? "",
    /^the API server does not serve horizontalpodautoscalers\.autoscaling as autoscaling\/v2beta2, only as v2, v1: restore into a Kubernetes that serves v2beta2, or kube-backup export writes them out/,
  );
});
