/** The label kube-backup/exclude: what carries it is in no backup, and no restore, diff or --prune touches it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { exists, loadApplication } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { objectsOf, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";

const SHOP = "/api/v1/namespaces/shop";
const SANDBOX = "/api/v1/namespaces/sandbox";
const LABEL = { labels: { "kube-backup/exclude": "true" } };
const VELERO = { labels: { "velero.io/exclude-from-backup": "true" } };
/** What carries a label: two namespaces' worth, one of them as a whole. */
const EXCLUDED = { namespaces: 1, configmaps: 2, secrets: 1, "replicasets.apps": 1, "deployments.apps": 1 };

let cluster: ControlPlane;
let folder: string;
let before: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
  for (const name of ["sandbox", "other"])
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  await cluster.request("POST", `${SANDBOX}/configmaps`, { metadata: { name: "scratch" }, data: { a: "1" } });
  for (const name of ["mine", "kept"])
    await cluster.request("POST", `${SHOP}/configmaps`, { metadata: { name }, data: { a: "1" } });
  before = (await run("backup"))["name"] as string;
  await cluster.request("PATCH", `${SHOP}/configmaps/mine`, { metadata: LABEL, data: { a: "2" } });
  await cluster.request("PATCH", `${SHOP}/secrets/password`, { metadata: VELERO });
  await cluster.request("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", { metadata: LABEL });
  await cluster.request("PATCH", SANDBOX, { metadata: LABEL });
  await cluster.request("PATCH", `${SANDBOX}/configmaps/scratch`, { data: { a: "2" } });
  // Another value is none.
  await cluster.request("PATCH", `${SHOP}/configmaps/kept`, {
    metadata: { labels: { "kube-backup/exclude": "false" } },
  });
});

async function run(line: string, statuses = [0]): Promise<Record<string, unknown>> {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  const { status, stdout, stderr } = await runProgram([...line.split(" "), "-o", "json"], { env });
  assert.ok(statuses.includes(status ?? -1), `${stdout}${stderr}`);
  return JSON.parse(stdout);
}

test("a backup leaves it out, with what is in a namespace and what a Deployment has made, and counts it", async () => {
  // The names of backups are of a second each.
  const taken = await run("backup");
  assert.deepEqual(taken["excluded"], EXCLUDED);
  const contents = await unzipNewest(folder);
  const names = objectsOf(contents, "shop", "configmaps").map(({ metadata }) => metadata.name);
  assert.deepEqual(names, ["kept", "settings"]);
  for (const resource of ["secrets", "deployments.apps", "replicasets.apps"])
    assert.deepEqual(objectsOf(contents, "shop", resource), [], resource);
  assert.deepEqual(
    [...contents.keys()].filter((file) => file.includes("sandbox")),
    [],
  );
  assert.deepEqual(JSON.parse(contents.get("MANIFEST") ?? "").excluded, EXCLUDED);
  const { backups: listed } = (await run("list --long")) as unknown as {
    backups: Record<string, unknown>[];
  };
  assert.deepEqual(
    listed.map(({ excludedObjects }) => excludedObjects),
    [0, 6],
  );
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  assert.match((await runProgram(["list", "--long"], { env })).stdout, /ok, 6 left out by a label/);
  assert.match((await runProgram(["verify"], { env })).stdout, /objects, 6 left out by a label/);
});

test("diff shows it neither as added nor as removed, and says what is not compared", async () => {
  const now = await run("diff");
  assert.deepEqual(now["items"], []);
  const then = await run(`diff ${before}`, [0, 1]);
  const changed = (then["items"] as { kind: string; name: string }[]).map(
    ({ kind, name }) => `${kind} ${name}`,
  );
  assert.deepEqual(changed, ["ConfigMap kept"]);
  assert.match(JSON.stringify(then["notes"]), /Namespace sandbox is left out by a label/);
});

test("a restore of a backup from before skips it, and names it", async () => {
  const restored = await run(`restore ${before} --existing update --yes --no-flag`);
  const items = restored["items"] as {
    kind: string;
    namespace: string | null;
    name: string;
    outcome: string;
    reason: string | null;
  }[];
  const skipped = items.filter(({ outcome }) => outcome === "skipped");
  assert.deepEqual(skipped.map(({ kind, name }) => `${kind} ${name}`).sort(), [
    "ConfigMap mine",
    "ConfigMap scratch",
    "Deployment web",
    "Namespace sandbox",
    "Secret password",
  ]);
  for (const { reason } of skipped) assert.match(reason ?? "", /a label of .* leaves it out/);
  for (const path of [`${SHOP}/configmaps/mine`, `${SANDBOX}/configmaps/scratch`])
    assert.deepEqual((await cluster.request("GET", path)).data, { a: "2" });
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  const { stdout } = await runProgram(["restore", before, "--existing", "update", "--yes", "--no-flag"], {
    env,
  });
  assert.match(stdout, /^ {2}Deployment shop\/web$/m);
});

test("--prune does not delete it, also where its namespace alone carries the label", async () => {
  await cluster.request("POST", `${SHOP}/configmaps`, { metadata: { name: "extra" } });
  await cluster.request("POST", `${SANDBOX}/configmaps`, { metadata: { name: "extra" } });
  const dry = await run(`restore ${before} --prune --dry-run=client`);
  const deleted = (dry["items"] as { namespace: string; name: string; outcome: string }[]).filter(
    ({ outcome }) => outcome === "deleted",
  );
  assert.deepEqual(
    deleted.map(({ namespace, name }) => `${namespace}/${name}`),
    ["shop/extra"],
  );
  const pruned = await run("restore latest --prune --yes --no-flag");
  assert.equal((pruned["summary"] as { deleted: number }).deleted, 1);
  for (const path of [`${SHOP}/configmaps/mine`, `${SHOP}/secrets/password`, `${SANDBOX}/configmaps/extra`])
    assert.ok(await exists(cluster, path), path);
  assert.ok(!(await exists(cluster, `${SHOP}/configmaps/extra`)));
});
