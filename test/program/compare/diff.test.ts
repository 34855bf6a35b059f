/** diff says what differs, all of it and nothing else, and of a Secret never a value. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openConnection } from "../../../src/cluster/kubeconfig/connection.ts";
import { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { runCli } from "../../../src/commands/cli.ts";
import { readClusterSide } from "../../../src/compare/cluster-side.ts";
import { compareSides } from "../../../src/compare/compare-sides.ts";
import type { Comparison } from "../../../src/compare/document.ts";
import { compileSelection } from "../../../src/selection/selection.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { runProgram } from "../../support/program/program.ts";
import { loadRoundTripFixtures, waitUntilAtRest } from "../../support/samples/round-trip/load.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";
import { CONFIG_MAPS, MemorySide, NAMESPACES } from "../../unit/compare/memory-side.ts";
import { EDITS } from "./edits.ts";
import { createSubjects, NAMESPACE } from "./subjects.ts";

let cluster: ControlPlane;
let folder: string;
let namespaces: readonly string[];
/** Everything that diff ever wrote here. */
const written: string[] = [];

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  ({ namespaces } = await loadRoundTripFixtures(cluster));
  await createSubjects(cluster);
  await waitUntilAtRest(cluster, namespaces);
});

function environment(): Record<string, string> {
  return { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}`, DEBUG: "true", LOG_FORMAT: "json" };
}

async function program(...args: string[]) {
  const result = await runProgram(args, { env: environment() });
  if (args[0] === "diff") written.push(result.stdout, result.stderr);
  return result;
}

/** The command in this process, which takes a tenth of the time. */
async function diff(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const output = { stdout: "", stderr: "" };
  const status = await runCli({
    args: ["diff", ...args],
    environment: environment(),
    commands: COMMANDS,
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: AbortSignal.timeout(60_000),
    now: () => new Date(),
    monotonic: () => performance.now(),
  });
  written.push(output.stdout, output.stderr);
  return { status, ...output };
}

function read(stdout: string): Comparison {
  const { items: objects, ...rest } = JSON.parse(stdout);
  return { objects, ...rest };
}

async function compare(...args: string[]): Promise<Comparison> {
  const { status, stdout, stderr } = await diff("-o", "json", ...args);
  assert.ok(status <= 1, stderr);
  const comparison = read(stdout);
  assert.equal(status, comparison.objects.length > (comparison.byController ?? 0) ? 1 : 0);
  return comparison;
}

/** `~ ConfigMap shop/a data.k < owner`, as edits.ts writes it, in the order of the alphabet. */
function said({ objects }: Comparison): string[] {
  const signs = { added: "+", changed: "~", removed: "-" };
  const lines = objects.flatMap(({ change, kind, namespace, name, fields, follows }) => {
    const anyName = kind === "ReplicaSet" ? name.replace(/-[a-z0-9]+$/, "-*") : name;
    const head = `${signs[change]} ${kind} ${namespace === null ? "" : `${namespace}/`}${anyName}`;
    const tail = follows === undefined ? "" : ` < ${follows.name}`;
    const paths = fields.map((each) => (each.follows === true ? ` (${each.path})` : ` ${each.path}`));
    return (paths.length === 0 ? [""] : paths).map((each) => `${head}${each}${tail}`);
  });
  return lines.sort();
}

async function backups(): Promise<string[]> {
  return (await backupFiles(folder)).map((name) => name.replace(/\.zip$/, ""));
}

test("a cluster that was just backed up differs in nothing, and the exit status is 0", async () => {
  assert.equal((await program("backup")).status, 0);
  const { status, stdout, stderr } = await program("diff", "-o", "json");
  assert.equal(status, 0, stderr);
  const { left, right, objects, notes, summary } = read(stdout);
  assert.deepEqual([objects, notes], [[], []]);
  assert.ok(summary.alike > 110, `${summary.alike} objects`);
  assert.deepEqual([left.kind, right.kind, right.server], ["backup", "cluster", cluster.server]);
  const text = await program("diff");
  assert.equal(text.status, 0, text.stderr);
  assert.match(text.stdout, /\n0 added, 0 changed, 0 removed, \d+ alike\n$/);
});

test("nothing differs after all namespaces were deleted and restored", async () => {
  await Promise.all(namespaces.map((name) => remove(cluster, `/api/v1/namespaces/${name}`)));
  const gone = await compare();
  assert.ok(gone.summary.removed > 110 && gone.summary.added === 0, JSON.stringify(gone.summary));
  const restored = await program("restore", "--yes", "--no-flag");
  assert.equal(restored.status, 0, restored.stderr);
  await waitUntilAtRest(cluster, namespaces);
  assert.deepEqual(said(await compare()), []);
});

/** What the controllers have written is counted, and shown where it is asked for. */
async function assertControllersCounted(): Promise<void> {
  const counted = /\nand 1 change by the cluster's own controllers, .* \(--controllers shows them\)\n$/;
  const [text, all, summary] = [await diff(), await diff("--controllers"), await diff("--summary")];
  assert.deepEqual([text.status, all.status, summary.status], [1, 1, 1]);
  assert.match(text.stdout, /~ Deployment \S+\n {4}spec\.replicas: /);
  assert.doesNotMatch(text.stdout, /~ ReplicaSet/);
  assert.match(text.stdout, counted);
  assert.match(all.stdout, /\n {4}~ ReplicaSet /);
  assert.match(summary.stdout, /\nKIND +ADDED +CHANGED +REMOVED\nDeployment +0 +1 +0\n\n0 added, 1 changed/);
  assert.match(summary.stdout, counted);
  assert.equal((await diff("-n", NAMESPACE, "--include-kinds", "replicasets")).status, 0);
  assert.equal((await diff("--summary", "-o", "json")).status, 2);
}

test("equal changes of many objects are one entry", async () => {
  const names = ["one", "two", "three"].map((name) => `/api/v1/namespaces/fixture-config/configmaps/${name}`);
  const set = (data: Record<string, string>) => (each: string) => cluster.request("PATCH", each, { data });
  for (const each of names) {
    const metadata = { name: path.basename(each) };
    await cluster.request("POST", path.dirname(each), { metadata, data: { color: "blue" } });
  }
  const taken = await program("backup");
  assert.equal(taken.status, 0, taken.stderr);
  for (const each of names) await set({ color: "red" })(each);
  const { stdout } = await diff();
  assert.match(
    stdout,
    /\n~ ConfigMap \(3\): fixture-config\/one, fixture-config\/three, fixture-config\/two\n {4}data\.color: blue → red\n/,
  );
  for (const each of names) await cluster.request("DELETE", each);
  await rm(path.join(folder, `${(await backups()).at(-1)}.zip`));
});

describe("an edit is all that is said, and undone nothing is", () => {
  for (const { what, edit, said: expected, controllers } of EDITS) {
    test(what, async () => {
      const undo = await edit(cluster);
      const rest = () => (controllers === true ? waitUntilAtRest(cluster, namespaces) : undefined);
      try {
        await rest();
        assert.deepEqual(said(await compare()), expected.toSorted());
        if (what.startsWith("a scaled Deployment")) await assertControllersCounted();
        if (expected.some((each) => each.includes(" Secret "))) {
          const [text, html] = [await diff(), await diff("-o", "html")];
          assert.match(text.stdout, /\d+ alike\n$/);
          assert.match(html.stdout, /^<!doctype html>/);
          assert.deepEqual([text.status, html.status], [1, 1]);
        }
      } finally {
        await undo();
      }
      await rest();
      assert.deepEqual(said(await compare()), []);
    });
  }
});

test("two backups are compared without the cluster, and the other way round", async () => {
  await cluster.request("PATCH", "/api/v1/namespaces/fixture-config/configmaps/plain", {
    data: { color: "red" },
  });
  await sleep(1_000);
  const taken = await program("backup");
  assert.equal(taken.status, 0, taken.stderr);
  const [first = "", second = ""] = await backups();
  const { status, stdout, stderr } = await runProgram(["diff", first, "latest", "-o", "json"], {
    env: { S3TARGET: `file://${folder}` },
  });
  assert.equal(status, 1, stderr);
  const { left, right, objects } = read(stdout);
  assert.deepEqual([left.name, right.name], [first, second]);
  assert.deepEqual(objects[0]?.fields, [{ path: "data.color", left: "blue", right: "red" }]);
  assert.equal(objects.length, 1);
  const back = await compare(second, first);
  assert.deepEqual(back.objects[0]?.fields, [{ path: "data.color", left: "red", right: "blue" }]);
  assert.match(back.notes.join(), /is newer than/);
  assert.deepEqual(said(await compare(second)), []);
  assert.deepEqual(said(await compare("--at", "2100-01-01T00:00:00Z")), []);
  assert.equal((await compare(first)).objects.length, 1);
});

