/** Moments by a resource version and by an object, wherever --at names one. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram } from "../../support/program/program.ts";
import {
  beginTimeline,
  objectOf,
  putBackupOf,
  type SampleChange,
} from "../../support/samples/sample-history.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 30, 14, minute));

let cluster: ControlPlane;
let folder: string;
let env: Record<string, string>;
let timeline: string;
let restored: string;

const config = (operation: SampleChange["operation"], minute: number, name: string): SampleChange => ({
  ...{ at: at(minute), revision: 1000 + minute, operation, kind: "configMaps", path: name },
  ...(operation === "delete" ? {} : { content: { data: { minute: String(minute) } } }),
});

/**
 * At 14:00 the ConfigMaps web and api; web changes at :01 and :05 and is gone at :08, api changes at :06. From :20 on another
 * timeline, in which the resource versions have gone back to 1003.
 */
withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}/store` };
  const store = new FileStore({ folder: path.join(folder, "store") });
  const held = [
    objectOf("namespaces", "shop"),
    ...["api", "web"].map((name) => objectOf("configMaps", `shop/${name}`, { data: { minute: "0" } })),
  ];
  const base = await putBackupOf(store, at(0), 1000, held);
  const first = await beginTimeline(store, { began: at(0), base, revision: 1000 });
  await first.add(at(5), 1005, [config("update", 1, "shop/web"), config("update", 5, "shop/web")]);
  await first.add(at(10), 1010, [config("update", 6, "shop/api"), config("delete", 8, "shop/web")]);
  const later = await putBackupOf(store, at(20), 1003, held);
  const second = await beginTimeline(store, {
    began: at(20),
    base: later,
    revision: 1003,
    writer: "00000002",
  });
  await second.add(at(30), 1006, []);
  [timeline, restored] = [first.name, second.name];
});

async function run(...args: string[]) {
  return await runProgram(args, { env });
}

/** The minute of web; the error where it is not there. */
async function web(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await run("get", "cm/web", "-n", "shop", "-o", "json", ...args);
  return status === 0 ? JSON.parse(stdout).data.minute : stderr;
}

test("a resource version", async () => {
  assert.equal(await web("--revision", "1001"), "1");
  assert.equal(await web("--revision", "1002"), "1");
  assert.equal(await web("--revision", "1007"), "5");
  assert.match(await web("--revision", "1008"), /web/);
  assert.match(await web("--revision", "999"), /does not have it[\s\S]*The nearest is 1000/);
  assert.match(await web("--revision", "2000"), /does not have it[\s\S]*The nearest is 1010/);
});

test("of several timelines that have it, one must be named", async () => {
  const said = (await web("--revision", "1005")).replaceAll(/\s+/g, " ");
  assert.match(said, /2 timelines of the change log in file:\S+ have it/);
  assert.ok(said.includes(`--timeline ${timeline} or ${restored}`), said);
  assert.equal(await web("--revision", "1005", "--timeline", timeline), "5");
  assert.equal(await web("--revision", "1005", "--timeline", restored), "0");
  assert.match(await web("--revision", "1009", "--timeline", restored), /does not have it/);
});

test("just before the last change of an object", async () => {
  assert.equal(await web("--before", "cm/web"), "5");
  assert.equal(await web("--before", "configmap/api"), "5");
  const { stderr } = await run("get", "cm", "-n", "shop", "--before", "cm/web");
  assert.match(stderr, /ConfigMap shop\/web was deleted last at 2026-01-30T14:08:00\.000Z/);
  assert.match(await web("--before", "cm/other"), /has no change of it/);
  const elsewhere = await run("get", "cm", "-n", "blog", "--before", "cm/web");
  assert.match(elsewhere.stderr, /cm\/web in blog: the change log .* has no change of it/);
  assert.match(await web("--before", "nonsense/web"), /"nonsense" is no kind/);
});

test("flags that contradict each other", async () => {
  for (const [args, said] of [
    [["--before", "web"], /names no object: write KIND\/NAME/],
    [["--revision", "0x1"], /is no resource version/],
    [["--revision", "1001", "--at", "2h"], /both say which backup/],
    [["--timeline", timeline], /says nothing without --revision/],
    [["--revision", "1001", "--or-before"], /--or-before goes with --at/],
    [["--before", "cm/web", "-b", "latest"], /both say which backup/],
  ] as const) {
    const { status, stderr } = await run("get", "cm", ...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, said);
  }
});

test("two moments are compared, and the cluster is not asked", async () => {
  const { status, stdout, stderr } = await run(
    "diff",
    "--revision",
    "1001",
    "--revision",
    "1007",
    "-o",
    "json",
  );
  assert.equal(status, 1, stderr);
  assert.deepEqual(
    JSON.parse(stdout)
      .items.map(({ name }: { name: string }) => name)
      .sort(),
    ["api", "web"],
  );
  const times = await run("diff", "--at", at(2).toISOString(), "--at", at(3).toISOString());
  assert.equal(times.status, 0, times.stderr);
  const before = await run("diff", "--at", at(2).toISOString(), "--before", "cm/web");
  assert.equal(before.status, 1, before.stderr);
  const three = await run("diff", "--at", "2h", "--at", "1h", "--revision", "1");
  assert.match(three.stderr, /--revision 1 is too much/);
});

test("a moment is exported, verified, rehearsed and restored", async () => {
  const target = path.join(folder, "exported");
  const exported = await run("export", target, "--before", "cm/web", "-n", "shop");
  assert.equal(exported.status, 0, exported.stderr);
  const files = await run("get", "cm/web", "-n", "shop", "--before", "cm/web", "-o", "yaml");
  assert.match(files.stdout, /minute: "5"/);
  assert.match(
    await readFile(path.join(target, "namespaces/shop/configmaps/web.yaml"), "utf8").catch(String),
    /minute: "5"|ENOENT/,
  );
  const verified = await run("verify", "--revision", "1007", "-o", "json");
  assert.equal(verified.status, 0, verified.stderr);
  assert.match(verified.stderr, /The change log leads to/);
  assert.equal(JSON.parse(verified.stdout).backups[0].state, "valid");
  const rehearsed = await run("verify", "--rehearse", "--before", "cm/web", "-o", "json");
  assert.equal(rehearsed.status, 0, rehearsed.stderr);
  assert.equal(JSON.parse(rehearsed.stdout).summary.refused, 0);
  const back = await run("restore", "cm/web", "-n", "shop", "--before", "cm/web", "--yes");
  assert.equal(back.status, 0, back.stderr);
  const { data } = await cluster.request("GET", "/api/v1/namespaces/shop/configmaps/web");
  assert.deepEqual(data, { minute: "5" });
});
