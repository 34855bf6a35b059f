/** The status of custom resources: kept beside their objects, and brought back where that is asked for. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import { discoverResources } from "../../../src/cluster/discovery.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { StatusWriter } from "../../../src/restore/object/status-writer.ts";
import { RestoreReport } from "../../../src/restore/report/report.ts";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { membersOf } from "../../support/cluster/raw-json.ts";
import {
  backUp,
  itemOf,
  openClient,
  type Restored,
  restore,
  withEngine,
} from "../../support/engine/engine.ts";
import { define, definitionPath, GROUP } from "../../support/samples/definition.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";
import { until } from "../../support/until.ts";

const NAMESPACE = "statuses";
const VERSION = `/apis/${GROUP}/v1`;
const ROOT = `${VERSION}/namespaces/${NAMESPACE}`;
const MORE = ["widgets", "plains", "stricts", "defaulteds"].map((plural) => `${plural}.${GROUP}`);

const CONDITION =
  '{"lastTransitionTime":"2026-01-31T12:00:00Z","message":"","reason":"Up","status":"True","type":"Ready"}';
const VALUES = `{"big":9007199254740993,"conditions":[${CONDITION}],"empty":{},"float":1.0,"huge":1e21,"none":null,"text":"\\u003cß😀\\u003e"}`;

interface Entry {
  manager: string;
  operation: string;
  subresource?: string;
}

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;
/** The objects' paths, and what they were when the backup was taken. */
const PATHS = {
  values: `${ROOT}/widgets/values`,
  shared: `${ROOT}/widgets/shared`,
  blank: `${ROOT}/widgets/blank`,
  owned: `${ROOT}/widgets/owned`,
  plain: `${ROOT}/plains/plain`,
  strict: `${ROOT}/stricts/strict`,
  defaulted: `${ROOT}/defaulteds/defaulted`,
};
type Name = keyof typeof PATHS;
const NAMES = Object.keys(PATHS) as Name[];
let statuses: Record<Name, string | undefined>;
let managers: Record<Name, object[]>;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  const strict = {
    status: { type: "object", properties: { phase: { type: "string", enum: ["Up", "Down"] } } },
  };
  // As the Gateway API has it.
  const phase = { type: "string" };
  const waiting = { status: { type: "object", properties: { phase }, default: { phase: "Waiting" } } };
  await define(
    cluster,
    { plural: "widgets", kind: "Widget", status: true },
    { plural: "plains", kind: "Plain" },
    { plural: "stricts", kind: "Strict", status: true, properties: strict },
    { plural: "defaulteds", kind: "Defaulted", status: true, properties: waiting },
  );
  await load();
  archive = await backUp(client, [NAMESPACE], MORE);
  statuses = await statusTexts();
  managers = await recorded();
});

async function send(method: "GET" | "POST", path: string, body?: string): Promise<string> {
  const what = `${method} ${path}`;
  return (
    await client.send(body === undefined ? { what, method, path } : { what, method, path, body }, NEVER)
  ).text;
}

/** Writes a status, or only these fields of it, as text: the numbers are what it is about. */
async function writeStatus(
  path: string,
  status: string,
  { adds = false, by = "controller" } = {},
): Promise<void> {
  const [type, body] = adds
    ? ["merge-patch", `{"status":${status}}`]
    : ["json-patch", `[{"op":"add","path":"/status","value":${status}}]`];
  const headers = { "content-type": `application/${type}+json` };
  const query = { fieldManager: by };
  await client.send({ what: "write", method: "PATCH", path: `${path}/status`, headers, query, body }, NEVER);
}