test("only what is asked for is compared", async () => {
  const [first = ""] = await backups();
  assert.equal((await compare(first, "-n", "fixture-web")).objects.length, 0);
  const some = await compare(first, "-n", "fixture-config", "--include-kinds", "cm,secret");
  assert.deepEqual(said(some), ["~ ConfigMap fixture-config/plain data.color"]);
  assert.equal((await compare(first, "--exclude-kinds", "configmaps")).objects.length, 0);
  assert.equal((await compare(first, "-l", "from=generate-name")).summary.alike, 3);
  assert.equal((await compare(first, "-A", "-n", "fixture-web")).objects.length, 1);
});

test("with a namespace, rights within it are enough", async () => {
  await cluster.kubectl(["create", "serviceaccount", "reader", "--namespace=fixture-web"]);
  await cluster.kubectl([
    "create",
    "rolebinding",
    "reader",
    "--clusterrole=admin",
    "--serviceaccount=fixture-web:reader",
    "--namespace=fixture-web",
  ]);
  const kubeconfig = await cluster.serviceAccountKubeconfig("fixture-web", "reader");
  const few = await diff("-n", "fixture-web", "--kubeconfig", kubeconfig, "-o", "json");
  assert.equal(few.status, 0, few.stderr);
  const all = await diff("--kubeconfig", kubeconfig);
  assert.equal(all.status, 2);
  assert.match(all.stderr, /Cannot list namespaces: .*forbidden/);
});

