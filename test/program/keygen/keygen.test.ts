/** `keygen`: what it makes is what age and ssh-keygen take, and is neither shown nor replaced. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { keyFingerprint } from "../../../src/signatures/public-key.ts";
import { binary } from "../../support/binaries/build.ts";
import { runProgram } from "../../support/program/program.ts";

const FILES = ["age-key.txt", "age-recipients.txt", "allowed-signers", "signing-key"];
const run = promisify(execFile);

let folder: string;
let ageKeygen: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-keygen-"));
  ageKeygen = await binary("age-keygen");
});
after(() => rm(folder, { recursive: true, force: true }));

async function keygen(...args: string[]) {
  return await runProgram(["keygen", ...args], { env: { KUBECONFIG: "/nonexistent" }, cwd: folder });
}

async function textOf(...parts: string[]): Promise<string> {
  return await readFile(path.join(folder, ...parts), "utf8");
}

test("the keys are files of their owner alone, and what is shown is public", async () => {
  const { status, stdout, stderr } = await keygen("keys of blue", "--cluster-name", "blue");
  assert.equal(status, 0, stderr);
  assert.deepEqual((await readdir(path.join(folder, "keys of blue"))).sort(), FILES);
  for (const file of FILES)
    assert.equal((await stat(path.join(folder, "keys of blue", file))).mode & 0o777, 0o600);
  assert.equal((await stat(path.join(folder, "keys of blue"))).mode & 0o777, 0o700);
  assert.doesNotMatch(stdout + stderr, /AGE-SECRET|PRIVATE KEY|b3BlbnNzaC1rZXkt/);
  const [recipients, signers] = [
    await textOf("keys of blue", FILES[1] ?? ""),
    await textOf("keys of blue", FILES[2] ?? ""),
  ];
  assert.ok(stdout.includes(recipients.trim()) && stdout.includes(signers.trim()), stdout);
  assert.match(signers, /^blue namespaces="kube-backup" ssh-ed25519 \S+\n$/);
  assert.match(stdout, /--from-file=SIGNING_KEY='keys of blue\/signing-key'\n/);
});

test("age and ssh-keygen take them", async () => {
  for (const [name, ...flags] of [["classic"], ["quantum", "--post-quantum"]] as const) {
    const { status, stdout, stderr } = await keygen(name, "-o", "json", ...flags);
    assert.equal(status, 0, stderr);
    const document = JSON.parse(stdout);
    const at = (file: string) => path.join(folder, name, file);
    assert.deepEqual(document.files.map((file: string) => path.basename(file)).sort(), FILES);
    const { stdout: recipient } = await run(ageKeygen, ["-y", at("age-key.txt")]);
    assert.equal(recipient, await textOf(name, "age-recipients.txt"));
    assert.equal(recipient.trim(), document.recipient);
    assert.equal(recipient.startsWith("age1pq1"), flags.length > 0);
    const { stdout: publicKey } = await run("ssh-keygen", ["-y", "-f", at("signing-key")]);
    assert.equal(
      publicKey.split(" ").slice(0, 2).join(" "),
      document.allowedSigner.split(" ").slice(-2).join(" "),
    );
    const signers = parseAllowedSigners(await textOf(name, "allowed-signers"));
    assert.ok("value" in signers && signers.value[0] !== undefined);
    assert.equal(keyFingerprint(signers.value[0].key), document.signer);
    assert.equal(signers.value[0].principals, "*");
  }
});

test("no key is replaced, and none is left of those that cannot all be written", async () => {
  await mkdir(path.join(folder, "taken"));
  await writeFile(path.join(folder, "taken", "signing-key"), "the key of years");
  const { status, stderr } = await keygen("taken");
  assert.equal(status, 1);
  assert.match(
    stderr,
    /Cannot write keys into taken: it holds signing-key already, and no key is ever replaced/,
  );
  assert.deepEqual(await readdir(path.join(folder, "taken")), ["signing-key"]);
  assert.equal(await textOf("taken", "signing-key"), "the key of years");
});

test("without a folder, or in a file, nothing is made", async () => {
  const without = await keygen();
  assert.equal(without.status, 2);
  assert.match(without.stderr, /keygen needs a folder for the keys/);
  await writeFile(path.join(folder, "file"), "");
  const inFile = await keygen("file");
  assert.equal(inFile.status, 1);
  assert.match(inFile.stderr, /Cannot write keys into file: /);
});
