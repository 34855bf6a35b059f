/** `kube-backup log` over a store whose backups and change log are written beforehand: no cluster is asked. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { assertDocument } from "../../support/program/json-document.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import {
  beginTimeline,
  type OpenTimeline,
  objectOf,
  putBackupOf,
  type SampleChange,
} from "../../support/samples/sample-history.ts";
import { type CliResult, runHere } from "../../support/samples/shop-backup.ts";
import { until } from "../../support/until.ts";

const at = (clock: string) => new Date(`2026-01-31T${clock}Z`);

const SHOP = [
  objectOf("namespaces", "shop"),
  objectOf("configMaps", "shop/settings", { data: { mode: "fast", size: "3" } }),
  objectOf("secrets", "shop/login", { data: { password: "b2xk" } }),
  objectOf("deployments", "shop/web", { labels: { app: "web" }, spec: { replicas: 3, image: "web:1" } }),
];
const OTHER = [objectOf("namespaces", "other"), objectOf("configMaps", "other/keep", { data: { a: "1" } })];

const FIRST: SampleChange[] = [
  {
    ...{ at: at("12:05:00"), revision: 110, operation: "update", kind: "deployments", path: "shop/web" },
    content: { labels: { app: "web" }, spec: { replicas: 5, image: "web:1" } },
    manager: "kubectl-edit",
  },
  {
    ...{ at: at("12:06:00"), revision: 111, operation: "update", kind: "secrets", path: "shop/login" },
    content: { data: { password: "bmV3" } },
    manager: "rotator",
  },
  {
    ...{ at: at("12:07:00"), revision: 112, operation: "create", kind: "configMaps", path: "shop/extra" },
    content: { data: { x: "1" } },
    manager: "kubectl-create",
  },
];
const SECOND: SampleChange[] = [
  { at: at("12:10:00"), revision: 120, operation: "delete", kind: "namespaces", path: "shop" },
  { at: at("12:10:02"), revision: 121, operation: "delete", kind: "configMaps", path: "shop/settings" },
  { at: at("12:10:02"), revision: 122, operation: "delete", kind: "configMaps", path: "shop/extra" },
  { at: at("12:10:03"), revision: 123, operation: "delete", kind: "secrets", path: "shop/login" },
  { at: at("12:10:04"), revision: 124, operation: "delete", kind: "deployments", path: "shop/web" },
];

let folder: string;
let store: FileStore;
let live: OpenTimeline;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-log-"));
  store = new FileStore({ folder });
  const older = objectOf("configMaps", "shop/settings", { data: { mode: "slow", size: "3" } });
  const early = [SHOP[0] as (typeof SHOP)[0], older, ...OTHER];
  await putBackupOf(store, at("11:00:00"), 80, early);
  await putBackupOf(store, at("11:30:00"), 90, [
    ...SHOP,
    ...OTHER,
    objectOf("configMaps", "shop/once", { data: {} }),
  ]);
  const base = await putBackupOf(store, at("12:00:00"), 100, [...SHOP, ...OTHER]);
  const first = await beginTimeline(store, { began: at("12:00:00.400"), base, revision: 100 });
  await first.add(at("12:08:00"), 115, FIRST);
  await first.add(at("12:15:00"), 130, SECOND);
  const kept = objectOf("configMaps", "other/keep", { data: { a: "2" } });
  const later = await putBackupOf(store, at("12:30:00"), 200, [OTHER[0] as (typeof OTHER)[0], kept]);
  const begins = "the API server no longer has all events since the last moment";
  live = await beginTimeline(store, {
    ...{ began: at("12:30:00.200"), base: later, revision: 200, begins, writer: "00000002" },
  });
  await live.add(at("12:40:00"), 210, [
    {
      ...{ at: at("12:35:00"), revision: 205, operation: "update", kind: "configMaps", path: "other/keep" },
      content: { data: { a: "3" } },
      manager: "team-b",
    },
  ]);
});

after(() => rm(folder, { recursive: true, force: true }));

/** Runs a command line in this process; its JSON is what docs/schemas says. */
async function run(line: string): Promise<CliResult> {
  const args = line.split(" ");
  const result = await runHere(args, { S3TARGET: `file://${folder}` });
  assertDocument(args, result);
  return result;
}

const log = (line: string) => run(`log ${line}`);

/** The words of each line, of a log that must be well. */
async function lines(line: string): Promise<string[]> {
  const { status, stdout, stderr } = await log(`${line} --until 2026-01-31T13:00:00Z`);
  assert.equal(status, 0, stderr);
  return stdout
    .split("\n")
    .slice(1, -1)
    .map((each) => each.trim().replaceAll(/ +/g, " "));
}

