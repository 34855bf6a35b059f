/** What `kube-backup restore` brings back, asks and says: with a real API server, through the program. */

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { writeKubeconfig } from "../../support/cluster/kubeconfig.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { type ProgramResult, runProgram, startProgram } from "../../support/program/program.ts";
import { NAMESPACES, sampleObject, TIME, writeSample } from "../../support/samples/sample-archive.ts";
import { CTRL_C, CTRL_D, runOnTerminal } from "../../support/terminal/run-on-terminal.ts";
import { startOnTerminal } from "../../support/terminal/terminal.ts";

const SHOP = "/api/v1/namespaces/shop";
const SETTINGS = `${SHOP}/configmaps/settings`;
const PASSWORD = `${SHOP}/secrets/password`;
const LATER = `${SHOP}/configmaps/later`;

let cluster: ControlPlane;
let folder: string;
/** Names of two backups; the second one alone holds the ConfigMap `later`. */
let first: string;
let second: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await Promise.all([loadApplication(cluster, "shop"), loadApplication(cluster, "data")]);
  first = await backup();
  await cluster.request("POST", path.dirname(LATER), { metadata: { name: "later" }, data: { k: "v" } });
  // Names of backups have whole seconds.
  await sleep(1_100);
  second = await backup();
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}`, ...more };
}

async function backup(): Promise<string> {
  const { status, stdout, stderr } = await runProgram(["backup", "-o", "json"], { env: environment() });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout).name;
}

/** Runs `restore` with these arguments, and expects this exit status. */
async function restore(line: string, status: number, more?: Record<string, string>): Promise<ProgramResult> {
  const result = await runProgram(["restore", ...line.split(" ")], { env: environment(more) });
  assert.equal(result.status, status, `${line}\n${result.stdout}${result.stderr}`);
  return result;
}

/** The same with its document. */
async function restoreJson(line: string, status: number, more?: Record<string, string>) {
  return JSON.parse((await restore(`${line} -o json`, status, more)).stdout);
}

interface Item {
  resource: string;
  kind: string;
  namespace: string | null;
  name: string;
  outcome: string;
  reason: string | null;
}

/** `Secret shop/password` of all that came to this. */
function titles(items: readonly Item[], outcome: string): string[] {
  return items
    .filter((item) => item.outcome === outcome)
    .map(({ kind, namespace, name }) => `${kind} ${namespace === null ? "" : `${namespace}/`}${name}`)
    .sort();
}

test("a dry run names what would come back, and writes nothing", async () => {
  await Promise.all([remove(cluster, SHOP), remove(cluster, FLAG)]);
  for (const how of ["client", "server"]) {
    const { dryRun, summary, items, flagWritten, cluster: into } = await restoreJson(`--dry-run=${how}`, 0);
    assert.deepEqual([dryRun, flagWritten], [how, false]);
    const { id, ...where } = into;
    assert.equal(typeof id, "string");
    assert.deepEqual(where, { name: null, context: "test", server: cluster.server });
    assert.equal(summary.created, titles(items, "created").length);
    assert.ok(titles(items, "created").includes("Namespace shop"));
    assert.ok(titles(items, "created").includes("Deployment shop/web"));
    assert.ok(titles(items, "unchanged").includes("Deployment data/web"));
  }
  const { stdout } = await restore("--dry-run", 0);
  assert.match(
    stdout,
    /^To create:\n {2}Namespace shop\nTo create, not asked: .*:\n( {2}.*\n)* {2}Secret shop\/password$/m,
  );
  assert.match(stdout, /not restored, this is a dry run: \d+ to create, /);
  assert.deepEqual([await exists(cluster, SHOP), await exists(cluster, FLAG)], [false, false]);
});

test("without a terminal and without --yes nothing is done", async () => {
  for (const line of ["latest", "-n data --prune", "-n data --existing replace"]) {
    const { stderr } = await restore(line, 2);
    assert.match(stderr, /There is no terminal to ask on: add --yes/);
  }
  assert.equal(await exists(cluster, SHOP), false);
});

test("on a terminal it shows what it is about, and anything but a yes is a no", async () => {
  for (const [typed, status] of [
    ["n\r", 1],
    ["\r", 1],
    [CTRL_D, 1],
    [CTRL_C, 130],
  ] as const) {
    const question = /Restore backup_\w+ into test \(https:\S+\)\? \[y\/N\] /;
    // Where the machine is slow, a bar would stand in the lines that are looked for.
    const result = await runOnTerminal(["restore", "--quiet"], { env: environment() }, [[question, typed]]);
    assert.equal(result.status, status, result.screen);
    if (status === 1) assert.match(result.screen, /Not restored: the question was not answered with yes/);
    assert.match(result.screen, new RegExp(`^Backup +${second}, \\d+s ago$`, "m"));
    assert.match(result.screen, /^Made by +this cluster$/m);
    assert.match(result.screen, new RegExp(`^Cluster +test, ${cluster.server}$`, "m"));
    assert.match(result.screen, /^Namespaces .*\bdata\b.*\bshop\b/m);
    assert.match(result.screen, /^What differs +is left as it is$/m);
    assert.match(result.screen, /^Secret +1 +1 +0 +0$/m);
    assert.match(result.screen, /^ {2}Secret +shop\/password$/m);
  }
  assert.deepEqual([await exists(cluster, SHOP), await exists(cluster, FLAG)], [false, false]);
});

test("answered with yes, the whole comes back, and the flag is written", async () => {
  const result = await runOnTerminal(["restore"], { env: environment() }, [[/\[y\/N\] /, "yes\r"]]);
  assert.equal(result.status, 0, result.screen);
  assert.match(result.screen, new RegExp(`^${second} restored: \\d+ created, \\d+ unchanged, `, "m"));
  assert.deepEqual([await exists(cluster, PASSWORD), await exists(cluster, FLAG)], [true, true]);
});

test("where nothing would change, that is said, and nothing is asked", async () => {
  const result = await runOnTerminal(["restore"], { env: environment() }, []);
  assert.equal(result.status, 0, result.screen);
  assert.match(result.screen, new RegExp(`^Nothing to restore of ${second}: \\d+ unchanged`, "m"));
  // A part writes no flag: whether there is one does not matter.
  await remove(cluster, FLAG);
  const part = await runOnTerminal(["restore", "-n", "data"], { env: environment() }, []);
  assert.match(part.screen, /^Nothing to restore of /m);
  const whole = await runOnTerminal(["restore"], { env: environment() }, [[/\[y\/N\] /, "y\r"]]);
  assert.equal(whole.status, 0, whole.screen);
  assert.equal(await exists(cluster, FLAG), true);
});

test("at 80 columns no line breaks in a word", async () => {
  await remove(cluster, PASSWORD);
  const program = startOnTerminal(["restore", "--quiet"], { env: environment(), columns: 80 });
  await program.saw(/\[y\/N\] /);
  program.type("n\r");
  await program.ended;
  const text = stripVTControlCharacters(program.text());
  const long = text.split(/\r?\n/).filter((line) => line.length > 80 && / /.test(line.trim()));
  assert.deepEqual(long, []);
  assert.match(text, /^To change:\n {2}Secret +shop\/password$/m);
  await restore("--yes", 0);
});

test("--no-flag leaves the flag unwritten", async () => {
  await remove(cluster, FLAG);
  assert.equal((await restoreJson("--yes --no-flag", 0)).flagWritten, false);
  assert.equal(await exists(cluster, FLAG), false);
  assert.equal((await restoreJson("--yes", 0)).flagWritten, true);
  assert.equal(await exists(cluster, FLAG), true);
});

test("objects by name come back alone, from where -n or the context says, and the flag is not written", async () => {
  await Promise.all([remove(cluster, SETTINGS), remove(cluster, PASSWORD), remove(cluster, FLAG)]);
  const { items, flagWritten } = await restoreJson("latest cm/settings deploy/web -n shop --yes", 0);
  assert.deepEqual(titles(items, "created"), ["ConfigMap shop/settings"]);
  assert.deepEqual(titles(items, "unchanged"), ["Deployment shop/web"]);
  assert.deepEqual([flagWritten, await exists(cluster, FLAG)], [false, false]);
  assert.deepEqual([await exists(cluster, SETTINGS), await exists(cluster, PASSWORD)], [true, false]);

  const elsewhere = await restore("secret/password --yes", 1);
  assert.match(elsewhere.stderr, /Cannot restore secret\/password: .* none such in the namespace default/);
  assert.match(elsewhere.stderr, /Say where it is with --namespace: data, shop/);
  assert.equal(await exists(cluster, PASSWORD), false);
  const { server, token } = cluster;
  const ca = JSON.parse(await cluster.kubectl(["config", "view", "--raw", "-o", "json"])).clusters[0].cluster;
  const kubeconfig = await writeKubeconfig(path.join(folder, "kubeconfig-shop"), {
    server,
    token,
    ca: Buffer.from(ca["certificate-authority-data"], "base64").toString(),
    namespace: "shop",
  });
  const there = await restoreJson("secret/password --yes", 0, { KUBECONFIG: kubeconfig });
  assert.deepEqual(titles(there.items, "created"), ["Secret shop/password"]);
});

test("filters choose by namespace, kind and label, and what selects nothing is an error", async () => {
  const web = ["Deployment", "ReplicaSet"];
  const rows: [line: string, kinds: string[], namespaces: string[]][] = [
    ["-n shop --include-kinds secrets,deploy", ["Deployment", "Secret"], ["shop"]],
    ["--include-namespaces sh*,data --exclude-namespaces data --include-kinds cm", ["ConfigMap"], ["shop"]],
    ["-n data --exclude-kinds configmaps,secrets,services,ns", web, ["data"]],
    ["-l app=web", ["ReplicaSet"], ["data", "shop"]],
  ];
  for (const [line, kinds, namespaces] of rows) {
    const { items, flagWritten } = await restoreJson(`${line} --yes`, 0);
    assert.deepEqual([...new Set(items.map(({ kind }: Item) => kind))].sort(), kinds, line);
    assert.deepEqual([...new Set(items.map(({ namespace }: Item) => namespace))].sort(), namespaces, line);
    assert.equal(flagWritten, false);
  }
  assert.match((await restore("-l app=nobody --yes", 1)).stderr, /holds nothing of what is asked for/);
  assert.match((await restore("-n shpo --yes", 2)).stderr, /no namespace that .* holds: did you mean shop\?/);
  assert.match(
    (await restore("--include-kinds widgets --yes", 2)).stderr,
    /widgets\\" is no kind that backup_/,
  );
  assert.equal(await exists(cluster, FLAG), false);
});

test("--max-qps keeps requests apart", async () => {
  await remove(cluster, SHOP);
  const started = performance.now();
  await restore("-n shop --yes --max-qps 4", 0);
  const seconds = (performance.now() - started) / 1000;
  // As long as that many requests take at least, however fast the machine is.
  assert.ok(seconds > 3, `${seconds} s`);
  const { stderr: wrong } = await restore("--yes --max-qps 0", 2);
  assert.match(
    JSON.parse(wrong).msg,
    /^--max-qps \(MAX_QPS\) "0" is no number of requests a second above 0: /,
  );
});

test("--existing says what becomes of what differs, and replaces after a question of its own", async () => {
  const color = async () => (await cluster.request("GET", SETTINGS)).data.color;
  await cluster.request("PATCH", SETTINGS, { data: { color: "red" } });
  const skipped = await restoreJson("-n shop --yes", 0);
  assert.deepEqual(titles(skipped.items, "skipped"), ["ConfigMap shop/settings"]);
  assert.equal(await color(), "red");
  const updated = await restoreJson("-n shop --existing update --yes", 0);
  assert.deepEqual(titles(updated.items, "updated"), ["ConfigMap shop/settings"]);
  assert.equal(await color(), "blue");

  await remove(cluster, SETTINGS);
  const immutable = { metadata: { name: "settings" }, data: { color: "red" }, immutable: true };
  const before = await cluster.request("POST", path.dirname(SETTINGS), immutable);
  const refused = await restoreJson("cm/settings -n shop --existing update --yes", 1);
  assert.deepEqual(titles(refused.items, "failed"), ["ConfigMap shop/settings"]);
  const args = ["restore", "cm/settings", "-n", "shop", "--existing", "replace"];
  const list =
    /To be deleted and created again:\n {2}ConfigMap shop\/settings\n\nDelete this object\? \[y\/N\] /;
  const first = [/Restore backup_.*\[y\/N\] /, "y\r"] as const;
  const no = await runOnTerminal(args, { env: environment() }, [first, [list, "n\r"]]);
  assert.deepEqual([no.status, await color()], [1, "red"], no.screen);
  const yes = await runOnTerminal(args, { env: environment() }, [first, [list, "y\r"]]);
  assert.deepEqual([yes.status, await color()], [0, "blue"], yes.screen);
  assert.match(yes.screen, /1 replaced/);
  assert.notEqual((await cluster.request("GET", SETTINGS)).metadata.uid, before.metadata.uid);
});

test("--at takes the newest backup that is not later", async () => {
  await remove(cluster, LATER);
  const at = (name: string) => name.replace("backup_", "");
  assert.match(
    (await restore(`--at ${at(first)} cm/later -n shop --yes`, 1)).stderr,
    new RegExp(`${first} holds`),
  );
  assert.equal((await restoreJson(`--at ${at(second)} cm/later -n shop --yes`, 0)).backup, second);
  assert.equal(await exists(cluster, LATER), true);
  assert.match((await restore("--at 20200101T000000Z --yes", 1)).stderr, /holds none of 2020-01-01/);
});

test("--namespace-mapping brings a namespace back beside itself", async () => {
  const { items, flagWritten } = await restoreJson("--namespace-mapping shop=shop-2 --yes", 0);
  assert.ok(titles(items, "created").includes("Secret shop-2/password"));
  assert.equal(flagWritten, false);
  const copy = await cluster.request("GET", "/api/v1/namespaces/shop-2/configmaps/settings");
  assert.deepEqual(copy.data, { color: "blue" });
  assert.match((await restore("-A --namespace-mapping shop=data --yes", 2)).stderr, /would both end in data/);
  await remove(cluster, "/api/v1/namespaces/shop-2");
});

test("what fails is named and ends with status 3, in a dry run too, and then nothing is deleted", async () => {
  const proxy = await startApiProxy(cluster);
  try {
    const message = "services is forbidden: exceeded quota";
    proxy.inject({
      when: ({ method, path: url }) => method === "POST" && url.endsWith("/services"),
      fault: { kind: "answer", status: 403, body: { kind: "Status", reason: "Forbidden", message } },
    });
    await Promise.all([remove(cluster, `${SHOP}/services/web`), remove(cluster, FLAG)]);
    const extra = `${SHOP}/configmaps/extra`;
    await cluster.request("POST", path.dirname(extra), { metadata: { name: "extra" } });
    const env = { KUBECONFIG: proxy.kubeconfig };
    for (const line of ["--dry-run --prune", "--prune --yes"]) {
      const { items, failures, notes, flagWritten } = await restoreJson(line, 3, env);
      assert.deepEqual(titles(items, "failed"), ["Service shop/web"]);
      assert.deepEqual(failures, [
        {
          resource: "services",
          kind: "Service",
          namespace: "shop",
          name: "web",
          reason: `${message} (HTTP 403)`,
        },
      ]);
      assert.match(notes.at(-1), /^Nothing that is not in the backup was deleted, because objects failed/);
      assert.equal(flagWritten, false);
    }
    assert.deepEqual([await exists(cluster, extra), await exists(cluster, FLAG)], [true, false]);
    const { stdout, stderr } = await restore("-n shop --yes", 3, env);
    assert.match(
      stdout,
      /^1 object failed:\n {2}1 Service {3}services is forbidden: exceeded quota\n +shop\/web$/m,
    );
    assert.match(stderr, /Cannot restore backup_\w+ wholly: 1 of \d+ objects failed/);
    assert.match(stderr, /and run the same command again/);
    await remove(cluster, extra);
  } finally {
    await proxy.stop();
  }
});

test("on a terminal, what a webhook refuses is waited for in so many words, and until when", async () => {
  const proxy = await startApiProxy(cluster);
  const message =
    'Internal error occurred: failed calling webhook "ing.example.com": failed to call webhook: Post "https://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused';
  proxy.inject({
    when: ({ method, path: url }) => method === "POST" && url.endsWith("/services"),
    fault: { kind: "answer", status: 500, body: { kind: "Status", reason: "InternalError", message } },
  });
  try {
    await remove(cluster, `${SHOP}/services/web`);
    const env = { ...environment(), KUBECONFIG: proxy.kubeconfig };
    const waits = /\d+ done, 1 waiting for the webhook ing\.example\.com \(gives up in 2m \d+s\)/;
    const { status, screen } = await runOnTerminal(["restore", "-n", "shop", "--yes"], { env }, [
      [waits, CTRL_C],
    ]);
    assert.equal(status, 130, screen);
    assert.doesNotMatch(screen, /\ds left/);
  } finally {
    await proxy.stop();
  }
});

test("interrupted, it says what it has done so far, and the same command goes on", async () => {
  await Promise.all([remove(cluster, SHOP), remove(cluster, FLAG)]);
  const proxy = await startApiProxy(cluster);
  try {
    // Its stage does not end by itself; what is beside it there has time to.
    proxy.inject({
      when: ({ method, path: url }) => method === "POST" && url.endsWith("/services"),
      fault: { kind: "delay", ms: 30_000 },
    });
    const env = environment({ KUBECONFIG: proxy.kubeconfig });
    const program = startProgram(["restore", "--yes"], { env });
    proxy.onRequest(({ method, path: url }) => {
      if (method === "POST" && url.endsWith("/services"))
        setTimeout(() => program.child.kill("SIGINT"), 1_000);
    });
    const { status, stderr } = await program.ended;
    assert.equal(status, 130, stderr);
    assert.match(stderr, /Ended before it was done: \d+ created, \d+ unchanged\. The same command goes on/);
    assert.match(stderr, /Interrupted by SIGINT/);
    assert.deepEqual([await exists(cluster, PASSWORD), await exists(cluster, FLAG)], [true, false]);
  } finally {
    await proxy.stop();
  }
  assert.equal((await restoreJson("--yes", 0)).flagWritten, true);
});

test("kinds that the cluster does not have are named, with what to do", async () => {
  const widgets = {
    group: "example.com",
    version: "v1",
    resource: "widgets",
    kind: "Widget",
    namespaced: true,
  };
  const { bytes } = await writeSample([
    sampleObject(NAMESPACES, undefined, "gadgets"),
    sampleObject(widgets, "gadgets", "one"),
  ]);
  const store = path.join(folder, "widgets");
  await mkdir(store);
  const stamp = TIME.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  await writeFile(path.join(store, `backup_${stamp}.zip`), bytes);
  const env = { S3TARGET: `file://${store}` };
  const { failures, notes, flagWritten } = await restoreJson("--yes", 3, env);
  assert.deepEqual(
    failures.map(({ kind, name }: Item) => `${kind} ${name}`),
    ["Widget one"],
  );
  assert.match(
    notes.at(-1),
    /^This cluster has no widgets\.example\.com: install .* --exclude-kinds=widgets\.example\.com$/,
  );
  assert.equal(flagWritten, false);
  assert.equal((await restoreJson("--exclude-kinds widgets --yes", 0, env)).summary.failed, 0);
  const asked = await runOnTerminal(["restore"], { env: environment(env) }, [[/\[y\/N\] /, "n\r"]]);
  assert.match(asked.screen, /^Made by +another cluster, 8a1c2f0e-\S+; this one is \S+$/m);
});

