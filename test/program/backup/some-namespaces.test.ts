/** INCLUDE_NAMESPACES and EXCLUDE_NAMESPACES: partial backups, which say so, and what is not in them is not covered. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { exists, loadApplication } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";

const EXTRA = "/api/v1/namespaces/data/configmaps/extra";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  for (const name of ["shop", "team-a", "team-b", "data"]) await loadApplication(cluster, name);
  await cluster.request("POST", "/apis/scheduling.k8s.io/v1/priorityclasses", {
    metadata: { name: "high" },
    value: 7,
  });
});

async function run(line: string, env: Record<string, string> = {}, statuses = [0]) {
  const { status, stdout, stderr } = await runProgram(line.split(" "), {
    env: { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}`, ...env },
  });
  assert.ok(statuses.includes(status ?? -1), `${stdout}${stderr}`);
  return { stdout, stderr };
}

async function json(
  line: string,
  env?: Record<string, string>,
  statuses?: number[],
): Promise<Record<string, unknown>> {
  return JSON.parse((await run(`${line} -o json`, env, statuses)).stdout);
}

/** Namespaces, and names of cluster-scoped resources, in the newest backup. */
async function held(): Promise<{ namespaces: string[]; cluster: string[] }> {
  const paths = [...(await unzipNewest(folder)).keys()];
  const of = (pattern: RegExp) => [...new Set(paths.flatMap((path) => pattern.exec(path)?.[1] ?? []))].sort();
  return { namespaces: of(/^namespaces\/([^/]+)/), cluster: of(/^cluster\/(.+)\.json$/) };
}

test("a backup holds the namespaces that are meant, and cluster-scoped kinds that KINDS names", async () => {
  const rows: [line: string, env: Record<string, string>, namespaces: string[], cluster: string[]][] = [
    ["backup --include-namespaces shop,team-*", {}, ["shop", "team-a", "team-b"], ["namespaces"]],
    ["backup --include-namespaces shop --include-namespaces data", {}, ["data", "shop"], ["namespaces"]],
    [
      "backup",
      { INCLUDE_NAMESPACES: "*", EXCLUDE_NAMESPACES: "team-*,kube-*,default" },
      ["data", "shop"],
      ["namespaces"],
    ],
    ["backup --kinds all --include-namespaces shop", {}, ["shop"], ["namespaces"]],
    [
      "backup --kinds all,priorityclasses --include-namespaces shop",
      {},
      ["shop"],
      ["namespaces", "priorityclasses.scheduling.k8s.io"],
    ],
  ];
  for (const [line, env, namespaces, clusterScoped] of rows) {
    const taken = await json(line, env);
    assert.equal(taken["oneMoment"], true);
    assert.deepEqual(await held(), { namespaces, cluster: clusterScoped }, line);
    assert.equal((taken["kinds"] as { Namespace: number }).Namespace, namespaces.length, line);
  }
  await json("backup --kinds +priorityclasses --exclude-namespaces kube-*,team-*,default");
  assert.deepEqual(await held(), {
    namespaces: ["data", "shop"],
    cluster: ["namespaces", "priorityclasses.scheduling.k8s.io"],
  });
});

test("a wrong name is refused before anything is touched", async () => {
  const { stderr } = await run("backup", { INCLUDE_NAMESPACES: "shop,Team_A" }, [2]);
  assert.match(stderr, /INCLUDE_NAMESPACES .*Team_A.* names no namespace/);
});

test("it says that it is partial, wherever it is looked at and restored", async () => {
  const taken = await run("backup --include-namespaces shop,team-* --exclude-namespaces team-b");
  const partial = /a partial backup, only of the namespaces shop, team-\* and without the namespaces team-b/;
  assert.match(taken.stdout, partial);
  const scope = { includeNamespaces: ["shop", "team-*"], excludeNamespaces: ["team-b"] };
  assert.deepEqual(JSON.parse((await unzipNewest(folder)).get("MANIFEST") ?? "").scope, scope);
  const { backups } = (await json("list --long --last 1")) as { backups: { scope: object }[] };
  const [listed] = backups;
  assert.deepEqual(listed?.scope, scope);
  assert.match((await run("list --long --last 1")).stdout, partial);
  assert.match((await run("verify")).stdout, partial);
  const restored = await json("restore --dry-run=client");
  assert.match((restored["notes"] as string[]).join("\n"), partial);
  const gate = await run("restore latest --yes --no-flag");
  assert.match(gate.stdout, partial);
});

test("what is elsewhere is neither added nor extra", async () => {
  await cluster.request("POST", "/api/v1/namespaces/data/configmaps", { metadata: { name: "extra" } });
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "new" } });
  const alike = await json("diff");
  assert.deepEqual(alike["items"], []);
  assert.match(
    (alike["notes"] as string[]).join("\n"),
    /is a partial backup.*: no other namespace is compared/,
  );
  await cluster.request("POST", "/api/v1/namespaces/shop/configmaps", { metadata: { name: "extra" } });
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "team-c" } });
  const found = (await json("diff", {}, [1]))["items"] as { kind: string; name: string }[];
  assert.deepEqual(found.map(({ kind, name }) => `${kind} ${name}`).sort(), [
    "ConfigMap extra",
    "Namespace team-c",
  ]);
  const { summary } = (await json("restore --prune --yes --no-flag")) as { summary: { deleted: number } };
  assert.equal(summary.deleted, 1);
  assert.ok(await exists(cluster, EXTRA));
});
