/** KINDS=all: no kind is missing, and every one comes back as it was. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { DEFAULT_RESOURCES } from "../../../src/objects/default-resources.ts";
import { RESOURCES_LEFT_OUT } from "../../../src/objects/resources-left-out.ts";
import { namesInOrder } from "../../../src/restore/rounds/order.ts";
import { FLAG, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { clusterContents, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";
import {
  loadEveryKind,
  removeEveryKind,
  type Served,
  servedResources,
  waitUntilQuiet,
} from "../../support/samples/every-kind/load.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  assert.deepEqual(await loadEveryKind(cluster), [], "the API server serves every kind of the fixtures");
});

/** Gives a ServiceAccount the rights of the manifests, and of this test's custom resources; nothing else. */
async function giveRights(cluster: ControlPlane): Promise<string> {
  const texts = ["kube-backup.yml", "deploy/components/all-kinds/rights.yaml"].map((file) =>
    readFile(path.join(ROOT, file), "utf8"),
  );
  const documents = (await Promise.all(texts))
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()))
    .filter(({ kind }) => kind !== "Deployment");
  const all = documents.find(
    ({ kind, metadata }) => kind === "ClusterRole" && metadata.name === "kube-backup-all-kinds",
  );
  const verbs = ["list", "get", "create", "patch"];
  all.rules.push({ apiGroups: ["kinds.example.com"], resources: ["*"], verbs });
  const input = documents.map((document) => JSON.stringify(document)).join("\n---\n");
  await cluster.kubectl(["apply", "-f", "-"], { input });
  return await cluster.serviceAccountKubeconfig("kube-system", "kube-backup");
}

async function run(args: string[], store: string, kubeconfig = cluster.kubeconfig) {
  const env = { KUBECONFIG: kubeconfig, S3TARGET: `file://${path.join(folder, store)}` };
  const result = await runProgram([...args, "-o", "json"], { env });
  return { ...result, json: JSON.parse(result.stdout) };
}

async function backUp(store: string, kubeconfig?: string): Promise<Record<string, string>> {
  const { status, stderr } = await run(["backup", "--kinds", "all"], store, kubeconfig);
  assert.equal(status, 0, stderr);
  return clusterContents(await unzipNewest(path.join(folder, store)));
}

/** The table of docs/kinds.md: what becomes of each resource, and why. */
function kindsTable(served: readonly Served[]): string[] {
  const leftOut = new Map(RESOURCES_LEFT_OUT.map(({ resource, reason }) => [resource, reason]));
  return served
    .filter(({ apiVersion }) => !apiVersion.includes("example.com"))
    .map(({ name, kind, verbs }) => {
      const reason = leftOut.get(name);
      if (name === "namespaces") return `| ${name} | ${kind} | kept | in every backup |`;
      if (!verbs.includes("create")) return `| ${name} | ${kind} | refused | it cannot be created |`;
      if (!verbs.includes("list"))
        return `| ${name} | ${kind} | refused | it cannot be listed: a request, not an object |`;
      if (reason !== undefined) return `| ${name} | ${kind} | derived | ${reason} |`;
      const usual = DEFAULT_RESOURCES.includes(name) ? "one of the usual eight" : "";
      return `| ${name} | ${kind} | kept | ${usual} |`;
    })
    .sort();
}

/** Without the roles and bindings that {@link giveRights} put into the new cluster. */
function withoutRights(contents: Record<string, string>): Record<string, string> {
  const own = (line: string) => /^kube-backup|"name":"kube-backup(-all-kinds)?"/.test(line);
  const files = Object.entries(contents).map(([file, text]) => {
    if (!file.includes("rbac.authorization")) return [file, text];
    const lines = text.split("\n").filter((line) => line !== "" && !own(line));
    // Whichever is now the last object has no comma after it.
    return [file, lines.map((line) => line.replace(/,$/, "")).join("\n")];
  });
  return Object.fromEntries(files.filter(([, text]) => text !== ""));
}