async function load(): Promise<void> {
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  const create = (path: string, kind: string, more: object = {}, metadata: object = {}) => {
    const [collection = "", name] = [
      path.slice(0, path.lastIndexOf("/")),
      path.slice(path.lastIndexOf("/") + 1),
    ];
    return cluster.request("POST", `${collection}?fieldManager=helm`, {
      apiVersion: `${GROUP}/v1`,
      kind,
      metadata: { name, ...metadata },
      ...more,
    });
  };
  const { metadata } = await create(PATHS.values, "Widget", { spec: { size: 1 } });
  await create(PATHS.shared, "Widget", { spec: { size: 2 } });
  await create(PATHS.blank, "Widget", { spec: { size: 3 } });
  const owner = { apiVersion: `${GROUP}/v1`, kind: "Widget", name: "values", uid: metadata.uid };
  await create(PATHS.owned, "Widget", { spec: { size: 4 } }, { ownerReferences: [owner] });
  await create(PATHS.strict, "Strict");
  await create(PATHS.defaulted, "Defaulted");
  await send(
    "POST",
    `${ROOT}/plains?fieldManager=helm`,
    `{"apiVersion":"${GROUP}/v1","kind":"Plain","metadata":{"name":"plain"},"status":${VALUES}}`,
  );
  // A finalizer's owner besides: who wrote the object is not one alone.
  await cluster.request("PATCH", `${PATHS.shared}?fieldManager=controller`, {
    metadata: { annotations: { "example.com/seen": "1" } },
  });
  await writeStatus(PATHS.values, VALUES);
  await writeStatus(PATHS.shared, '{"phase":"Up","checks":{"a":1}}');
  await writeStatus(PATHS.shared, '{"checks":{"b":2.0}}', { adds: true, by: "prober" });
  await writeStatus(PATHS.owned, '{"phase":"Up"}');
  await writeStatus(PATHS.strict, '{"phase":"Up"}');
  await writeStatus(PATHS.defaulted, '{"phase":"Up"}');
}

/** Each object's status, to the letter; undefined where it has none, or is not there. */
async function statusTexts(): Promise<Record<Name, string | undefined>> {
  const texts: Partial<Record<Name, string | undefined>> = {};
  for (const name of NAMES) {
    const text = await send("GET", PATHS[name]).catch(() => "{}");
    texts[name] = membersOf(text.trim()).get("status");
  }
  return texts as Record<Name, string | undefined>;
}

/** The API server's record of each object, without times and with owners by name. */
async function recorded(): Promise<Record<Name, object[]>> {
  const records: Partial<Record<Name, object[]>> = {};
  for (const name of NAMES) {
    const { metadata } = await cluster.request("GET", PATHS[name]);
    let text = JSON.stringify(metadata.managedFields ?? []);
    for (const owner of metadata.ownerReferences ?? []) text = text.replaceAll(owner.uid, owner.name);
    records[name] = (JSON.parse(text) as (Entry & { time: string })[])
      .map(({ time: _, ...entry }) => entry)
      .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  }
  return records as Record<Name, object[]>;
}

async function versions(): Promise<string[]> {
  const all = NAMES.map(async (name) => (await cluster.request("GET", PATHS[name])).metadata.resourceVersion);
  return await Promise.all(all);
}

async function lose(): Promise<void> {
  await remove(cluster, `/api/v1/namespaces/${NAMESPACE}`);
}

async function bringBack(options: Partial<Parameters<typeof restore>[0]> = {}): Promise<Restored> {
  const restored = await restore({ client, archive, restoreStatus: true, ...options });
  assert.deepEqual(restored.report.failures, []);
  return restored;
}

const NO_STATUS = {
  ...Object.fromEntries(NAMES.map((name) => [name, undefined])),
  defaulted: '{"phase":"Waiting"}',
};

it("is held by the API server as it was sent, in the form that it gives to numbers", () => {
  const served = VALUES.replace("1.0", "1").replace("1e21", "1e+21");
  assert.equal(statuses.values, served);
  assert.equal(statuses.plain, served);
});

it("is in the archive beside the objects, and as a field like any other in them", async () => {
  await verifyArchive(archive, NEVER);
  const files = [...archive.files].filter(({ content }) => content === "status");
  assert.deepEqual(
    files.map(({ path, objects }) => [path, objects]),
    [
      [`namespaces/${NAMESPACE}/widgets.${GROUP}.status.jsonl`, 3],
      [`namespaces/${NAMESPACE}/stricts.${GROUP}.status.jsonl`, 1],
      [`namespaces/${NAMESPACE}/defaulteds.${GROUP}.status.jsonl`, 1],
    ],
  );
});

describe("without the flag", () => {
  it("stays away, but where it is a field like any other", async () => {
    await lose();
    const { report } = await bringBack({ restoreStatus: false });
    assert.deepEqual(report.notes, []);
    assert.deepEqual(await statusTexts(), { ...NO_STATUS, plain: statuses.plain });
  });

  it("a restore again leaves everything unchanged", async () => {
    const then = await versions();
    const { items } = await bringBack({ restoreStatus: false });
    assert.deepEqual(
      items.filter(({ outcome }) => outcome !== "unchanged"),
      [],
    );
    assert.deepEqual(await versions(), then);
  });
});

