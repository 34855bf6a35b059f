/** Custom resources that are served in several versions, of which the preferred one is not the whole object. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { warningsOf } from "../../../src/archive/format/lacking.ts";
import { type Archive, openArchive } from "../../../src/archive/reader.ts";
import { takeBackup } from "../../../src/backup/take-backup.ts";
import { discoverResources } from "../../../src/cluster/discovery.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { readClusterSide } from "../../../src/compare/cluster-side.ts";
import { findExtraObjects } from "../../../src/restore/prune.ts";
import { compileSelection } from "../../../src/selection/selection.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { openClient, restore } from "../../support/engine/engine.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";
import { until } from "../../support/until.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const NAME = "kabaneros.kabanero.io";
const V1 = "/apis/kabanero.io/v1alpha1/namespaces/default/kabaneros";

let cluster: ControlPlane;
let client: ApiClient;
let proxy: ApiProxy;
let folder: string;
const opened: { close(): Promise<void> }[] = [];

before(async () => {
  cluster = await startControlPlane();
  proxy = await startApiProxy(cluster);
  client = await openClient(proxy);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-versions-"));
});

after(async () => {
  for (const source of opened) await source.close();
  await client?.close();
  await proxy?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Takes a backup of these resources, and opens it; the requests for definitions that the backup took. */
async function backUp(...words: readonly string[]) {
  const from = proxy.requests.length;
  const now = () => new Date();
  const log = await createLog({
    stream: { write: () => {} },
    readable: false,
    colors: false,
    debug: false,
    now,
  });
  const store = new FileStore({ folder });
  const terms = words.map((word) => ({ adds: true, word }));
  const program = { version: "0.0.0", commit: "0000000" };
  const kinds = { base: "none", terms } as const;
  const { name } = await takeBackup({ client, store, kinds, program, now, log }, NEVER);
  // Kinds that are not kept are counted by the metadata of their objects.
  const asked = proxy.requests
    .slice(from)
    .filter(({ path, accept }) => path.startsWith(CRDS) && !accept.includes("PartialObjectMetadata"));
  const source = await store.open(name, NEVER);
  opened.push(source);
  const archive = await openArchive(source, NEVER);
  return { archive, asked: asked.length };
}

function schema(field: string) {
  const spec = { type: "object", properties: { [field]: { type: "array", items: { type: "string" } } } };
  return { openAPIV3Schema: { type: "object", properties: { spec } } };
}

async function define(): Promise<void> {
  await cluster.request("POST", CRDS, {
    metadata: { name: NAME },
    spec: {
      group: "kabanero.io",
      scope: "Namespaced",
      names: { kind: "Kabanero", plural: "kabaneros" },
      versions: [
        { name: "v1alpha2", served: true, storage: false, schema: schema("stacks") },
        { name: "v1alpha1", served: true, storage: true, schema: schema("collections") },
      ],
    },
  });
  await until("it is served", async () => {
    const { resources } = await cluster.request("GET", "/apis/kabanero.io/v1alpha1");
    await cluster.request("GET", V1);
    return resources.length > 0;
  });
}

async function make(name: string): Promise<void> {
  const spec = { collections: ["java"] };
  await cluster.request("POST", V1, {
    apiVersion: "kabanero.io/v1alpha1",
    kind: "Kabanero",
    metadata: { name },
    spec,
  });
}

async function textsOf(archive: Archive): Promise<{ apiVersion: string; spec: unknown }[]> {
  const found: { apiVersion: string; spec: unknown }[] = [];
  for (const file of archive.files) {
    if (file.content !== "objects" || file.resource !== NAME) continue;
    for await (const text of archive.objects(file, NEVER)) found.push(JSON.parse(text));
  }
  return found;
}

