/** A restore leaves a report: in the store, in the cluster where the store takes none, and none of a dry run. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { verifyMessage } from "../../../src/signatures/sshsig.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { schemaOf } from "../../support/program/json-document.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";

const SECRET = "a-value-that-nobody-may-see";
const MAPS = "/api/v1/namespaces/shop/configmaps";
const REPORTS = "/api/v1/namespaces/kube-system/configmaps?labelSelector=kube-backup%2Freport%3Drestore";

let cluster: ControlPlane;
let folder: string;
let keys: Record<string, string>;
let store: string;
let backup: string;
let env: Record<string, string>;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  keys = await sealingKeys(folder);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  for (const name of ["one", "two"])
    await cluster.request("POST", MAPS, { metadata: { name }, data: { color: "blue" } });
  await cluster.request("POST", "/api/v1/namespaces/shop/secrets", {
    metadata: { name: "password" },
    stringData: { password: SECRET },
  });
  store = await mkdtemp(path.join(folder, "store-"));
  const { SIGNING_KEY_FILE = "", CLUSTER_NAME = "" } = keys;
  env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${store}`, SIGNING_KEY_FILE, CLUSTER_NAME };
  const { status, stdout, stderr } = await runProgram(["backup", "-o", "json"], { env });
  assert.equal(status, 0, stderr);
  backup = JSON.parse(stdout).name;
});

async function reports(): Promise<string[]> {
  return (await readdir(path.join(store, "reports")).catch(() => [])).filter((file) =>
    file.includes(".restore-"),
  );
}

interface Report {
  by: { trigger: string; user: string };
  request: object;
  outcome: string;
  reason: string | null;
  signature?: string;
  [member: string]: unknown;
}

function read(text: string): Report {
  const document = JSON.parse(text);
  assert.equal(schemaOf("restore-report").safeParse(document).error?.message, undefined);
  assert.doesNotMatch(text, new RegExp(`${SECRET}|${Buffer.from(SECRET).toString("base64")}`));
  return document as Report;
}

test("a restore leaves its report in the store, which agrees with its document, and is signed", async () => {
  for (const path of [`${MAPS}/one`, "/api/v1/namespaces/shop/secrets/password"]) await remove(cluster, path);
  const dry = await runProgram(["restore", "-n", "shop", "--dry-run", "-o", "json"], { env });
  assert.equal(dry.status, 0, dry.stderr);
  assert.equal(JSON.parse(dry.stdout).report, null);
  assert.deepEqual(await reports(), []);

  const { status, stdout, stderr } = await runProgram(["restore", "-n", "shop", "--yes", "-o", "json"], {
    env,
  });
  assert.equal(status, 0, stderr);
  const document = JSON.parse(stdout);
  const [file = ""] = await reports();
  assert.equal(document.report, `file://${store}/reports/${file}`);
  assert.match(file, new RegExp(`^${backup}\\.restore-\\d{8}T\\d{6}Z$`));
  const text = await readFile(path.join(store, "reports", file), "utf8");
  const report = read(text);
  const same = [
    ...["backup", "cluster", "paused", "transformed", "summary", "kinds", "failures", "notes"],
    ...["missingReferences", "flagWritten"],
  ];
  for (const member of same) assert.deepEqual(report[member], document[member], member);
  assert.deepEqual([report.by.trigger, report.outcome, report.reason], ["command", "done", null]);
  assert.ok(report.by.user.length > 0);
  const { signature = "", ...signed } = report;
  assert.ok("value" in verifyMessage(Buffer.from(JSON.stringify(signed)), signature));
});

test("where the store takes none, it is in the cluster, until KEEP_REPORTS", async () => {
  await rm(path.join(store, "reports"), { recursive: true });
  await writeFile(path.join(store, "reports"), "no folder");
  await remove(cluster, `${MAPS}/one`);
  const first = await runProgram(["restore", "-n", "shop", "--yes", "-o", "json"], { env });
  assert.equal(first.status, 0, first.stderr);
  const { report } = JSON.parse(first.stdout);
  const name = /^configmap\/kube-system\/(kube-backup-restore-\w+)$/.exec(report)?.[1] ?? assert.fail(report);
  const { items } = await cluster.request("GET", REPORTS);
  assert.deepEqual(
    items.map((item: { metadata: { name: string } }) => item.metadata.name),
    [name],
  );
  assert.equal(read(items[0].data["report.json"]).outcome, "done");

  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const again = await runProgram(["restore", "-n", "shop", "--yes", "-o", "json"], {
    env: { ...env, KEEP_REPORTS: "1s" },
  });
  const other = JSON.parse(again.stdout).report;
  const left = await cluster.request("GET", REPORTS);
  assert.deepEqual(
    left.items.map((item: { metadata: { name: string } }) => `configmap/kube-system/${item.metadata.name}`),
    [other],
    "those that are older than KEEP_REPORTS go",
  );
  await rm(path.join(store, "reports"));
});

test("one of a file that is named by its path is in the cluster, and one that fails says why", async () => {
  const elsewhere = await mkdtemp(path.join(folder, "elsewhere-"));
  await mkdir(path.join(elsewhere, "notes"));
  const file = path.join(elsewhere, `${backup}.zip`);
  await rename(path.join(store, `${backup}.zip`), file);
  const { status, stdout } = await runProgram(["restore", file, "-n", "shop", "--yes", "-o", "json"], {
    env,
  });
  assert.equal(status, 0);
  assert.match(JSON.parse(stdout).report, /^configmap\//);
  assert.ok(!(await readdir(elsewhere)).includes("reports"));
  await rename(file, path.join(store, `${backup}.zip`));

  await remove(cluster, `${MAPS}/one`);
  const policy = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
  const bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] };
  await cluster.request("POST", policy, {
    metadata: { name: "no-maps" },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: "object.metadata.name != 'one'", message: "no such map" }],
    },
  });
  await cluster.request("POST", bindings, {
    metadata: { name: "no-maps" },
    spec: { policyName: "no-maps", validationActions: ["Deny"] },
  });
  try {
    let failed = await runProgram(["restore", "cm", "one", "-n", "shop", "--yes", "-o", "json"], { env });
    for (let round = 0; round < 10 && failed.status === 0; round += 1) {
      await remove(cluster, `${MAPS}/one`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      failed = await runProgram(["restore", "cm", "one", "-n", "shop", "--yes", "-o", "json"], { env });
    }
    assert.equal(failed.status, 1, failed.stderr);
    const { report } = JSON.parse(failed.stdout);
    const left = read(await readFile(new URL(report), "utf8"));
    assert.equal(left.outcome, "failed");
    assert.match(left.reason ?? "", /Cannot restore backup_\w+: the only object failed/);
  } finally {
    await remove(cluster, `${bindings}/no-maps`);
    await remove(cluster, `${policy}/no-maps`);
  }
});

test("the restore gate leaves one", async () => {
  await rm(path.join(store, "reports"), { recursive: true, force: true });
  await remove(cluster, "/api/v1/namespaces/backuprestore-donotuse");
  const program = startProgram(["run"], { env: { ...env, FREQUENCY: "60", MAXRESTOREAGE: "600" } });
  try {
    await program.saw(/This restore has left a report/);
  } finally {
    program.child.kill("SIGTERM");
  }
  assert.equal((await program.ended).status, 0);
  const [file = ""] = await reports();
  const report = read(await readFile(path.join(store, "reports", file), "utf8"));
  assert.deepEqual([report.by.trigger, report.outcome, report["flagWritten"]], ["gate", "done", true]);
});