describe("all kinds", () => {
  it("are in the document's table, and those that are kept are in the backup", async () => {
    const served = await servedResources(cluster);
    const document = await readFile(path.join(ROOT, "docs", "kinds.md"), "utf8");
    const table = document.split("\n").filter((line) => /^\| [a-z]/.test(line));
    assert.deepEqual(table.sort(), kindsTable(served));
    const kept = table.filter((line) => line.includes("| kept |")).map((line) => line.split(" ")[1]);
    await backUp("first");
    const manifest = JSON.parse((await unzipNewest(path.join(folder, "first"))).get("MANIFEST") ?? "");
    const counts = new Map<string, number>(
      manifest.resources.map(
        ({ group, resource, objects }: { group: string; resource: string; objects: number }) => [
          group === "" ? resource : `${resource}.${group}`,
          objects,
        ],
      ),
    );
    assert.deepEqual(
      kept.filter((name) => (counts.get(name ?? "") ?? 0) === 0),
      [],
    );
    for (const { resource } of RESOURCES_LEFT_OUT) assert.ok(!counts.has(resource), resource);
    for (const name of ["widgets", "blobs", "gadgets", "engines", "zones"]) {
      assert.ok((counts.get(`${name}.kinds.example.com`) ?? 0) > 0, name);
    }
  });

  it("are in the README of the archive, in the order of the restore", async () => {
    const contents = await unzipNewest(path.join(folder, "first"));
    const lines = (contents.get("README.txt") ?? "").matchAll(
      /kubectl apply --server-side -f (?:cluster|namespaces\/NAMESPACE)\/(\S+)\.json +# (\S+)$/gm,
    );
    const listed = [...lines].map(([, name = "", kind = ""]) => ({ name, kind }));
    const { resources } = JSON.parse(contents.get("MANIFEST") ?? "") as {
      resources: { group: string; resource: string; kind: string; objects: number }[];
    };
    const held = resources
      .filter(({ objects }) => objects > 0)
      .map(({ group, resource, kind }) => ({ name: group === "" ? resource : `${resource}.${group}`, kind }));
    assert.ok(held.length > 30, `${held.length} kinds`);
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
    assert.deepEqual(listed.toSorted(byName), held.toSorted(byName));
    assert.deepEqual(
      listed.map(({ name }) => name),
      namesInOrder(
        resources.map(({ group, resource }) => (group === "" ? resource : `${resource}.${group}`)),
      ).filter((name) => listed.some((each) => each.name === name)),
    );
    // Each file that is named is there, if only in some namespace.
    const files = [...contents.keys()].map((file) => file.split("/").at(-1));
    for (const { name } of listed) assert.ok(files.includes(`${name}.json`), name);
  });

  it("are in the manifest that has the rights to them", async () => {
    const rules = ["kube-backup.yml", "deploy/components/all-kinds/rights.yaml"].map(async (file) =>
      parseAllDocuments(await readFile(path.join(ROOT, file), "utf8"))
        .map((document) => document.toJS())
        .filter(({ kind }) => kind === "ClusterRole")
        .flatMap(({ rules }) => rules),
    );
    const allowed = new Set(
      (await Promise.all(rules))
        .flat()
        .flatMap(({ apiGroups, resources }) =>
          apiGroups.flatMap((group: string) =>
            resources.map((resource: string) => (group === "" ? resource : `${resource}.${group}`)),
          ),
        ),
    );
    const kept = kindsTable(await servedResources(cluster)).filter((line) => line.includes("| kept |"));
    assert.deepEqual(
      kept.map((line) => line.split(" ")[1]).filter((name) => !allowed.has(name)),
      [],
    );
  });

  it("come back to the byte in the cluster of the backup", async () => {
    const original = await backUp("first");
    await removeEveryKind(cluster);
    await remove(cluster, FLAG).catch(() => {});
    const { status, json, stderr } = await run(["restore", "--yes", "--restore-status"], "first");
    assert.deepEqual(json.failures, []);
    assert.equal(status, 0, stderr);
    await waitUntilQuiet(cluster);
    // The collector takes what has an owner that is not there within seconds.
    await sleep(8_000);
    assert.deepEqual(await backUp("again"), original);
  });

  it("come back to the byte in an empty new cluster, with the rights of the manifests", async () => {
    const original = clusterContents(await unzipNewest(path.join(folder, "first")));
    const other = await startControlPlane();
    try {
      const kubeconfig = await giveRights(other);
      const { status, json, stderr } = await run(
        ["restore", "--yes", "--restore-status"],
        "first",
        kubeconfig,
      );
      assert.deepEqual(json.failures, []);
      assert.equal(status, 0, stderr);
      await waitUntilQuiet(other);
      await sleep(8_000);
      assert.deepEqual(withoutRights(await backUp("elsewhere", kubeconfig)), withoutRights(original));
    } finally {
      await other.stop();
    }
  });
});
