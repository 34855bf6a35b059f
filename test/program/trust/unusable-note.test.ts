/** Something that is no file lies where the note of the newest backup would: it is as good as a note that says nothing. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { runProgram } from "../../support/program/program.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { notedBackup } from "../../support/samples/signed-backup.ts";

const OWN = new SigningKey(Buffer.alloc(32, 1));
const SIGNERS = `* ssh-ed25519 ${OWN.publicKey.blob.toString("base64")}\n`;

let folder: string;
/** The newest first. */
const names: string[] = [];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-unusable-note-"));
  await mkdir(path.join(folder, "notes"));
  for (const hours of [10, 20, 30]) {
    const { name, zip, note } = await notedBackup(hoursAgo(hours), { key: OWN });
    const place = path.join(folder, "notes", `${name}.note`);
    await writeFile(path.join(folder, `${name}.zip`), zip);
    if (names.length === 0) await mkdir(place);
    else await writeFile(place, note ?? "");
    names.push(name);
  }
});
after(() => rm(folder, { recursive: true, force: true }));

async function run(args: readonly string[], trust: Record<string, string> = {}) {
  const { status, stdout, stderr } = await runProgram([...args, "-o", "json"], {
    env: { S3TARGET: `file://${folder}`, ...trust },
  });
  assert.equal(status, 0, stderr);
  return { document: JSON.parse(stdout), stderr };
}

test("without ALLOWED_SIGNERS the archive speaks for itself", async () => {
  const { document } = await run(["list", "--long"]);
  assert.deepEqual(
    document.backups.map(({ name, state }: Record<string, unknown>) => [name, state]),
    names.toReversed().map((name) => [name, "ok"]),
  );
});

test("with ALLOWED_SIGNERS the backup is passed over, and the next one taken", async () => {
  const trust = { ALLOWED_SIGNERS: SIGNERS };
  const { document } = await run(["list", "--long"], trust);
  assert.deepEqual(
    document.backups.map(({ notUsed }: Record<string, unknown>) => notUsed),
    [null, null, "its note cannot be used: it is not a file"],
  );
  const { stderr } = await run(["get", "secrets", "-A"], trust);
  assert.match(stderr, new RegExp(`${names[0]}.*its note cannot be used: it is not a file`));
});

test("with ALLOWED_SIGNERS retention does not count it", async () => {
  const { document } = await run(["prune", "--keep-last", "1", "--min-age", "0", "--dry-run"], {
    ALLOWED_SIGNERS: SIGNERS,
  });
  const plans = document.backups.map(({ name, keep }: Record<string, unknown>) => [name, keep]);
  assert.deepEqual(plans, [
    [names[2], false],
    [names[1], true],
  ]);
});
