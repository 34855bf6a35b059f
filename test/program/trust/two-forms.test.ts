/** Two forms of one name in a folder: with ALLOWED_SIGNERS, `verify` checks the one that the signed note is of. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { runProgram } from "../../support/program/program.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";

const OWN = new SigningKey(Buffer.alloc(32, 1));

let folder: string;
let name: string;
let env: Record<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-two-forms-"));
  const good = await notedBackup(hoursAgo(1), { key: OWN });
  ({ name } = good);
  await mkdir(path.join(folder, "notes"));
  await writeFile(path.join(folder, `${name}.zip`), good.zip);
  await writeFile(path.join(folder, "notes", `${name}.note`), good.note ?? "");
  await writeFile(path.join(folder, `${name}.zip.age`), "junk");
  env = { S3TARGET: `file://${folder}` };
});
after(() => rm(folder, { recursive: true, force: true }));

async function verify(args: string[], signers: SigningKey | undefined) {
  const key = signers?.publicKey.blob.toString("base64");
  const line = `blue namespaces="kube-backup" ssh-ed25519 ${key}\n`;
  const trust = signers === undefined ? {} : { ALLOWED_SIGNERS: line };
  const { status, stdout, stderr } = await runProgram(["verify", "-o", "json", ...args], {
    env: { ...env, ...trust },
  });
  return { status, state: JSON.parse(stdout).backups[0]?.state, stderr };
}

test("the signed note decides which one is verified", async () => {
  for (const args of [[], [name], ["--all"]]) {
    const { status, state, stderr } = await verify(args, OWN);
    assert.deepEqual([status, state], [0, "valid"], stderr);
    assert.match(stderr, new RegExp(`${name}\\.zip\\.age`), "the other one is told");
  }
});

test("without a signer, and with a note of nobody who is allowed, neither is verified", async () => {
  for (const signers of [undefined, new SigningKey(Buffer.alloc(32, 2))]) {
    const { status, state, stderr } = await verify([], signers);
    assert.deepEqual([status, state], [1, "damaged"], stderr);
  }
});

describe("neither is removed, and a dry run says so", () => {
  const older: string[] = [];
  before(async () => {
    for (const hours of [100, 200]) {
      const { name, zip } = await notedBackup(hoursAgo(hours), {});
      await writeFile(path.join(folder, `${name}.zip`), zip);
      older.push(name);
    }
    await writeFile(path.join(folder, `${older[1]}.zip.age`), "junk");
  });

  for (const args of [["--dry-run"], ["--yes"]]) {
    for (const more of [[], ["--force"], ["--force", "--all-versions"]]) {
      test(`delete ${[...args, ...more].join(" ")}`, async () => {
        const before = await readdir(folder);
        const { status, stdout, stderr } = await runProgram(
          ["delete", ...older, ...args, ...more, "--unsigned", "-o", "json"],
          { env },
        );
        assert.equal(status, 1, stdout);
        assert.match(stderr, /one of them may be somebody else's/);
        const outcomes = JSON.parse(stdout).backups.map(({ name, outcome }: Record<string, unknown>) => [
          name,
          outcome,
        ]);
        assert.deepEqual(outcomes, [
          [older[1], "refused"],
          [older[0], "untouched"],
        ]);
        assert.deepEqual(await readdir(folder), before);
      });
    }
  }

  test("prune --remove-damaged", async () => {
    const args = ["prune", "--keep-last", "9", "--min-age", "0", "--remove-damaged", "--dry-run"];
    const { status, stdout, stderr } = await runProgram([...args, "-o", "json", "--unsigned"], { env });
    assert.equal(status, 0, stderr);
    const plan = JSON.parse(stdout).backups.find((each: { name: string }) => each.name === older[1]);
    assert.deepEqual([plan.keep, plan.reasons], [true, ["damaged"]]);
  });
});
