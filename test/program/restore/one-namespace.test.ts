/** A user with rights in single namespaces alone: nothing is asked for that lies outside of them. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { exists, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const SETTINGS = "/api/v1/namespaces/shop/configmaps/settings";
const SERVICE = "/api/v1/namespaces/shop/services/web";
/** More than are listed one by one when the whole cluster may be listed. */
const TEAMS = ["team-a", "team-b", "team-c", "team-d", "team-e"];

let cluster: ControlPlane;
let folder: string;
/** A proxy for each user, which sends the user's token. */
const users = new Map<string, ApiProxy>();

before(async () => {
  cluster = await startControlPlane();
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-one-"));
  for (const name of ["shop", "other"]) await loadApplication(cluster, name);
  for (const name of TEAMS) {
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
    await cluster.request("POST", `/api/v1/namespaces/${name}/configmaps`, { metadata: { name: "team" } });
  }
  await cluster.request("POST", `${RBAC}/namespaces/shop/roles`, {
    metadata: { name: "writer" },
    rules: [
      { apiGroups: [""], resources: ["configmaps", "secrets", "services"], verbs: ["*"] },
      { apiGroups: ["apps"], resources: ["*"], verbs: ["*"] },
    ],
  });
  await addUser("admin", ["shop", ...TEAMS], { kind: "ClusterRole", name: "admin" });
  await addUser("writer", ["shop"], { kind: "Role", name: "writer" });
  const taken = await runProgram(["backup"], { env: environment(cluster.kubeconfig) });
  assert.equal(taken.status, 0, taken.stderr);
});

after(async () => {
  for (const proxy of users.values()) await proxy.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await remove(cluster, SETTINGS);
  await cluster.request("PATCH", SERVICE, { metadata: { labels: { edited: "1" } } });
});

async function addUser(
  name: string,
  namespaces: readonly string[],
  role: { kind: string; name: string },
): Promise<void> {
  const accounts = "/api/v1/namespaces/other/serviceaccounts";
  await cluster.request("POST", accounts, { metadata: { name } });
  for (const namespace of namespaces)
    await cluster.request("POST", `${RBAC}/namespaces/${namespace}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", ...role },
      subjects: [{ kind: "ServiceAccount", name, namespace: "other" }],
    });
  const { status } = await cluster.request("POST", `${accounts}/${name}/token`, {
    spec: { expirationSeconds: 86_400 },
  });
  const { server, caFile, folder } = cluster;
  users.set(name, await startApiProxy({ server, caFile, folder, token: status.token }));
}

function environment(kubeconfig: string): Record<string, string> {
  return { KUBECONFIG: kubeconfig, S3TARGET: `file://${folder}/store` };
}

/** Runs the program as a user. Returns its end, and the requests that lie neither in these namespaces nor in discovery. */
async function runAs(
  user: string,
  args: readonly string[],
  namespaces: readonly string[] = ["shop"],
): Promise<ProgramResult & { outside: string[] }> {
  const proxy = users.get(user);
  assert.ok(proxy);
  const from = proxy.requests.length;
  const result = await runProgram(args, { env: environment(proxy.kubeconfig) });
  const outside = proxy.requests
    .slice(from)
    .filter((request) => !/^\/apis?$/.test(request.path))
    .filter((request) => {
      const namespace = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/namespaces\/([^/]+)/.exec(request.path)?.[1];
      return namespace === undefined || !namespaces.includes(namespace);
    })
    .map(({ method, path }) => `${method} ${path}`);
  return { ...result, outside: [...new Set(outside)].sort() };
}

/** All that a comparison or a dry run asks of the cluster outside: which it is. */
const IDENTITY = ["GET /api/v1/namespaces/kube-system"];
/** What else a restore asks, and does without where this user may not know it. */
const OUTSIDE = [
  ...IDENTITY,
  // Whether the program runs in another namespace than kube-system, with the Lease there.
  "GET /apis/apps/v1/deployments",
  // Whether another restore is at work.
  "GET /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-backup-restore",
  // Who this is, for the report: everybody may know that of himself.
  "POST /apis/authentication.k8s.io/v1/selfsubjectreviews",
];

/** The warnings of a run. */
function warningsOf({ stderr }: ProgramResult): string[] {
  const lines = stderr.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line)).flatMap(({ level, msg }) => (level === "warn" ? [msg] : []));
}