test("kinds and objects are named as kubectl names them, of a backup by its file, in several namespaces", async () => {
  const named = async (line: string, more?: Record<string, string>): Promise<string[]> => {
    const { items } = await restoreJson(`${line} --dry-run=client`, 0, more);
    return items.map(({ kind, namespace, name }: Item) => `${kind} ${namespace}/${name}`).sort();
  };
  const both = ["Deployment data/web", "Deployment shop/web"];
  assert.deepEqual(await named("deploy web -n shop,data"), both);
  assert.deepEqual(await named("latest deploy/web -n shop -n d*"), both);
  assert.deepEqual(await named("deployments -A"), both);
  assert.deepEqual(await named("deploy,secrets -n data"), ["Deployment data/web", "Secret data/password"]);
  assert.deepEqual(await named("-n data,nothing* secrets"), ["Secret data/password"]);
  const file = path.join(folder, `${first}.zip`);
  assert.deepEqual(await named(`${file} deploy web -n shop`, { S3TARGET: "" }), ["Deployment shop/web"]);
  assert.deepEqual(await named(`-b file:${file} ns shop data`, { S3TARGET: "" }), [
    "Namespace null/data",
    "Namespace null/shop",
  ]);
  const { stderr } = await restore("deploy wbe -n shop,data --yes", 1);
  assert.match(stderr, /Cannot restore deploy\/wbe: backup_\w+ holds none such in the namespace shop, data/);
  assert.match(
    (await restore("deplyo --yes", 2)).stderr,
    /is no kind that backup_\w+ holds: did you mean deploy/,
  );

  const diff = async (line: string) => await runProgram(["diff", ...line.split(" ")], { env: environment() });
  const compared = await diff("deploy web -n shop,data");
  assert.equal(compared.status, 0, compared.stderr);
  assert.match(compared.stdout, /0 added, 0 changed, 0 removed, 2 alike/);
  const spaces = await diff("ns/shop");
  assert.match(spaces.stdout, /0 added, 0 changed, 0 removed, 1 alike/, spaces.stderr);
  const unknown = await diff(`${file} deploy/wbe -n shop`);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /Cannot compare deploy\/wbe: neither backup_\w+ nor test has it/);
});
