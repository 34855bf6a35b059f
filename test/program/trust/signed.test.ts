/** Backups that the program signs, and who believes them: with OpenSSH's own program, and from one start to the next. */

import assert from "node:assert/strict";
import { execFile as execFileWithCallback } from "node:child_process";
import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { parseNote } from "../../../src/notes/parse-note.ts";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";

const execFile = promisify(execFileWithCallback);
const SHOP = "/api/v1/namespaces/shop";

let cluster: ControlPlane;
let folder: string;
/** A key of `ssh-keygen`, and its line for ALLOWED_SIGNERS. */
let key: string;
let line: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  ({ key, line } = await newKey("key"));
  await loadApplication(cluster, "shop");
});

async function newKey(name: string): Promise<{ key: string; line: string }> {
  const file = path.join(folder, name);
  await execFile("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "comment", "-f", file]);
  const publicKey = await readFile(`${file}.pub`, "utf8");
  return { key: file, line: `blue namespaces="kube-backup" ${publicKey}` };
}

/** A store of its own, with its signers. */
async function place(lines: string = line) {
  const target = path.join(await mkdtemp(path.join(folder, "place-")), "store");
  const signers = path.join(path.dirname(target), "allowed_signers");
  await writeFile(signers, lines);
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `file://${target}`,
    CLUSTER_NAME: "blue",
    SIGNING_KEY_FILE: key,
    ALLOWED_SIGNERS_FILE: signers,
  };
  const backUp = async (more: Record<string, string> = {}) => {
    const { status, stderr, stdout } = await runProgram(["backup", "-o", "json"], {
      env: { ...env, ...more },
    });
    assert.equal(status, 0, stderr);
    return { name: JSON.parse(stdout).name as string, stderr };
  };
  return { target, signers, env, backUp };
}

describe("A signed backup", () => {
  test("has a note that ssh-keygen verifies, split by the line of docs/notes.md", async () => {
    const { target, signers, backUp } = await place();
    const { name } = await backUp();
    const note = path.join(target, "notes", `${name}.note`);
    const docs = await readFile(path.join(import.meta.dirname, "../../../docs/notes.md"), "utf8");
    const [, script = ""] = /```sh\n(.*?)```/s.exec(docs) ?? [];
    assert.match(script, /ssh-keygen -Y verify/);
    const env = { ...process.env, NOTE: note, SIGNERS: signers, CLUSTER: "blue" };
    const cwd = path.dirname(target);
    const { stdout } = await execFile("sh", ["-ec", script], { env, cwd });
    assert.match(stdout, /Good "kube-backup" signature for blue/);
    await writeFile(note, (await readFile(note, "utf8")).replace("counter: 1", "counter: 2"));
    await assert.rejects(
      execFile("sh", ["-ec", script], { env, cwd }),
      /verification failed|incorrect signature/i,
    );
  });

  test("is restored by the gate of a new cluster, and one whose signer was removed is not", async () => {
    const { signers, env, backUp } = await place();
    const { name } = await backUp();
    const loop = { ...env, FREQUENCY: "1000000", MAXRESTOREAGE: "60", SIGNING_KEY_FILE: "" };
    await remove(cluster, SHOP);
    await writeFile(signers, (await newKey("other")).line);
    const refused = await runProgram(["run"], { env: loop });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /which ALLOWED_SIGNERS does not name/);
    assert.deepEqual([await exists(cluster, SHOP), await exists(cluster, FLAG)], [false, false]);
    await appendFile(signers, line);
    const program = startProgram(["run"], { env: loop });
    try {
      await program.saw(/"msg":"Next backup"|"msg":"Backup stored"/);
    } finally {
      program.child.kill("SIGTERM");
    }
    const { stderr } = await program.ended;
    assert.match(stderr, new RegExp(name));
    assert.equal(await exists(cluster, SHOP), true);
    assert.match(
      stderr,
      /backups of this cluster will not be used: ALLOWED_SIGNERS is set, and SIGNING_KEY is not/,
    );
    await remove(cluster, FLAG);
  });

  test("stays believed when its key is replaced: the next is signed by another, and goes on in the chain", async () => {
    const { target, signers, backUp, env } = await place();
    const first = await backUp();
    const other = await newKey("next");
    await appendFile(signers, other.line);
    const second = await backUp({ SIGNING_KEY_FILE: other.key });
    const noteOf = async (name: string) => {
      const text = await readFile(path.join(target, "notes", `${name}.note`), "utf8");
      return parseNote(text.slice(0, text.indexOf("-----BEGIN")));
    };
    assert.equal((await noteOf(second.name)).counter, (await noteOf(first.name)).counter + 1);
    const args = ["prune", "--keep-last", "2", "--dry-run", "-o", "json"];
    const { stdout, stderr } = await runProgram(args, { env });
    assert.deepEqual(
      JSON.parse(stdout).backups.map(({ name }: { name: string }) => name),
      [first.name, second.name],
      stderr,
    );
  });

  test("is what delete goes by: no forged newer one has the last signed one deleted", async () => {
    const { target, env, backUp } = await place();
    const { name } = await backUp();
    const forged = "backup_20260101T000000Z";
    const newer = "backup_20260201T000000Z";
    for (const each of [forged, newer])
      await writeFile(path.join(target, `${each}.zip`), await readFile(path.join(target, `${name}.zip`)));
    const run = async (args: string[], more: Record<string, string> = {}) =>
      await runProgram(["delete", "--yes", ...args], { env: { ...env, PRUNE_MIN_AGE: "0", ...more } });
    const refused = await run([name]);
    assert.equal(refused.status, 1, refused.stderr);
    assert.match(refused.stderr, /no valid backup of blue \(.*\) would be left; nothing is deleted/);
    const unsigned = await run([forged]);
    assert.equal(unsigned.status, 1, unsigned.stderr);
    assert.match(unsigned.stderr, /nobody in ALLOWED_SIGNERS has signed it/);
    const forced = await run([forged, "--force"]);
    assert.equal(forced.status, 0, forced.stderr);
    // Who does not say whose signatures count goes by what anybody can write.
    const blind = await run([name], { ALLOWED_SIGNERS_FILE: "" });
    assert.equal(blind.status, 1, blind.stderr);
    assert.match(blind.stderr, /is signed, and ALLOWED_SIGNERS does not say whose signatures count/);
    assert.deepEqual((await backupFiles(target)).sort(), [`${newer}.zip`, `${name}.zip`].sort());
  });

  test("is what a loop goes by: a forged newer one puts off no backup, and does not go on in the chain", async () => {
    const { target, env, backUp } = await place();
    const { name } = await backUp();
    const forged = "backup_20990101T000000Z";
    await writeFile(path.join(target, `${forged}.zip`), await readFile(path.join(target, `${name}.zip`)));
    const { stderr } = await backUp();
    assert.equal((await backupFiles(target)).length, 3);
    const { stdout } = await runProgram(["status", "-o", "json"], { env });
    assert.notEqual(JSON.parse(stdout).newest.name, forged, stderr);
  });
});