test("what the API server does not serve counts as removed, and what is being deleted as gone", async () => {
  const connection = await openConnection({ kubeconfig: cluster.kubeconfig });
  const client = new ApiClient({ connection, userAgent: "test", now: () => new Date() });
  const widgets = {
    group: "example.com",
    version: "v1",
    resource: "widgets",
    kind: "Widget",
    namespaced: true,
  };
  const finalizers = { metadata: { name: "going", finalizers: ["example.com/wait"] } };
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "leaving" } });
  await cluster.request("POST", "/api/v1/namespaces/leaving/configmaps", finalizers);
  await cluster.request("DELETE", "/api/v1/namespaces/leaving");
  try {
    const right = await readClusterSide({ client, now: () => new Date() }, AbortSignal.timeout(30_000));
    const left = new MemorySide(
      [
        { in: widgets, name: "fixture-web/a" },
        { in: NAMESPACES, name: "leaving" },
        { in: CONFIG_MAPS, name: "leaving/going" },
      ],
      { resources: [NAMESPACES, CONFIG_MAPS, widgets] },
    );
    const selection = compileSelection(
      { includeNamespaces: ["leaving", "fixture-web"], excludeKinds: [] },
      left.resources,
      "left",
    );
    const comparison = await compareSides({ left, right, selection }, AbortSignal.timeout(30_000));
    assert.deepEqual(
      said(comparison).filter((line) => line.startsWith("-")),
      ["- ConfigMap leaving/going < leaving", "- Namespace leaving", "- Widget fixture-web/a"],
    );
    assert.deepEqual(comparison.notes, [
      "Namespace leaving is being deleted: it counts as gone, and so does what is in it",
      "The API server does not serve widgets.example.com: they count as removed (1)",
    ]);
  } finally {
    await client.close();
    await cluster.request("PATCH", "/api/v1/namespaces/leaving/configmaps/going", {
      metadata: { finalizers: null },
    });
    await remove(cluster, "/api/v1/namespaces/leaving");
  }
});

test("a resource that cannot be listed is named, all else is compared, and the exit status is no 0", async () => {
  const proxy = await startApiProxy(cluster);
  try {
    proxy.inject({
      when: ({ path }) => path === "/apis/apps/v1/statefulsets",
      fault: { kind: "answer", status: 403, body: { kind: "Status", reason: "Forbidden", message: "no" } },
    });
    const { status, stdout, stderr } = await diff("--kubeconfig", proxy.kubeconfig, "-o", "json");
    assert.equal(status, 3, stderr);
    const { objects, notes, notCompared } = read(stdout);
    assert.deepEqual(objects, []);
    assert.deepEqual(notCompared, ["statefulsets.apps"]);
    assert.deepEqual(notes, ["statefulsets.apps are not compared: no (HTTP 403)"]);
    const without = await diff("--kubeconfig", proxy.kubeconfig, "--exclude-kinds", "sts");
    assert.equal(without.status, 0, without.stderr);
  } finally {
    await proxy.stop();
  }
});

describe("what cannot be compared is an error above 1", () => {
  for (const [args, message] of [
    [["backup_20010101T000000Z"], /backup_20010101T000000Z/],
    [["yesterday"], /no backup's name/],
    [["--at", "100d"], /holds none of/],
    [["latest", "latest", "--at", "1h"], /--at 1h/],
    [["-n", "fixture-wbe"], /"fixture-wbe" is no namespace .* did you mean fixture-web\?/],
    [["-n", "kube-system"], /"kube-system" is no namespace/],
    [["--include-kinds", "deplyments"], /did you mean deployments\?/],
    [["-l", "a b"], /is no label selector/],
    [["--s3target", "file:///nonexistent"], /nonexistent/],
    [["-o", "yaml"], /--output "yaml" is none of/],
  ] as const) {
    test(args.join(" "), async () => {
      const { status, stderr } = await diff(...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr.replaceAll('\\"', '"'), message);
    });
  }
});

test("no value of a Secret was ever in any of it, plain or encoded", async () => {
  const { items } = await cluster.request("GET", "/api/v1/secrets");
  const values = items
    .flatMap(({ data }: { data?: Record<string, string> }) => Object.values(data ?? {}))
    .flatMap((value: string) => [value, Buffer.from(value, "base64").toString()])
    // Short values stand in ordinary words too.
    .filter((value: string) => value.length > 7);
  // At whichever of the three places of a group of letters it begins.
  const encoded = ["", "x", "xx"].map((before) =>
    Buffer.from(`${before}TOP-SECRET`)
      .toString("base64")
      .slice(before.length === 0 ? 0 : 4, -4),
  );
  assert.ok(values.length > 20 && written.length > 100);
  const output = written.join("\n");
  assert.ok(output.includes("***") && output.includes("pass.word"));
  for (const value of ["TOP-SECRET", ...encoded, ...values]) {
    // The value itself stays out of the failure's message as well.
    assert.ok(!output.includes(value), `a secret value of ${value.length} characters was written`);
  }
});