async function items(line: string): Promise<Record<string, unknown>[]> {
  const { status, stdout, stderr } = await log(`${line} --until 2026-01-31T13:00:00Z -o json`);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout).items;
}

describe("what the change log has", () => {
  it("is a line for each change: time, operation, object, manager, fields", async () => {
    assert.deepEqual((await lines("-n shop --since 2026-01-31T12:01:00Z")).slice(0, 4), [
      "2026-01-31 12:05:00 update Deployment shop/web kubectl-edit spec.replicas",
      "2026-01-31 12:06:00 update Secret shop/login rotator data.password",
      "2026-01-31 12:07:00 create ConfigMap shop/extra kubectl-create",
      "2026-01-31 12:10:00 delete Namespace shop -",
    ]);
  });

  it("is of one object, by each form of its name", async () => {
    for (const words of ["deploy/web", "deployment web", "deployments.apps/web"])
      assert.deepEqual(
        await lines(`${words} -n shop --since 2026-01-31T12:01:00Z`),
        [
          "2026-01-31 12:05:00 update Deployment shop/web kubectl-edit spec.replicas",
          "2026-01-31 12:10:04 delete Deployment shop/web -",
          "-- gap from 2026-01-31 12:15:00 to 2026-01-31 12:30:00: the API server no longer has all events since the last moment; what follows was inferred --",
        ],
        words,
      );
  });

  it("is of objects with a label before or after", async () => {
    const found = await lines("-l app=web -A --since 2026-01-31T12:01:00Z");
    assert.deepEqual(found.filter((each) => !each.startsWith("--")).length, 2);
  });

  it("has the values with -p, without those of Secrets", async () => {
    const { stdout } = await log("-n shop --since 2026-01-31T12:01:00Z --until 2026-01-31T12:08:00Z -p");
    assert.match(stdout, /spec\.replicas: 3 → 5/);
    assert.match(stdout, /data\.password: changed \(the value is not shown\)/);
    assert.match(stdout, /data\.x: \+ "1"/);
    assert.doesNotMatch(stdout, /bmV3|b2xk/);
  });

  it("is JSON as its schema says, in the order of time", async () => {
    const found = await items("deploy/web -n shop --since 2026-01-31T12:01:00Z");
    assert.deepEqual(found[0], {
      ...{ time: "2026-01-31T12:05:00Z", revision: "110", operation: "update", apiVersion: "apps/v1" },
      ...{ resource: "deployments.apps", kind: "Deployment", namespace: "shop", name: "web" },
      ...{ manager: "kubectl-edit", fields: ["spec.replicas"] },
      changes: [{ path: "spec.replicas", left: 3, right: 5 }],
    });
    assert.equal(found.at(-1)?.["operation"], "gap");
  });

  it("begins in the middle with the state that was there", async () => {
    const found = await items("secrets -n shop --since 2026-01-31T12:05:30Z");
    assert.deepEqual(
      found.slice(0, 1).map(({ fields }) => fields),
      [["data.password"]],
    );
    assert.equal(found[1]?.["operation"], "delete");
  });
});

describe("what it has not", () => {
  it("is a gap with both edges, and what was inferred from the states at these", async () => {
    assert.deepEqual(await lines("-n other --since 2026-01-31T12:14:00Z"), [
      "-- gap from 2026-01-31 12:15:00 to 2026-01-31 12:30:00: the API server no longer has all events since the last moment; what follows was inferred --",
      "≤2026-01-31 12:30:00 update ConfigMap other/keep - data.a",
      "2026-01-31 12:35:00 update ConfigMap other/keep team-b data.a",
    ]);
    const [gap, inferred] = await items("-n other --since 2026-01-31T12:20:00Z");
    assert.deepEqual(gap, {
      ...{ operation: "gap", after: "2026-01-31T12:15:00Z", time: "2026-01-31T12:30:00Z" },
      reason: "the API server no longer has all events since the last moment",
    });
    assert.deepEqual([inferred?.["after"], inferred?.["revision"]], ["2026-01-31T12:15:00Z", null]);
  });

  it("is found by comparing backups, where there was no change log", async () => {
    const found = await lines("-n shop --since 2026-01-31T11:10:00Z");
    assert.deepEqual(
      found.slice(0, 5),
      [
        "≤2026-01-31 11:30:00 update ConfigMap shop/settings - data.mode",
        "≤2026-01-31 11:30:00 create ConfigMap shop/once -",
        "≤2026-01-31 11:30:00 create Deployment shop/web -",
        "≤2026-01-31 11:30:00 create Secret shop/login -",
        "≤2026-01-31 12:00:00 delete ConfigMap shop/once -",
      ].toSorted((one, other) => found.indexOf(one) - found.indexOf(other)),
    );
  });
});

