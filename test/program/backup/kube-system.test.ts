/** KEEP_KUBE_SYSTEM: single objects of kube-system are backed up, and restored only by whoever names them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { exists, loadApplication } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { objectsOf, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";

const SYSTEM = "/api/v1/namespaces/kube-system";
const AUTH = `${SYSTEM}/configmaps/aws-auth`;
const KEY = `${SYSTEM}/secrets/sealed-secrets-key`;
const LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
const KEEP = { KEEP_KUBE_SYSTEM: `configmap/aws-auth,secrets:${LABEL}` };

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
  await cluster.request("POST", `${SYSTEM}/configmaps`, { metadata: { name: "aws-auth" }, data: { a: "1" } });
  await cluster.request("POST", `${SYSTEM}/configmaps`, { metadata: { name: "other" } });
  const labels = { [LABEL]: "active" };
  await cluster.request("POST", `${SYSTEM}/secrets`, { metadata: { name: "sealed-secrets-key", labels } });
});

async function json(line: string, env: Record<string, string> = {}, statuses = [0]) {
  const { status, stdout, stderr } = await runProgram([...line.split(" "), "-o", "json"], {
    env: { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}`, ...env },
  });
  assert.ok(statuses.includes(status ?? -1), `${stdout}${stderr}`);
  return JSON.parse(stdout);
}

test("without the setting nothing of it is kept, and a backup warns of what is known", async () => {
  const { warnings } = await json("backup");
  assert.deepEqual(warnings, [
    `The backup does not hold sealed-secrets-key of kube-system (keys without which no SealedSecret can be read): to have it in it, and to restore it, add secrets:${LABEL} to KEEP_KUBE_SYSTEM`,
    "The backup does not hold aws-auth of kube-system (who may do what in the cluster by an AWS role): to have it in it, and to restore it, add configmap/aws-auth to KEEP_KUBE_SYSTEM",
  ]);
  assert.deepEqual(
    [...(await unzipNewest(folder)).keys()].filter((path) => path.includes("kube-system")),
    [],
  );
});

test("with it, only what is named is kept, and the Namespace is not", async () => {
  const { warnings } = await json("backup", KEEP);
  assert.deepEqual(warnings, []);
  const contents = await unzipNewest(folder);
  const names = (resource: string) =>
    objectsOf(contents, "kube-system", resource).map(({ metadata }) => metadata.name);
  assert.deepEqual([names("configmaps"), names("secrets")], [["aws-auth"], ["sealed-secrets-key"]]);
  assert.doesNotMatch(contents.get("cluster/namespaces.json") ?? "", /"kube-system"/);
  await json("backup --include-namespaces shop", KEEP);
  assert.deepEqual(objectsOf(await unzipNewest(folder), "kube-system", "configmaps").length, 1);
  await json("backup", KEEP);
});

test("a restore brings back what its own setting names, and nothing because the archive has it", async () => {
  await cluster.request("DELETE", AUTH);
  await cluster.request("DELETE", KEY);
  const without = await json("restore latest --yes --no-flag");
  assert.match(
    without.notes.join("\n"),
    /The backup holds 2 objects of kube-system: restored is what .* KEEP_KUBE_SYSTEM names/,
  );
  assert.deepEqual([await exists(cluster, AUTH), await exists(cluster, KEY)], [false, false]);
  await json("restore latest --yes --no-flag", { KEEP_KUBE_SYSTEM: "configmap/aws-auth" });
  assert.deepEqual([await exists(cluster, AUTH), await exists(cluster, KEY)], [true, false]);
  await json("restore latest --yes --no-flag", KEEP);
  const again = await json("restore latest --yes --no-flag --existing update --prune", KEEP);
  const ours = again.items.filter(({ namespace }: { namespace?: string }) => namespace === "kube-system");
  assert.deepEqual(
    ours.map(({ name, outcome }: { name: string; outcome: string }) => `${name} ${outcome}`).sort(),
    ["aws-auth unchanged", "sealed-secrets-key unchanged"],
  );
  assert.ok(await exists(cluster, `${SYSTEM}/configmaps/other`));
});

test("diff and a rehearsal go by the setting", async () => {
  assert.deepEqual((await json("diff")).items, []);
  assert.deepEqual((await json("diff", KEEP)).items, []);
  await cluster.request("PATCH", AUTH, { data: { a: "2" } });
  assert.deepEqual((await json("diff")).items, []);
  const changed = (await json("diff", KEEP, [1])).items;
  assert.deepEqual(
    changed.map(({ name }: { name: string }) => name),
    ["aws-auth"],
  );
  const { kinds } = await json("verify --rehearse", KEEP);
  const without = await json("verify --rehearse");
  assert.equal(kinds.Secret.accepted, without.kinds.Secret.accepted + 1);
});
