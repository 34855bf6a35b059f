/** What is encrypted here, the stock age decrypts, and the other way round. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { EncryptedSource } from "../../../src/encryption/encrypted-source.ts";
import { parseIdentities } from "../../../src/encryption/identities.ts";
import { parseRecipients } from "../../../src/encryption/recipients.ts";
import { binaries } from "../../support/binaries/build.ts";
import { allOf, encrypted, MemorySource } from "../../support/encryption/age-files.ts";

const NEVER = new AbortController().signal;
const SIZES = [0, 1, 65_535, 65_536, 65_537, 1_000_003];

let age: string;
let keygen: string;
let folder: string;

before(async () => {
  ({ age, "age-keygen": keygen } = await binaries(["age", "age-keygen"]));
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-age-"));
});

after(() => rm(folder, { recursive: true, force: true }));

/** Runs a program with some standard input; returns its standard output. */
async function run(program: string, args: readonly string[], input: Uint8Array = new Uint8Array(0)) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {}).end(input);
  const status = new Promise((resolve) => child.once("close", resolve));
  const [output, errors] = await Promise.all([allOf(child.stdout), allOf(child.stderr)]);
  assert.equal(await status, 0, errors.toString());
  return output;
}

for (const type of ["X25519", "post-quantum"] as const) {
  describe(`age, with keys of type ${type}`, () => {
    const keyFiles: string[] = [];
    let recipients: string;

    before(async () => {
      for (const name of ["one", "other"]) {
        const file = path.join(folder, `${type}-${name}.txt`);
        await run(keygen, [...(type === "X25519" ? [] : ["-pq"]), "-o", file]);
        keyFiles.push(file);
      }
      recipients = (await Promise.all(keyFiles.map((file) => run(keygen, ["-y", file])))).join("");
    });

    it("decrypts what was encrypted here, with each of the keys", async () => {
      const parsed = parseRecipients(recipients);
      assert.ok("value" in parsed);
      assert.equal(parsed.value.type, type);
      for (const size of SIZES) {
        const plain = randomBytes(size);
        const file = await encrypted(plain, parsed.value, 50_000);
        for (const key of keyFiles)
          assert.deepEqual(await run(age, ["-d", "-i", key], file), plain, `${size}`);
      }
    });

    it("writes what is read here, with each of the keys", async () => {
      const list = path.join(folder, `${type}-recipients.txt`);
      await writeFile(list, recipients);
      for (const size of SIZES) {
        const plain = randomBytes(size);
        const source = new MemorySource(await run(age, ["-R", list], plain));
        for (const key of keyFiles) {
          const parsed = parseIdentities(await readFile(key, "utf8"));
          assert.ok("value" in parsed);
          const opened = await EncryptedSource.open(source, parsed.value, NEVER);
          assert.deepEqual(await opened.read(0, size, NEVER), plain, `${size}`);
        }
      }
    });

    it("has the same recipients for its keys", async () => {
      const keys = (await Promise.all(keyFiles.map((file) => readFile(file, "utf8")))).join("\n");
      const parsed = parseIdentities(keys);
      assert.ok("value" in parsed);
      assert.deepEqual(await parsed.value.recipients(), recipients.trim().split("\n"));
    });
  });
}
