/**
 * `restore --undo` and `log` beside the program that records, in a real cluster: the change log is encrypted and signed, as its
 * backups are.
 */

import assert from "node:assert/strict";
import { execFile as execFileWithCallback } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { keyPair } from "../../support/encryption/age-files.ts";
import {
  type ProgramResult,
  type RunningProgram,
  runProgram,
  startProgram,
} from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const execFile = promisify(execFileWithCallback);
const MAPS = "/api/v1/namespaces/shop/configmaps";
const MERGE = { contentType: "application/merge-patch+json" };

let cluster: ControlPlane;
let env: Record<string, string>;
let recorder: RunningProgram;

withTestBed(async (bed) => {
  cluster = bed.cluster;
  const { folder } = bed;
  const key = path.join(folder, "key");
  await execFile("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  const signers = path.join(folder, "allowed_signers");
  await writeFile(signers, `blue namespaces="kube-backup" ${await readFile(`${key}.pub`, "utf8")}`);
  const { identity, recipient } = await keyPair();
  env = {
    ...{
      KUBECONFIG: cluster.kubeconfig,
      S3TARGET: `file://${path.join(folder, "store")}`,
      CLUSTER_NAME: "blue",
    },
    ...{ SIGNING_KEY_FILE: key, ALLOWED_SIGNERS_FILE: signers, AGE_RECIPIENTS: recipient, AGE_KEY: identity },
  };
  for (const name of ["shop", "backuprestore-donotuse"])
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  for (const name of ["changed", "deleted", "untouched", "rotated"])
    await cluster.request("POST", MAPS, { metadata: { name }, data: { mode: "good", size: "1" } });
  recorder = startProgram(["run"], {
    env: { ...env, CHANGE_LOG: "1s", FREQUENCY: "60", MAXRESTOREAGE: "60" },
  });
  await recorder.saw(/Change log begins/);
  await sleep(2_000);
});

after(async () => {
  recorder?.child.kill("SIGTERM");
  await recorder?.ended;
});

const patch = (name: string, data: object) => cluster.request("PATCH", `${MAPS}/${name}`, { data }, MERGE);

async function dataOf(name: string): Promise<unknown> {
  return (await cluster.request("GET", `${MAPS}/${name}`)).data;
}

async function run(line: string, more: Record<string, string> = {}): Promise<ProgramResult> {
  return await runProgram(line.split(" "), { env: { ...env, ...more } });
}

/** Until the change log has so many changes since then. */
async function recorded(since: string, count: number): Promise<Record<string, unknown>[]> {
  let items: Record<string, unknown>[] = [];
  await until(`${count} changes in the log`, async () => {
    items = JSON.parse((await run(`log cm -n shop --since ${since} -o json`)).stdout).items;
    return items.length >= count;
  });
  return items;
}

describe("what changed since a moment", () => {
  let since: string;
  before(async () => {
    since = new Date().toISOString();
    await sleep(50);
    await patch("changed", { mode: "bad" });
    await patch("rotated", { mode: "bad", size: "2" });
    await cluster.request("DELETE", `${MAPS}/deleted`);
    await cluster.request("POST", MAPS, { metadata: { name: "created" }, data: {} });
    await recorded(since, 4);
  });

  it("is in a log that is encrypted and signed", async () => {
    const items = await recorded(since, 4);
    assert.deepEqual(items.map(({ operation, name, fields }) => [operation, name, fields]).toSorted(), [
      ["create", "created", []],
      ["delete", "deleted", ["data.mode", "data.size"]],
      ["update", "changed", ["data.mode"]],
      ["update", "rotated", ["data.mode", "data.size"]],
    ]);
    const withoutKey = await run(`log cm -n shop --since ${since}`, { AGE_KEY: "" });
    assert.equal(withoutKey.status, 1, withoutKey.stderr);
    assert.match(withoutKey.stderr, /encrypted/);
    const stranger = path.join(path.dirname(env["SIGNING_KEY_FILE"] ?? ""), "stranger");
    await execFile("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
    const signers = `${stranger}.signers`;
    await writeFile(signers, `blue namespaces="kube-backup" ${await readFile(`${stranger}.pub`, "utf8")}`);
    const unbelieved = await run(`log cm -n shop --since ${since}`, { ALLOWED_SIGNERS_FILE: signers });
    assert.equal(unbelieved.status, 1, unbelieved.stderr);
  });

  it("is planned by a dry run, which writes nothing", async () => {
    const { status, stdout, stderr } = await run(`restore -n shop --undo --since ${since} --dry-run -o json`);
    assert.equal(status, 0, stderr);
    const { summary, conflicts } = JSON.parse(stdout);
    assert.deepEqual([summary.created, summary.updated, conflicts], [1, 2, []]);
    assert.deepEqual(await dataOf("changed"), { mode: "bad", size: "1" });
  });

  it("goes back but for what others have written meanwhile, which is a conflict", async () => {
    // Nothing of this is in the change log when the undo reads it.
    recorder.child.kill("SIGSTOP");
    try {
      await patch("rotated", { size: "rotated" });
      await patch("untouched", { mode: "later" });
      const line = `restore -n shop --undo --since ${since} --yes -o json`;
      const { status, stdout, stderr } = await run(line);
      assert.equal(status, 3, stderr);
      assert.match(stderr, /1 object has fields that others have written since/);
      const { conflicts, summary } = JSON.parse(stdout);
      assert.deepEqual(conflicts, [
        {
          ...{ resource: "configmaps", kind: "ConfigMap", namespace: "shop", name: "rotated" },
          fields: ["data.size"],
        },
      ]);
      assert.deepEqual([summary.created, summary.updated], [1, 2]);
    } finally {
      recorder.child.kill("SIGCONT");
    }
    assert.deepEqual(await dataOf("changed"), { mode: "good", size: "1" });
    assert.deepEqual(await dataOf("deleted"), { mode: "good", size: "1" });
    assert.deepEqual(await dataOf("rotated"), { mode: "good", size: "rotated" });
    assert.deepEqual(await dataOf("untouched"), { mode: "later", size: "1" });
    assert.deepEqual(await dataOf("created"), undefined);
  });

  it("is nothing where nothing changed, and an error where the log has not that time", async () => {
    const nothing = await run(`restore cm/untouched -n shop --undo --since ${since} --yes`);
    assert.equal(nothing.status, 0, nothing.stderr);
    const early = await run("restore -n shop --undo --since 2020-01-01T00:00:00Z --yes");
    assert.equal(early.status, 1);
    assert.match(early.stderr, /has no change log of that time/);
  });
});