test("a backup holds what only the stored version knows, and all that compare and restore use that version", async () => {
  await define();
  await make("java");
  const { archive, asked } = await backUp(NAME);
  assert.equal(asked, 1, "one list of definitions, for the versions");
  assert.deepEqual(
    archive.manifest.warnings.filter((warning) => !warning.includes("without its definition")),
    [],
  );
  const [object] = await textsOf(archive);
  assert.equal(object?.apiVersion, "kabanero.io/v1alpha1");
  assert.deepEqual(object?.spec, { collections: ["java"] });

  await remove(cluster, `${V1}/java`);
  const restored = await restore({ client, archive });
  assert.deepEqual(restored.report.failures, []);
  const { spec } = await cluster.request("GET", `${V1}/java`);
  assert.deepEqual(spec, { collections: ["java"] });
  const again = await restore({ client, archive, existing: "update" });
  assert.deepEqual(
    again.items.filter(({ kind }) => kind === "Kabanero").map(({ outcome }) => outcome),
    ["unchanged"],
  );

  const side = await readClusterSide({ client, now: () => new Date() }, NEVER);
  const resource = archive.manifest.resources.find(({ kind }) => kind === "Kabanero");
  assert.ok(resource);
  assert.equal(side.find(resource)?.version, "v1alpha1");

  await make("more");
  const from = proxy.requests.length;
  const extras = await findExtraObjects(
    {
      client,
      archive,
      selection: compileSelection({}, [], ""),
      namespaces: new Set(["default"]),
      namespaceMapping: new Map(),
    },
    NEVER,
  );
  assert.deepEqual(
    extras.map(({ name }) => name),
    ["more"],
  );
  const lists = proxy.requests.slice(from).filter((request) => request.path.includes("/kabanero.io/"));
  assert.ok(lists.every((request) => request.path.startsWith("/apis/kabanero.io/v1alpha1/")));
  await remove(cluster, `${V1}/more`);
});

test("a whole cluster: the definition comes first, and its objects in their version", async () => {
  const { archive } = await backUp(NAME, "customresourcedefinitions.apiextensions.k8s.io");
  await remove(cluster, `${CRDS}/${NAME}`);
  await until("it is gone", async () => (await cluster.request("GET", CRDS)).items.length === 0);
  const restored = await restore({ client, archive });
  assert.deepEqual(restored.report.failures, []);
  assert.deepEqual((await cluster.request("GET", `${V1}/java`)).spec, { collections: ["java"] });
});

test("no definition is asked for where no resource has several versions", async () => {
  assert.equal(
    (await backUp("configmaps", "deployments.apps", "horizontalpodautoscalers.autoscaling")).asked,
    0,
  );
});

test("without the right to list definitions, the backup says what it may lack", async () => {
  const forbidden = {
    kind: "Status",
    status: "Failure",
    reason: "Forbidden",
    code: 403,
    message: "no right",
  };
  const stop = proxy.inject({
    when: (request) => request.path === CRDS,
    fault: { kind: "answer", status: 403, body: forbidden },
  });
  try {
    const { archive } = await backUp(NAME);
    assert.deepEqual(warningsOf(archive.manifest), [
      "Fields that only another version knows may not be in the backup of kabaneros.kabanero.io (read as v1alpha2 of v1alpha2, v1alpha1): to read them in the version in which they are stored, allow list on customresourcedefinitions.apiextensions.k8s.io",
      "The backup holds 1 kind of custom resources without its definition (kabaneros.kabanero.io): a new cluster that does not have it refuses such objects, and the restore gate does not pass; add +customresourcedefinitions.apiextensions.k8s.io to KINDS",
    ]);
  } finally {
    stop();
  }
});

/** Serves these versions alone, and waits until the program finds them: discovery follows a definition with a delay. */
async function serve(...versions: readonly string[]): Promise<void> {
  const crd = await cluster.request("GET", `${CRDS}/${NAME}`);
  for (const version of crd.spec.versions) version.served = versions.includes(version.name);
  await cluster.request("PUT", `${CRDS}/${NAME}`, crd);
  await until("these are served", async () => {
    const resources = await discoverResources(client, NEVER);
    const found = resources.find(({ kind }) => kind === "Kabanero")?.versions;
    return found?.toSorted().join() === versions.toSorted().join();
  });
}

test("a stored version that is not served: a preferred one is read, and the lost fields are named", async () => {
  const lost =
    /stored as v1alpha1, which the API server does not serve, and read as v1alpha\d, which has no spec\.collections/;
  await serve("v1alpha2");
  const one = await backUp(NAME, "customresourcedefinitions.apiextensions.k8s.io");
  assert.equal(one.asked, 1, "the list that is in the backup");
  assert.match(one.archive.manifest.warnings.join("\n"), lost);
  const more = { name: "v1alpha3", served: true, storage: false, schema: schema("stacks") };
  const patch = [{ op: "add", path: "/spec/versions/-", value: more }];
  await cluster.request("PATCH", `${CRDS}/${NAME}`, patch, { contentType: "application/json-patch+json" });
  await serve("v1alpha2", "v1alpha3");
  assert.match((await backUp(NAME)).archive.manifest.warnings.join("\n"), lost);
});