describe("what is gone", () => {
  it("is listed with the command that brings it back, from before its namespace went", async () => {
    const { stdout } = await log(
      "-n shop --deleted --since 2026-01-31T11:10:00Z --until 2026-01-31T13:00:00Z",
    );
    assert.deepEqual(
      stdout.split("\n").map((each) => each.trim()),
      [
        "≤2026-01-31 12:00:00  ConfigMap shop/once",
        "kube-backup restore --backup=backup_20260131T113000Z --namespace=shop configmap/once",
        "2026-01-31 12:10:00  Namespace shop",
        "with ConfigMap 2, Deployment 1, Secret 1",
        "kube-backup restore --at=2026-01-31T12:09:59.999Z --namespace=shop",
        "",
      ],
    );
    const gone = await items("-n shop --deleted --since 2026-01-31T12:01:00Z");
    assert.deepEqual(gone.map(({ kind, name, restore }) => [kind, name, restore]).slice(0, 2), [
      ["Namespace", "shop", "kube-backup restore --at=2026-01-31T12:09:59.999Z --namespace=shop"],
      [
        ...["ConfigMap", "settings"],
        "kube-backup restore --at=2026-01-31T12:09:59.999Z --namespace=shop configmap/settings",
      ],
    ]);
  });

  it("has what each command names at that moment", async () => {
    const words =
      "get configmap/settings deployment/web --namespace shop --at 2026-01-31T12:09:59.999Z -o name";
    const { status, stdout, stderr } = await run(words);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "configmap/settings\ndeployment.apps/web\n");
  });
});

it("is completed with kinds first, and then with names", async () => {
  const env = { S3TARGET: `file://${folder}`, KUBECONFIG: "" };
  const completed = async (line: string) => (await runHere(["__complete", ...line.split(" ")], env)).stdout;
  assert.match(await completed("log conf"), /^configmaps\t/);
  assert.match(await completed("log -n other cm "), /^keep$/m);
  assert.doesNotMatch(await completed("log "), /backup_|latest/);
});

it("is the same in the executable", async () => {
  const args = ["log", "-A", "--since", "2026-01-31T11:10:00Z", "-o", "json"];
  const { status, stdout } = await runProgram(args, { env: { S3TARGET: `file://${folder}` } });
  assert.equal(status, 0);
  assert.equal(stdout, (await run(args.join(" "))).stdout);
});

describe("what is wrong", () => {
  const WRONG: [line: string, message: RegExp][] = [
    ["--since nonsense", /--since "nonsense" is no time/],
    ["--since 2026-01-31T12:00:00Z --until 2026-01-30T12:00:00Z", /is later than --until/],
    ["deploy/web -l app=web", /--selector does not go with names/],
    ["-A -n shop", /give one of them/],
    ["--follow --deleted", /--deleted does not go with --follow/],
    ["widgets", /"widgets" is no kind that backup_/],
  ];
  for (const [line, message] of WRONG)
    it(line, async () => {
      const { status, stderr } = await log(line);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    });

  it("is no error where nothing has changed", async () => {
    const { status, stdout, stderr } = await log("cm/none -n shop --since 2026-01-31T12:31:00Z");
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /Nothing has changed/);
  });
});

it("goes on with what comes, until it is interrupted", async () => {
  const program = startProgram(["log", "-A", "--follow", "-o", "json", "--since", "2026-01-31T12:31:00Z"], {
    env: { S3TARGET: `file://${folder}` },
  });
  const seen = () =>
    program
      .output()
      .stdout.split("\n")
      .filter((each) => each !== "")
      .map((each) => JSON.parse(each));
  try {
    await until("the change that was there", () => seen().length === 1);
    await live.add(at("12:50:00"), 220, [
      {
        ...{ at: at("12:45:00"), revision: 215, operation: "update", kind: "configMaps", path: "other/keep" },
        content: { data: { a: "4" } },
      },
    ]);
    await until("the next change", () => seen().length === 2);
    assert.deepEqual(seen()[1].changes, [{ path: "data.a", left: "3", right: "4" }]);
    const later = await putBackupOf(store, at("13:00:00"), 300, [OTHER[0] as (typeof OTHER)[0]]);
    await beginTimeline(store, {
      ...{ began: at("13:00:00.100"), base: later, revision: 300, begins: "somebody", writer: "00000003" },
    });
    await until("the gap", () => seen().length === 4);
    assert.deepEqual(
      seen()
        .slice(2)
        .map(({ operation }) => operation),
      ["gap", "delete"],
    );
  } finally {
    program.child.kill("SIGINT");
  }
  assert.equal((await program.ended).status, 130);
});
