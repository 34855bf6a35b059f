/** Definitions and objects of theirs, in one restore; owners of all sorts. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, itemOf, restore, withEngine } from "../../support/engine/engine.ts";
import { define, definition, definitionPath, GROUP } from "../../support/samples/definition.ts";

const DEFINITIONS = [
  { plural: "zones", kind: "Zone", scope: "Cluster" },
  { plural: "widgets", kind: "Widget", versions: ["v1", "v1beta1", "-v1alpha1"] },
  { plural: "gears", kind: "Gear" },
] as const;
const NAMES = DEFINITIONS.map(({ plural }) => `${plural}.${GROUP}`);
const ZONE = `/apis/${GROUP}/v1/zones/north`;
const SHOP = "/api/v1/namespaces/shop";
const custom = (plural: string, name: string) => `/apis/${GROUP}/v1/namespaces/shop/${plural}/${name}`;

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await define(cluster, ...DEFINITIONS);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  const zone = await create("Zone", "zones", "north");
  const widget = await create("Widget", "widgets", "big", [zone]);
  await create("Gear", "gears", "small", [widget]);
  // What a definition's own objects own is of the kinds that a backup always holds.
  await cluster.request("POST", `${SHOP}/configmaps`, {
    metadata: {
      name: "of-gear",
      ownerReferences: [reference(await cluster.request("GET", custom("gears", "small")))],
    },
  });
  await cluster.request("POST", `${SHOP}/configmaps`, {
    metadata: { name: "of-zone", ownerReferences: [reference(zone)] },
  });
  archive = await backUp(client, ["shop"], [`customresourcedefinitions.apiextensions.k8s.io`, ...NAMES]);
});

interface Custom {
  apiVersion: string;
  kind: string;
  metadata: { name: string; uid: string };
}

const reference = ({ apiVersion, kind, metadata: { name, uid } }: Custom) => ({
  apiVersion,
  kind,
  name,
  uid,
});

async function create(kind: string, plural: string, name: string, owners: Custom[] = []): Promise<Custom> {
  const path = plural === "zones" ? `/apis/${GROUP}/v1/zones` : custom(plural, "").slice(0, -1);
  const metadata = { name, ownerReferences: owners.map(reference) };
  return await cluster.request("POST", path, {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata,
    spec: { size: 1 },
  });
}

afterEach(clear);

async function clear(): Promise<void> {
  await remove(cluster, SHOP);
  for (const plural of ["zones", "widgets", "gears", "others"]) await remove(cluster, definitionPath(plural));
}

test("definitions, their objects and what those own come back in one restore, with owners of this cluster", async () => {
  await clear();
  const { report, items } = await restore({ client, archive });
  assert.deepEqual([report.failures, report.notes], [[], []]);
  assert.deepEqual(
    items.filter(({ outcome }) => outcome !== "created"),
    [],
  );
  const live = async (path: string) => await cluster.request("GET", path);
  const owned = [
    [custom("widgets", "big"), ZONE],
    [custom("gears", "small"), custom("widgets", "big")],
    [`${SHOP}/configmaps/of-gear`, custom("gears", "small")],
    [`${SHOP}/configmaps/of-zone`, ZONE],
  ] as const;
  for (const [path, owner] of owned) {
    assert.equal((await live(path)).metadata.ownerReferences[0].uid, (await live(owner)).metadata.uid, path);
  }
  const again = await restore({ client, archive });
  assert.deepEqual(
    again.items.filter(({ outcome }) => outcome !== "unchanged"),
    [],
  );
});

test("a dry run says what could not be asked, and makes no definition", async () => {
  await clear();
  const asked = await restore({ client, archive, dryRun: "server" });
  assert.deepEqual(asked.report.failures, []);
  assert.deepEqual(
    ["Zone", "Gear"].map((kind) => asked.items.find((item) => item.kind === kind)?.reason),
    Array(2).fill("not asked: the CustomResourceDefinition does not exist yet"),
  );
  const compared = await restore({ client, archive, dryRun: "client" });
  assert.deepEqual(compared.lines, asked.lines);
  assert.equal(await exists(cluster, definitionPath("zones")), false);
  const real = await restore({ client, archive });
  assert.deepEqual(real.lines, asked.lines);
});

test("a definition that does not get its names fails with its conditions, and its objects with it", async () => {
  await clear();
  await define(cluster, { plural: "others", kind: "Gear" });
  const restored = await restore({ client, archive, crdTimeout: 1_000 });
  const { outcome, reason } = itemOf(restored, "CustomResourceDefinition", `gears.${GROUP}`);
  assert.equal(outcome, "failed");
  assert.match(
    reason ?? "",
    /^it was created, but NamesAccepted is False: \w+: .*already in use; Established is False/,
  );
  assert.equal(itemOf(restored, "Gear", "small").reason, `the API server does not serve gears.${GROUP}`);
  assert.equal(restored.report.failures.length, 2);
  assert.equal(itemOf(restored, "Widget", "big").outcome, "created");
  assert.deepEqual(restored.report.notes, [
    "ConfigMap shop/of-gear came back without an owner that failed: Gear small",
  ]);
});

test("the wait for a definition ends with the signal", async () => {
  await clear();
  await define(cluster, { plural: "others", kind: "Gear" });
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error("enough")), 1_500);
  const begin = Date.now();
  await assert.rejects(restore({ client, archive, crdTimeout: 60_000 }, abort.signal), {
    message: "enough",
  });
  assert.ok(Date.now() - begin < 10_000);
});

test("a definition that was made and not waited for, by a restore that was killed, is waited for by the next", async () => {
  await clear();
  // Not yet served when the restore looks what is.
  for (const options of DEFINITIONS) {
    await cluster.request("POST", definitionPath("").replace(/\/\.[^/]*$/, ""), definition(options));
  }
  const { report, lines } = await restore({ client, archive });
  assert.deepEqual(report.failures, []);
  assert.ok(lines.includes("Gear shop/small: created"));
});
