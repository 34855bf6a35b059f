/** The status of custom resources through the program: which commands see it, and what a restore says of it. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { it } from "node:test";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";
import { define, GROUP } from "../../support/samples/definition.ts";

const ROOT = `/apis/${GROUP}/v1/namespaces/default`;
const WIDGET = `${ROOT}/widgets/w`;
const PLAIN = `${ROOT}/plains/p`;

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await define(
    cluster,
    { plural: "widgets", kind: "Widget", status: true },
    { plural: "plains", kind: "Plain" },
  );
  const apiVersion = `${GROUP}/v1`;
  await cluster.request("POST", `${ROOT}/widgets`, { apiVersion, kind: "Widget", metadata: { name: "w" } });
  await writeStatus("AS-BACKED-UP");
  const plain = { apiVersion, kind: "Plain", metadata: { name: "p" }, status: { phase: "A-FIELD" } };
  await cluster.request("POST", `${ROOT}/plains`, plain);
  await run("backup --kinds all", 0);
});

async function writeStatus(phase: string): Promise<void> {
  await cluster.request("PATCH", `${WIDGET}/status?fieldManager=controller`, { status: { phase } });
}

/** Runs the program with these arguments, and expects this exit status. */
async function run(line: string, status: number, more: Record<string, string> = {}): Promise<ProgramResult> {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}/store`, ...more };
  const result = await runProgram(line.split(" "), { env });
  assert.equal(result.status, status, `${line}\n${result.stdout}${result.stderr}`);
  return result;
}

async function phaseOf(object: string): Promise<string | undefined> {
  return (await cluster.request("GET", object)).status?.phase;
}

it("verify checks it, and list shows the backup as whole", async () => {
  assert.match((await run("verify", 0)).stdout, /whole/);
  assert.match((await run("list --long", 0)).stdout, /backup_/);
});

it("get and export show objects without it, and fields of that name with it", async () => {
  const kinds = `widgets.${GROUP},plains.${GROUP}`;
  for (const output of ["yaml", "json"]) {
    const { stdout } = await run(`get ${kinds} -n default -o ${output}`, 0);
    assert.match(stdout, /A-FIELD/);
    assert.doesNotMatch(stdout, /AS-BACKED-UP/);
  }
  await run(`export latest ${folder}/export`, 0);
  const names = await readdir(`${folder}/export`, { recursive: true });
  assert.deepEqual(
    names.filter((name) => name.endsWith(".jsonl")),
    [],
  );
  const files = names.filter((name) => name.endsWith(".yaml"));
  const texts = await Promise.all(files.map((name) => readFile(`${folder}/export/${name}`, "utf8")));
  assert.match(texts.join(""), /A-FIELD/);
  assert.doesNotMatch(texts.join(""), /AS-BACKED-UP/);
});

it("diff compares fields of that name alone", async () => {
  await writeStatus("LATER");
  await run("diff", 0);
  await cluster.request("PATCH", PLAIN, { status: { phase: "LATER" } });
  assert.match((await run("diff", 1)).stdout, /status\.phase/);
  await cluster.request("PATCH", PLAIN, { status: { phase: "A-FIELD" } });
});

it("restore brings it back where it is asked to, and a dry run does not", async () => {
  await remove(cluster, WIDGET);
  await run("restore --yes", 0);
  assert.equal(await phaseOf(WIDGET), undefined);
  await run("restore --yes --restore-status --dry-run", 0);
  assert.equal(await phaseOf(WIDGET), undefined);
  const { stdout } = await run("restore --yes --restore-status -o json", 0);
  const { notes, items } = JSON.parse(stdout);
  assert.ok(notes.includes("1 object got the status that the backup has"), stdout);
  const [item] = items.filter(({ kind }: { kind: string }) => kind === "Widget");
  assert.deepEqual([item.outcome, item.reason], ["unchanged", "its status was written"]);
  assert.equal(await phaseOf(WIDGET), "AS-BACKED-UP");
});

it("what cannot be written is a note, and no failure", async () => {
  const metadata = { name: "no-status" };
  const rules = [
    { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list", "create"] },
    { apiGroups: [GROUP], resources: ["widgets"], verbs: ["get", "list", "create", "patch"] },
  ];
  await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", { metadata, rules });
  await cluster.request("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata });
  await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "no-status" },
    subjects: [{ kind: "ServiceAccount", namespace: "default", name: "no-status" }],
  });
  await remove(cluster, WIDGET);
  const KUBECONFIG = await cluster.serviceAccountKubeconfig("default", "no-status");
  const line = "restore latest widget/w -n default --yes --restore-status -o json";
  const { notes, summary } = JSON.parse((await run(line, 0, { KUBECONFIG })).stdout);
  assert.deepEqual([summary.created, summary.failed], [1, 0]);
  assert.match(
    notes.join("\n"),
    /^1 of the kind Widget came back without their status: .*cannot patch resource "widgets\/status"/m,
  );
  assert.equal(await phaseOf(WIDGET), undefined);
});