describe("A backup that is given tags", () => {
  test("has them in its manifest and its signed note, also encrypted, and keep keeps it without a key", async () => {
    const { target, env } = await place();
    const ageKey = path.join(path.dirname(target), "age.txt");
    const recipient = await newAgeKey(ageKey);
    const more = { ...env, AGE_RECIPIENTS: recipient, PRUNE_MIN_AGE: "0" };
    const backUp = async (...args: string[]) => {
      const { status, stdout, stderr } = await runProgram(["backup", "-o", "json", ...args], { env: more });
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout) as { name: string; tags: string[] };
    };
    const kept = await backUp("--tag", "keep", "--tag", "before-upgrade", "--tag", "keep");
    assert.deepEqual(kept.tags, ["before-upgrade", "keep"]);
    const plain = await backUp();
    assert.deepEqual(plain.tags, []);
    const newest = await backUp("--tag=1.30");
    const note = await readFile(path.join(target, "notes", `${kept.name}.note`), "utf8");
    assert.match(note, /\ntag: before-upgrade\ntag: keep\n/);

    const listed = await runProgram(["list", "--tag", "keep", "--tag", "1.30", "-o", "json"], { env: more });
    assert.deepEqual(
      JSON.parse(listed.stdout).backups.map(({ name, tags }: Record<string, unknown>) => [name, tags]),
      [
        [kept.name, ["before-upgrade", "keep"]],
        [newest.name, ["1.30"]],
      ],
    );
    const prune = ["prune", "--keep-last", "1", "--dry-run", "-o", "json"];
    for (const key of [{}, { AGE_KEY_FILE: ageKey }]) {
      const { stdout, stderr } = await runProgram(prune, { env: { ...more, ...key } });
      assert.deepEqual(
        JSON.parse(stdout).backups.map(({ name, keep }: Record<string, unknown>) => [name, keep]),
        [
          [kept.name, true],
          [plain.name, false],
          [newest.name, true],
        ],
        stderr,
      );
    }
    const untag = await runProgram(["untag", kept.name, "keep"], { env: more });
    assert.equal(untag.status, 1);
    assert.match(untag.stderr, /it was given keep when it was taken/);
    const tagged = await runProgram(["tag", "latest", "more"], { env: more });
    assert.equal(tagged.stdout, `${newest.name}: 1.30, more\n`, "the newest, also without its key");
  });
});

/** Makes a key file of age, and gives its recipient. */
async function newAgeKey(file: string): Promise<string> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  await writeFile(file, `${identity}\n`, { mode: 0o600 });
  return await identityToRecipient(identity);
}
