/** What is signed here, the ssh-keygen of the system verifies, and the other way round. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { judgeSigner } from "../../../src/signatures/judge-signer.ts";
import { keyFingerprint, publicKeyText } from "../../../src/signatures/public-key.ts";
import { formatSigningKey, parseSigningKey, type SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage, verifyMessage } from "../../../src/signatures/sshsig.ts";

let folder: string;
let key: SigningKey;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-ssh-"));
  await sshKeygen("-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", file("theirs"));
  key = keyOf(await readFile(file("theirs"), "utf8"));
});

after(() => rm(folder, { recursive: true, force: true }));

function file(name: string): string {
  return path.join(folder, name);
}

function keyOf(text: string): SigningKey {
  const parsed = parseSigningKey(text);
  assert.ok("value" in parsed, "problem" in parsed ? parsed.problem : "");
  return parsed.value;
}

/** Runs ssh-keygen with some standard input. */
async function runSshKeygen(args: readonly string[], input: string | Uint8Array = "") {
  const child = spawn("ssh-keygen", args, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {}).end(input);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  return { status, output };
}

async function sshKeygen(...args: string[]): Promise<string> {
  const { status, output } = await runSshKeygen(args);
  assert.equal(status, 0, output);
  return output;
}

describe("a key", () => {
  it("of ssh-keygen is read", async () => {
    assert.equal(
      publicKeyText(key.publicKey),
      (await sshKeygen("-y", "-f", file("theirs"))).split(" ").slice(0, 2).join(" "),
    );
    assert.ok((await sshKeygen("-l", "-f", file("theirs.pub"))).includes(keyFingerprint(key.publicKey)));
  });

  it("that is made here is one of ssh-keygen's, whatever its comment", async () => {
    for (const comment of ["", "a", "kube-backup blue", "1234567", "12345678"]) {
      const text = formatSigningKey({ seed: randomBytes(32), check: randomBytes(4) }, comment);
      await writeFile(file("ours"), text, { mode: 0o600 });
      const shown = await sshKeygen("-y", "-f", file("ours"));
      assert.equal(shown.trim(), `${publicKeyText(keyOf(text).publicKey)} ${comment}`.trim());
      await rm(file("ours"));
    }
  });

  it("with a passphrase, or of another type, is refused", async () => {
    const cases: [args: string[], problem: RegExp][] = [
      [["-t", "ed25519", "-N", "passphrase"], /is protected by a passphrase/],
      [["-t", "rsa", "-b", "2048", "-N", ""], /type ssh-rsa, and only ssh-ed25519 is supported/],
      [["-t", "ecdsa", "-N", ""], /type ecdsa-sha2-nistp256, and only ssh-ed25519 is supported/],
    ];
    for (const [args, problem] of cases) {
      await sshKeygen("-q", ...args, "-f", file("other"));
      const parsed = parseSigningKey(await readFile(file("other"), "utf8"));
      assert.ok("problem" in parsed && problem.test(parsed.problem), JSON.stringify(parsed));
      await Promise.all([rm(file("other")), rm(file("other.pub"))]);
    }
  });

  it("is read after its passphrase was removed as the error says", async () => {
    await sshKeygen("-q", "-t", "ed25519", "-N", "passphrase", "-f", file("copy"));
    await sshKeygen("-p", "-P", "passphrase", "-N", "", "-f", file("copy"));
    keyOf(await readFile(file("copy"), "utf8"));
  });
});

