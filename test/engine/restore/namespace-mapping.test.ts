/** A namespace under another name: what names it follows in custom resources that are known, and is noted in others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, restore, withEngine } from "../../support/engine/engine.ts";
import { collectionOf, type Definition, define, OPEN_VERSION } from "../../support/engine/rig.ts";

const OPEN = { namespaced: true, versions: [OPEN_VERSION] };
const ROUTES: Definition = {
  ...OPEN,
  group: "gateway.networking.k8s.io",
  plural: "httproutes",
  kind: "HTTPRoute",
};
const THINGS: Definition = { ...OPEN, group: "example.com", plural: "things", kind: "Thing" };
const PASSWORD = "db.shop.svc is the password";

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await define(engine, [ROUTES, THINGS]);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  await create(ROUTES, "web", { parentRefs: [{ name: "web", namespace: "shop" }], rules: [] });
  for (const name of ["a", "b"]) await create(THINGS, name, { targetNamespace: "shop" });
  await cluster.request("POST", "/api/v1/namespaces/shop/configmaps", {
    metadata: { name: "settings" },
    data: { url: "http://web.shop.svc:80" },
  });
  await cluster.request("POST", "/api/v1/namespaces/shop/secrets", {
    metadata: { name: "login" },
    stringData: { password: PASSWORD },
  });
  archive = await backUp(client, ["shop"], ["httproutes.gateway.networking.k8s.io", "things.example.com"]);
});

async function create({ group, kind, ...definition }: Definition, name: string, spec: object): Promise<void> {
  const body = { apiVersion: `${group}/v1`, kind, metadata: { name }, spec };
  await cluster.request("POST", collectionOf({ group, kind, ...definition }, "shop"), body);
}

const NOTES = [
  "A namespace keeps its old name in 1 object of configmaps in data.url (copy/settings): change it by hand where it means the namespace",
  "A namespace keeps its old name in 2 objects of things.example.com in spec.targetNamespace (copy/a, copy/b): change it by hand where it means the namespace",
];

test("a route follows, and what does not is noted, by a dry run as well", async () => {
  const namespaceMapping = new Map([["shop", "copy"]]);
  const dry = await restore({ client, archive, namespaceMapping, dryRun: "client" });
  assert.deepEqual(dry.report.notes, NOTES);
  const { report } = await restore({ client, archive, namespaceMapping });
  assert.deepEqual(report.failures, []);
  assert.deepEqual(report.notes, NOTES);
  assert.ok(!JSON.stringify(report.notes).includes(PASSWORD));
  const route = await cluster.request("GET", `${collectionOf(ROUTES, "copy")}/web`);
  assert.deepEqual(route.spec.parentRefs, [{ name: "web", namespace: "copy" }]);
  const thing = await cluster.request("GET", `${collectionOf(THINGS, "copy")}/a`);
  assert.equal(thing.spec.targetNamespace, "shop");
  await remove(cluster, "/api/v1/namespaces/copy");
});

test("without a mapping nothing is noted", async () => {
  const { report } = await restore({ client, archive });
  assert.deepEqual(report.notes, []);
});