describe("who is admin of one namespace", () => {
  test("compares it", async () => {
    const found = await runAs("admin", ["diff", "-n", "shop", "-o", "json"]);
    assert.equal(found.status, 1, found.stderr);
    const { items: objects, notes } = JSON.parse(found.stdout);
    assert.deepEqual(
      objects.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`),
      ["ConfigMap settings", "Service web"],
    );
    assert.deepEqual(notes, []);
    assert.deepEqual(found.outside, IDENTITY);
  });

  for (const dryRun of ["server", "client"])
    test(`plans its restore: --dry-run=${dryRun}`, async () => {
      const args = ["restore", "-n", "shop", "--existing", "update", `--dry-run=${dryRun}`, "-o", "json"];
      const planned = await runAs("admin", args);
      assert.equal(planned.status, 0, planned.stderr);
      const { summary } = JSON.parse(planned.stdout);
      assert.deepEqual([summary.created, summary.updated, summary.failed], [1, 1, 0]);
      assert.match(planned.stderr, /Whether backup_\w+ was made by this cluster is not known/);
      assert.deepEqual(planned.outside, IDENTITY);
      assert.equal(await exists(cluster, SETTINGS), false);
    });

  test("restores it, and deletes what the backup has not", async () => {
    await cluster.request("POST", "/api/v1/namespaces/shop/configmaps", { metadata: { name: "extra" } });
    const args = ["restore", "-n", "shop", "--existing", "update", "--prune", "--yes", "-o", "json"];
    const restored = await runAs("admin", args);
    assert.equal(restored.status, 0, restored.stderr);
    const { summary } = JSON.parse(restored.stdout);
    assert.deepEqual([summary.created, summary.updated, summary.deleted, summary.failed], [1, 1, 1, 0]);
    assert.deepEqual(warningsOf(restored), []);
    assert.deepEqual(restored.outside, OUTSIDE);
    assert.equal((await cluster.request("GET", SERVICE)).metadata.labels, undefined);
    assert.equal(await exists(cluster, "/api/v1/namespaces/shop/configmaps/extra"), false);
    const again = await runAs("admin", args);
    assert.equal(JSON.parse(again.stdout).summary.unchanged > 0, true, again.stderr);
    assert.equal(again.status, 0, again.stderr);
  });

  test("restores one object", async () => {
    const restored = await runAs("admin", ["restore", "cm/settings", "-n", "shop", "--yes"]);
    assert.equal(restored.status, 0, restored.stderr);
    assert.deepEqual(restored.outside, OUTSIDE);
    assert.equal(await exists(cluster, SETTINGS), true);
  });

  test("restores it where the Namespace differs, which stays as it is", async () => {
    await cluster.request("PATCH", "/api/v1/namespaces/shop", { metadata: { labels: { more: "1" } } });
    try {
      const args = ["restore", "-n", "shop", "--existing", "update", "--yes", "-o", "json"];
      const restored = await runAs("admin", args);
      assert.equal(restored.status, 0, restored.stderr);
      const { notes, summary } = JSON.parse(restored.stdout);
      assert.match(notes.join("\n"), /^Namespace shop is taken as it is: namespaces "shop" is forbidden/m);
      assert.equal(summary.failed, 0);
      assert.equal(await exists(cluster, SETTINGS), true);
    } finally {
      await cluster.request("PATCH", "/api/v1/namespaces/shop", { metadata: { labels: { more: null } } });
    }
  });

  test("is told what fails: a namespace that is not there", async () => {
    const args = ["restore", "-n", "shop", "--namespace-mapping", "shop=gone", "--yes", "-o", "json"];
    const restored = await runAs("admin", args);
    assert.equal(restored.status, 3, restored.stderr);
    assert.equal(JSON.parse(restored.stdout).summary.created, 0);
  });

  test("of several namespaces, restores them all", async () => {
    for (const name of TEAMS) await remove(cluster, `/api/v1/namespaces/${name}/configmaps/team`);
    const args = ["restore", "--include-namespaces", TEAMS.join(","), "--yes", "-o", "json"];
    const restored = await runAs("admin", args, TEAMS);
    assert.equal(restored.status, 0, restored.stderr);
    for (const name of TEAMS)
      assert.equal(await exists(cluster, `/api/v1/namespaces/${name}/configmaps/team`), true);
    // Of so many, all are asked for at once, and each by itself where that is refused.
    assert.deepEqual(restored.outside, ["GET /api/v1/configmaps", ...OUTSIDE]);
  });

  test("rehearses a backup, and is told what of it is refused", async () => {
    const rehearsed = await runAs("admin", ["verify", "--rehearse", "-o", "json"]);
    assert.equal(rehearsed.status, 3, rehearsed.stderr);
    const { cluster: where, items, summary } = JSON.parse(rehearsed.stdout);
    assert.equal(where.id, null);
    assert.ok(summary.accepted > 0);
    const ours = items.filter(
      ({ namespace, name }: { namespace: string | null; name: string }) =>
        namespace === "shop" || name === "shop",
    );
    assert.deepEqual(ours, []);
    assert.ok(items.some(({ namespace }: { namespace: string | null }) => namespace === "other"));
  });

  test("is refused with RESTORE_INTO_EMPTY_ONLY, since the cluster is not known and runs things", async () => {
    const args = ["restore", "-n", "shop", "--yes", "--restore-into-empty-only"];
    const refused = await runAs("admin", args);
    assert.equal(refused.status, 1, refused.stderr);
    assert.match(
      refused.stderr,
      /Cannot restore: whether backup_\w+ was made by this cluster is not known, .* already runs \w+ shop\/web/,
    );
  });
});

describe("who may not even read the Namespace", () => {
  test("restores what is in it", async () => {
    const args = ["restore", "-n", "shop", "--existing", "update", "--exclude-kinds", "ingresses"];
    const restored = await runAs("writer", [...args, "--yes", "-o", "json"]);
    assert.equal(restored.status, 0, restored.stderr);
    const { summary, notes } = JSON.parse(restored.stdout);
    assert.deepEqual([summary.created, summary.updated, summary.failed], [1, 1, 0]);
    assert.match(notes.join("\n"), /Namespace shop is taken as it is/);
    assert.deepEqual(restored.outside, OUTSIDE);
  });

  test("compares what is in it, and is told what is not compared", async () => {
    const found = await runAs("writer", ["diff", "-n", "shop", "-o", "json"]);
    assert.equal(found.status, 1, found.stderr);
    const { notCompared, items: objects } = JSON.parse(found.stdout);
    assert.ok(notCompared.includes("namespaces"));
    assert.equal(objects.length, 2);
    assert.deepEqual(found.outside, IDENTITY);
  });
});