describe("a signature", () => {
  const messages = [Buffer.from("a note\n"), Buffer.alloc(0), randomBytes(100_000)];

  it("that is made here is verified by ssh-keygen, and is the same as its own", async () => {
    await writeFile(file("allowed"), `blue namespaces="kube-backup" ${publicKeyText(key.publicKey)}\n`);
    for (const message of messages) {
      await writeFile(file("message.sig"), signMessage(message, key));
      const args = ["-f", file("allowed"), "-I", "blue", "-n", "kube-backup", "-s", file("message.sig")];
      const { status, output } = await runSshKeygen(["-Y", "verify", ...args], message);
      assert.equal(status, 0, output);
      assert.match(output, /Good "kube-backup" signature for blue with ED25519 key/);
      const signed = await runSshKeygen(["-Y", "sign", "-f", file("theirs"), "-n", "kube-backup"], message);
      assert.ok(signed.output.includes(signMessage(message, key)), signed.output);
    }
  });

  it("of ssh-keygen is verified here, with both of its hashes", async () => {
    for (const hash of ["sha512", "sha256"]) {
      for (const [index, message] of messages.entries()) {
        const name = file(`${hash}-${index}`);
        await writeFile(name, message);
        await sshKeygen(
          "-Y",
          "sign",
          "-f",
          file("theirs"),
          "-n",
          "kube-backup",
          "-O",
          `hashalg=${hash}`,
          name,
        );
        const found = verifyMessage(message, await readFile(`${name}.sig`, "utf8"));
        assert.ok("value" in found, "problem" in found ? found.problem : "");
        assert.deepEqual(found.value.blob, key.publicKey.blob);
      }
    }
  });

  it("of ssh-keygen for another namespace, or by another type of key, is none", async () => {
    await writeFile(file("other-message"), "text");
    await sshKeygen("-Y", "sign", "-f", file("theirs"), "-n", "file", file("other-message"));
    const ofFile = verifyMessage(Buffer.from("text"), await readFile(file("other-message.sig"), "utf8"));
    assert.deepEqual(ofFile, { problem: "is not for the namespace kube-backup" });
    await rm(file("other-message.sig"));
    await sshKeygen("-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", file("rsa"));
    await sshKeygen("-Y", "sign", "-f", file("rsa"), "-n", "kube-backup", file("other-message"));
    const byRsa = verifyMessage(Buffer.from("text"), await readFile(file("other-message.sig"), "utf8"));
    assert.ok("problem" in byRsa && /^is by what is a key of the type ssh-rsa, and only/.test(byRsa.problem));
  });
});

describe("who is believed", () => {
  it("is who ssh-keygen believes", async () => {
    const text = publicKeyText(key.publicKey);
    const lines = [
      `blue ${text}`,
      `b*,!blue ${text}`,
      `b?ue ${text}`,
      `red ${text}`,
      `"blue,red" ${text} comment`,
      `blue namespaces="kube-backup" ${text}`,
      `blue namespaces="git,kube-*" ${text}`,
      `blue namespaces="git" ${text}`,
      `blue namespaces="*,!kube-backup" ${text}`,
      `blue valid-after="20260131120000Z" ${text}`,
      `blue valid-after="20260131120001Z" ${text}`,
      `blue valid-before="20260131120000Z" ${text}`,
      `blue valid-before="20260131115959Z" ${text}`,
      `blue valid-after="20260101",valid-before="20260301" ${text}`,
      `blue valid-before="20250101" ${text}\nblue ${text}`,
    ];
    const message = "a note\n";
    const time = new Date("2026-01-31T12:00:00Z");
    await writeFile(file("note.sig"), signMessage(Buffer.from(message), key));
    const results: boolean[] = [];
    for (const line of lines) {
      await writeFile(file("allowed"), `${line}\n`);
      const { status, output } = await runSshKeygen(
        [
          "-Y",
          "verify",
          "-f",
          file("allowed"),
          "-I",
          "blue",
          "-n",
          "kube-backup",
          "-s",
          file("note.sig"),
          "-O",
          "verify-time=20260131120000Z",
        ],
        message,
      );
      const signers = parseAllowedSigners(line);
      assert.ok("value" in signers);
      const { believed } = judgeSigner({ key: key.publicKey, principal: "blue", time }, signers.value);
      assert.equal(believed, status === 0, `${line}: ${output}`);
      results.push(believed);
    }
    assert.ok(results.includes(true) && results.includes(false));
  });
});