describe("with the flag", () => {
  it("a dry run writes nothing", async () => {
    const then = await versions();
    for (const dryRun of ["client", "server"] as const) {
      const { report } = await bringBack({ dryRun });
      assert.deepEqual(report.notes, []);
    }
    assert.deepEqual(await versions(), then);
  });

  it("comes to objects that are there and equal, as after a run that was killed", async () => {
    const restored = await bringBack();
    assert.deepEqual(restored.report.notes, ["5 objects got the status that the backup has"]);
    assert.deepEqual(await statusTexts(), statuses);
    assert.deepEqual(itemOf(restored, "Widget", "values"), {
      ...{ resource: `widgets.${GROUP}`, kind: "Widget", namespace: NAMESPACE, name: "values" },
      ...{ outcome: "unchanged", reason: "its status was written" },
    });
    assert.deepEqual(await recorded(), managers);
  });

  it("a restore again leaves everything unchanged", async () => {
    const then = await versions();
    for (const existing of ["skip", "update"] as const) {
      const { items, report } = await bringBack({ existing });
      assert.deepEqual(report.notes, []);
      assert.deepEqual(
        items.filter(({ outcome, reason }) => outcome !== "unchanged" || reason),
        [],
      );
    }
    assert.deepEqual(await versions(), then);
  });

  it("comes back with what is created, to the letter, and belongs to whom it belonged", async () => {
    await lose();
    const { report } = await bringBack();
    assert.deepEqual(report.notes, ["5 objects got the status that the backup has"]);
    assert.deepEqual(await statusTexts(), statuses);
    assert.deepEqual(await recorded(), managers);
  });

  it("what was written as ours by a run that was killed is handed back", async () => {
    const text = await send("GET", PATHS.shared);
    await client.send(
      {
        what: "patch",
        method: "PATCH",
        path: PATHS.shared,
        headers: { "content-type": "application/merge-patch+json" },
        body: JSON.stringify({
          metadata: {
            managedFields: (JSON.parse(text).metadata.managedFields as Entry[])
              .filter(({ manager }) => manager !== "prober")
              .map((entry) =>
                entry.subresource === "status"
                  ? {
                      ...entry,
                      manager: "kube-backup",
                      fieldsV1: { "f:status": { "f:phase": {}, "f:checks": { "f:a": {}, "f:b": {} } } },
                    }
                  : entry,
              ),
          },
        }),
      },
      NEVER,
    );
    assert.notDeepEqual((await recorded()).shared, managers.shared);
    const { report } = await bringBack();
    assert.deepEqual(report.notes, []);
    assert.deepEqual(await recorded(), managers);
  });

  it("stays as it is where the object differs and is skipped", async () => {
    await cluster.request("PATCH", PATHS.values, { spec: { size: 9 } });
    await writeStatus(PATHS.values, '{"phase":"Other"}');
    await writeStatus(PATHS.owned, '{"phase":"Other"}');
    const restored = await bringBack();
    assert.equal(itemOf(restored, "Widget", "values").outcome, "skipped");
    assert.equal((await statusTexts()).values, '{"phase":"Other"}');
    assert.equal((await statusTexts()).owned, statuses.owned);
  });

  it("comes back with what is written over", async () => {
    const restored = await bringBack({ existing: "update" });
    assert.equal(itemOf(restored, "Widget", "values").outcome, "updated");
    assert.deepEqual(await statusTexts(), statuses);
  });

  it("what the API server refuses is a note", async () => {
    const definition = await cluster.request("GET", definitionPath("stricts"));
    definition.spec.versions[0].schema.openAPIV3Schema.properties.status.properties.phase.enum = ["Down"];
    await cluster.request("PUT", definitionPath("stricts"), definition);
    await lose();
    for (const end = Date.now() + 30_000; ; ) {
      const { report } = await bringBack();
      const note = report.notes.find((each) => each.includes("Strict"));
      if (note !== undefined) {
        assert.match(
          note,
          /^1 of the kind Strict came back without their status: .*status\.phase: Unsupported value/,
        );
        break;
      }
      // The definition's change is not served at once.
      assert.ok(Date.now() < end, "the status is taken all the same");
      await lose();
    }
    assert.deepEqual(await statusTexts(), { ...statuses, strict: undefined });
  });

  it("without the right to write it everything comes back, and one note a kind says what is wrong", async () => {
    const metadata = { name: "no-status" };
    const verbs = ["list", "get", "create", "patch"];
    const resources = [
      "namespaces",
      "configmaps",
      "secrets",
      "services",
      "widgets",
      "plains",
      "stricts",
      "defaulteds",
    ];
    const rules = [{ apiGroups: ["", GROUP], resources, verbs }];
    await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", { metadata, rules });
    await cluster.request("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata });
    await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "no-status" },
      subjects: [{ kind: "ServiceAccount", namespace: "default", name: "no-status" }],
    });
    await lose();
    const limited = await openClient({
      kubeconfig: await cluster.serviceAccountKubeconfig("default", "no-status"),
    });
    try {
      const { report } = await bringBack({ client: limited });
      const notes = report.notes.filter((note) => note.includes("without their status")).sort();
      assert.equal(notes.length, 3);
      assert.match(
        notes[2] ?? "",
        /^3 of the kind Widget came back without their status: .*cannot patch resource "widgets\/status"/,
      );
      assert.deepEqual(await statusTexts(), { ...NO_STATUS, plain: statuses.plain });
    } finally {
      await limited.close();
    }
  });

  it("where the resource has no status subresource any more, that is a note", async () => {
    await bringBack({ restoreStatus: false });
    const definition = await cluster.request("GET", definitionPath("stricts"));
    delete definition.spec.versions[0].subresources;
    await cluster.request("PUT", definitionPath("stricts"), definition);
    await until("stricts have no status subresource", async () => {
      const served = await discoverResources(client, NEVER);
      return served.some(
        ({ resource, statusVersions }) => resource === "stricts" && statusVersions?.length === 0,
      );
    });
    await lose();
    const { report } = await bringBack();
    assert.ok(
      report.notes.includes(
        `1 of the kind Strict came back without their status: this API server has no status subresource of stricts.${GROUP} in ${GROUP}/v1`,
      ),
      report.notes.join("\n"),
    );
    assert.ok(await exists(cluster, PATHS.strict));
  });
});

