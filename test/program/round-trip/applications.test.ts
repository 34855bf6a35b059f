/** Three well-known applications come back, with all kinds that they consist of. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";
import { waitForCollector } from "../../support/samples/applications/collector.ts";
import { readAllObjects } from "../../support/samples/applications/fixtures.ts";
import { liveObjects, titleOf, waitUntilQuiet } from "../../support/samples/applications/live.ts";
import { loadApplications } from "../../support/samples/applications/load.ts";
import { removeApplications } from "../../support/samples/applications/remove.ts";

/** The applications had these: what is in kube-system is left out, and who leads. */
const LEFT_OUT = [
  "leases.coordination.k8s.io ingress-nginx/ingress-nginx-leader",
  ...["cert-manager-cainjector:leaderelection", "cert-manager:leaderelection", "prometheus-k8s"].map(
    (name) => `rolebindings.rbac.authorization.k8s.io kube-system/${name}`,
  ),
  "rolebindings.rbac.authorization.k8s.io kube-system/resource-metrics-auth-reader",
  ...["cert-manager-cainjector:leaderelection", "cert-manager:leaderelection", "prometheus-k8s"].map(
    (name) => `roles.rbac.authorization.k8s.io kube-system/${name}`,
  ),
];

/** What is said of those. */
const IN_KUBE_SYSTEM =
  "4 RoleBindings in kube-system name ServiceAccounts of other namespaces, and a backup holds nothing of kube-system (cert-manager-cainjector:leaderelection, cert-manager:leaderelection, prometheus-k8s and 1 more): keep their manifests and those of the Roles that they name, and apply them after a restore";

let cluster: ControlPlane;
let folder: string;
/** What an empty cluster has. */
let empty: ReadonlySet<string>;
let live: string[];
let original: Record<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-applications-"));
  cluster = await startControlPlane();
  empty = new Set((await liveObjects(cluster)).map(titleOf));
  await loadApplications(cluster);
  live = await names(cluster);
  original = await backUp(cluster, "original", [IN_KUBE_SYSTEM]);
});

after(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(of: ControlPlane, args: string[], store: string) {
  const env = { KUBECONFIG: of.kubeconfig, S3TARGET: `file://${path.join(folder, store)}` };
  const result = await runProgram([...args, "-o", "json"], { env });
  return { ...result, json: JSON.parse(result.stdout) };
}

/** Backs up all kinds, and returns what of the archive is to be the same after a restore. */
async function backUp(
  of: ControlPlane,
  store: string,
  warnings: readonly string[],
): Promise<Record<string, string>> {
  const { status, stderr, json } = await run(of, ["backup", "--kinds", "all"], store);
  assert.equal(status, 0, stderr);
  assert.deepEqual(json.missing ?? [], []);
  const others = json.warnings.filter((warning: string) => !/^The API group /.test(warning));
  assert.deepEqual(others, warnings);
  const files = [...(await unzipNewest(path.join(folder, store)))]
    .filter(([name]) => name.includes("/"))
    .map(
      ([name, text]) => [name, /\.(managers|status)\.jsonl$/.test(name) ? withoutTimes(text) : text] as const,
    );
  return Object.fromEntries(files.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Entries of field managers hold the time of the last write, which a restore is, and are sorted by it. */
function withoutTimes(lines: string): string {
  return lines.replace(/.+/g, (line) => {
    const { managers, ...rest } = JSON.parse(line) as { name: string; managers: { time?: string }[] };
    const entries = managers.map(({ time: _time, ...entry }) => JSON.stringify(entry));
    return JSON.stringify({ ...rest, managers: entries.sort() });
  });
}

/**
 * What is in the cluster of its own, by name. Pods and EndpointSlices have names that their controllers
 * choose: of each owner they are counted.
 */
async function names(of: ControlPlane): Promise<string[]> {
  const objects = (await liveObjects(of)).filter(
    ({ resource, metadata }) =>
      metadata.deletionTimestamp === undefined && !/^(events|ipaddresses)\b/.test(resource),
  );
  const titles = objects.map((object) => {
    const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
    const { namespace } = object.metadata;
    if (owner === undefined || !/^(pods|endpointslices\.)/.test(object.resource)) return titleOf(object);
    return `${object.resource} of ${owner.kind} ${namespace}/${owner.name}`;
  });
  return titles.filter((title) => !isOfClusterItself(title)).sort();
}

/** Accounts of controllers and the like, which differ from one moment to the next. */
function isOfClusterItself(title: string): boolean {
  return empty.has(title) || /^(serviceaccounts|configmaps|leases\S*) kube-(system|node-lease)\//.test(title);
}

/** Restores into a cluster that has nothing of the applications, and compares. */
async function comesBack(into: ControlPlane, store: string): Promise<void> {
  const { status, json, stderr } = await run(into, ["restore", "--yes", "--restore-status"], "original");
  assert.deepEqual(json.failures ?? stderr, []);
  assert.equal(status, 0, stderr);
  assert.ok(json.notes.includes(IN_KUBE_SYSTEM), json.notes.join("\n"));
  await waitForCollector(into);
  // Whatever was collected took along what it owned.
  await waitUntilQuiet(into);
  const now = await names(into);
  assert.deepEqual(
    {
      missing: live.filter((title) => !now.includes(title)),
      added: now.filter((title) => !live.includes(title) && !title.includes("backuprestore-donotuse")),
    },
    { missing: LEFT_OUT, added: [] },
  );
  const again = await backUp(into, store, []);
  assert.deepEqual(Object.keys(again), Object.keys(original));
  for (const [name, text] of Object.entries(original)) {
    assert.deepEqual(again[name]?.split("\n"), text.split("\n"), name);
  }
}

describe("three applications", () => {
  it("are in the backup with every object that was installed", async () => {
    const missing = (await readAllObjects())
      .filter(({ kind, metadata }) => metadata.namespace !== "kube-system" && kind !== "Lease")
      .filter(({ kind, metadata: { namespace, name } }) => {
        const folder = namespace === undefined ? "cluster/" : `namespaces/${namespace}/`;
        return !Object.entries(original).some(
          ([file, text]) =>
            file.startsWith(folder) &&
            file.endsWith(".json") &&
            text.includes(`"kind":"${kind}","metadata":`) &&
            text.includes(`"name":"${name}"`),
        );
      })
      .map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace}/${name}`);
    assert.deepEqual(missing, []);
  });

  describe("come back to the byte", { concurrency: 2 }, () => {
    it("in the cluster that they were in, when all of them is gone", async () => {
      await removeApplications(cluster, empty);
      await comesBack(cluster, "same");
    });

    it("in an empty new cluster", async () => {
      const other = await startControlPlane();
      try {
        await comesBack(other, "new");
      } finally {
        await other.stop();
      }
    });
  });
});
