/** A signed change log in a folder: with ALLOWED_SIGNERS, nobody else's segment leads to a moment that is verified. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { runProgram } from "../../support/program/program.ts";
import { backupOf, beginTimeline, objectOf, putBackupOf } from "../../support/samples/sample-history.ts";
import { noteOf } from "../../support/samples/signed-backup.ts";

const OWN = new SigningKey(Buffer.alloc(32, 1));
const STRANGER = new SigningKey(Buffer.alloc(32, 2));
const SIGNERS = `* namespaces="kube-backup" ssh-ed25519 ${OWN.publicKey.blob.toString("base64")}\n`;
const at = (minute: number) => new Date(Date.UTC(2026, 0, 31, 12, minute));
const OBJECTS = [objectOf("namespaces", "shop")];

let folder: string;
let stores = 0;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-signed-moments-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A store with a backup at 12:00 and a change log up to 12:10, each signed by a key, or by nobody. */
async function storeOf(keys: { backup: SigningKey | undefined; log: SigningKey | undefined }) {
  const place = path.join(folder, String(++stores));
  const store = new FileStore({ folder: place });
  const base = await putBackupOf(store, at(0), 1000, OBJECTS);
  const note = await noteOf(base, await backupOf(at(0), 1000, OBJECTS), { key: keys.backup });
  await mkdir(path.join(place, "notes"));
  await writeFile(path.join(place, "notes", `${base}.note`), note);
  const { log: key } = keys;
  const sign = key && ((text: Uint8Array) => signMessage(text, key));
  const timeline = await beginTimeline(store, { began: at(0), base, revision: 1000, sign });
  await timeline.add(at(10), 1100, [
    { at: at(5), revision: 1050, operation: "create", kind: "configMaps", path: "shop/web" },
  ]);
  return place;
}

async function verify(place: string, args: readonly string[]) {
  const { status, stdout, stderr } = await runProgram(["verify", "-o", "json", ...args], {
    env: { S3TARGET: `file://${place}`, ALLOWED_SIGNERS: SIGNERS },
  });
  const state = stdout === "" ? undefined : JSON.parse(stdout).backups?.[0]?.state;
  return { status, state, stderr };
}

const MOMENTS = [
  ["--at", at(6).toISOString()],
  ["--revision", "1050"],
  ["--before", "configmap/web"],
];

test("what one of ALLOWED_SIGNERS has signed leads to a moment", async () => {
  const place = await storeOf({ backup: OWN, log: OWN });
  for (const args of MOMENTS) {
    const { status, state, stderr } = await verify(place, args);
    assert.deepEqual([status, state], [0, "valid"], stderr);
  }
});

for (const [who, key] of [
  ["nobody", undefined],
  ["a stranger", STRANGER],
] as const) {
  test(`a change log that ${who} has signed leads nowhere`, async () => {
    const place = await storeOf({ backup: OWN, log: key });
    for (const args of MOMENTS) {
      const { status, stderr } = await verify(place, args);
      assert.equal(status, 1, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, key === undefined ? /is not signed/ : /ALLOWED_SIGNERS does not name/);
    }
  });

  test(`a backup that ${who} has signed is none to start from`, async () => {
    const place = await storeOf({ backup: key, log: OWN });
    for (const args of MOMENTS) {
      const { status, stderr } = await verify(place, args);
      assert.equal(status, 1, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, /ALLOWED_SIGNERS/);
    }
    // Of a backup that is named, it is told whether it is whole.
    assert.equal((await verify(place, ["backup_20260131T120000Z"])).state, "valid");
  });
}