describe("a status that others write meanwhile", () => {
  const write = async (text: string, plural = "widgets", name = "blank") => {
    const resource = (await discoverResources(client, NEVER)).find((each) => each.resource === plural);
    assert.ok(resource !== undefined);
    const key = { namespace: NAMESPACE, name };
    const status = { value: { phase: "Backup" }, managers: [{ manager: "controller", operation: "Update" }] };
    const report = new RestoreReport();
    const writes = new StatusWriter(client, report);
    const { written } = await writes.write({ resource, key, status, text }, NEVER);
    writes.note();
    return { written, notes: report.notes };
  };

  it("is written all the same where only the rest of the object has changed", async () => {
    const before = await send("GET", PATHS.blank);
    await cluster.request("PATCH", PATHS.blank, { metadata: { finalizers: ["example.com/a"] } });
    assert.equal((await write(before)).written, true);
    assert.equal((await statusTexts()).blank, '{"phase":"Backup"}');
    await cluster.request("PATCH", PATHS.blank, { metadata: { finalizers: null } });
  });

  it("is written over a default, which may show only when it is looked at again", async () => {
    await remove(cluster, PATHS.defaulted);
    const metadata = { name: "defaulted" };
    const body = JSON.stringify({ apiVersion: `${GROUP}/v1`, kind: "Defaulted", metadata });
    const created = JSON.parse(await send("POST", `${ROOT}/defaulteds`, body));
    await cluster.request("PATCH", PATHS.defaulted, { metadata: { labels: { a: "b" } } });
    const blank = JSON.stringify({ ...created, status: undefined });
    assert.equal((await write(blank, "defaulteds", "defaulted")).written, true);
  });

  it("stays the controller's", async () => {
    const before = await send("GET", PATHS.blank);
    await writeStatus(PATHS.blank, '{"phase":"Controller"}');
    assert.deepEqual(await write(JSON.stringify({ ...JSON.parse(before), status: undefined })), {
      written: false,
      notes: [],
    });
    assert.equal((await statusTexts()).blank, '{"phase":"Controller"}');
  });

  it("is not written to an object that was made anew, or is gone", async () => {
    const before = await send("GET", PATHS.blank);
    await remove(cluster, PATHS.blank);
    assert.deepEqual(await write(before), { written: false, notes: [] });
    await cluster.request("POST", `${ROOT}/widgets`, {
      apiVersion: `${GROUP}/v1`,
      kind: "Widget",
      metadata: { name: "blank" },
    });
    assert.deepEqual(await write(before), { written: false, notes: [] });
    assert.equal((await statusTexts()).blank, undefined);
  });
});
