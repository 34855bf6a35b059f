import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { Manifest } from "../../../src/archive/format/manifest.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { inspectBackup } from "../../../src/catalog/inspect-backup.ts";
import { findMoreComplete } from "../../../src/catalog/more-complete.ts";
import { findNewestOfLineage } from "../../../src/catalog/newest-of-lineage.ts";
import { DecryptingStore } from "../../../src/encryption/decrypting-store.ts";
import { encryptStream } from "../../../src/encryption/encrypt-stream.ts";
import { Identities } from "../../../src/encryption/identities.ts";
import { newIdentity } from "../../../src/encryption/new-identity.ts";
import { parseRecipients } from "../../../src/encryption/recipients.ts";
import { NoteChain } from "../../../src/notes/note-chain.ts";
import { putWithNote } from "../../../src/notes/write-note.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { rfc3339 } from "../../../src/time/rfc3339.ts";
import { streamOf } from "../../engine/store/bytes.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";
import {
  backupBytes,
  putBackup,
  putDamaged,
  type SampleFacts,
} from "../../support/samples/sample-backups.ts";

const root = await mkdtemp(path.join(tmpdir(), "kube-backup-lineage-"));
after(() => rm(root, { recursive: true }));

const START = Date.UTC(2026, 2, 1);
const at = (hour: number) => new Date(START + hour * 3_600_000);
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A backup at an hour: of a cluster, maybe with a parent and what it lacks; or `damaged`. */
type Put = [hour: number, facts: SampleFacts | "damaged"];

async function storeOf(
  puts: readonly Put[],
): Promise<{ store: FileStore; nameAt: (hour: number) => string }> {
  const folder = await mkdtemp(path.join(root, "store-"));
  const names = new Map<number, string>();
  for (const [hour, facts] of puts) {
    names.set(
      hour,
      facts === "damaged" ? await putDamaged(folder, at(hour)) : await putBackup(folder, at(hour), 3, facts),
    );
  }
  return { store: new FileStore({ folder, log }), nameAt: (hour) => names.get(hour) ?? "none" };
}

const parent = (cluster: string, hour: number): Manifest["parent"] & object => ({
  cluster,
  backup: "backup_20260301T000000Z",
  restored: rfc3339(at(hour)),
});

const NEWEST: {
  name: string;
  puts: Put[];
  from?: Manifest["parent"];
  found?: number;
  foreign?: number;
  unreadable?: number[];
}[] = [
  { name: "nothing at all", puts: [] },
  { name: "its own", puts: [[1, { clusterId: "own" }]], found: 1 },
  {
    name: "its own beside a newer one of another",
    puts: [
      [1, { clusterId: "own" }],
      [2, { clusterId: "other" }],
    ],
    found: 1,
    foreign: 2,
  },
  { name: "only another's", puts: [[2, { clusterId: "other" }]], foreign: 2 },
  {
    name: "that of the cluster in whose place it goes on, as the restore flag says",
    puts: [[1, { clusterId: "before" }]],
    from: parent("before", 2),
    found: 1,
  },
  {
    name: "that of the cluster in whose place it goes on, as its own backups say",
    puts: [
      [1, { clusterId: "own", parent: parent("before", 0) }],
      [2, { clusterId: "other" }],
    ],
    found: 1,
    foreign: 2,
  },
  {
    name: "what is damaged is named where it is newer",
    puts: [
      [0, "damaged"],
      [1, { clusterId: "own" }],
      [2, "damaged"],
      [3, { clusterId: "other" }],
      [4, "damaged"],
    ],
    found: 1,
    foreign: 3,
    unreadable: [4, 2],
  },
];

for (const { name, puts, from, found, foreign, unreadable = [] } of NEWEST) {
  test(`the newest of a cluster's lineage: ${name}`, async () => {
    const { store, nameAt } = await storeOf(puts);
    const own = { name: "", time: at(9), cluster: { id: "own", name: undefined }, parent: from };
    const newest = await findNewestOfLineage(store, own, NEVER);
    assert.equal(newest.found?.backup.name, found && nameAt(found));
    assert.equal(newest.foreign?.backup.name, foreign && nameAt(foreign));
    assert.deepEqual(
      newest.unreadable.map(({ backup }) => backup.name),
      unreadable.map(nameAt),
    );
  });
}

const MISSING = [{ resource: "secrets", reason: "Forbidden" }];
const COMPLETE: { name: string; puts: Put[]; better?: number }[] = [
  {
    name: "one of the cluster in whose place this one goes on",
    puts: [
      [1, { clusterId: "before" }],
      [2, { clusterId: "own", parent: parent("before", 1.5), missing: MISSING, intervalSeconds: 3600 }],
    ],
    better: 1,
  },
  {
    name: "none of a cluster that has nothing to do with this one",
    puts: [
      [1, { clusterId: "before" }],
      [2, { clusterId: "own", missing: MISSING, intervalSeconds: 3600 }],
    ],
  },
  {
    name: "by hand, none of months ago",
    puts: [
      [-2000, { clusterId: "own" }],
      [2, { clusterId: "own", missing: MISSING }],
    ],
  },
];

for (const { name, puts, better } of COMPLETE) {
  test(`what goes before the newest, which lacks a kind: ${name}`, async () => {
    const { store, nameAt } = await storeOf(puts);
    const backup = await store.newest({}, NEVER);
    assert.ok(backup);
    const inspection = await inspectBackup(store, backup.name, NEVER);
    assert.ok(inspection?.state === "valid");
    const newest = { backup, manifest: inspection.manifest };
    const options = { store, except: new Set<string>(), log: log as never };
    assert.equal(await findMoreComplete(newest, options, NEVER), better && nameAt(better));
  });
}

test("an encrypted backup of its own counts without its key, by its note, beside a newer one of another", async () => {
  const { store, nameAt } = await storeOf([[2, { clusterId: "other" }]]);
  const { recipient } = await newIdentity("X25519", at(0));
  const recipients = parseRecipients(recipient);
  assert.ok("value" in recipients);
  const zip = await backupBytes(at(1), 3, { clusterId: "own", time: rfc3339(at(1)) });
  const plain = { name: backupName(at(1)), size: zip.length, close: async () => {} };
  const source = { ...plain, read: async (start: number, end: number) => zip.subarray(start, end) };
  const { manifest, manifestSha256 } = await openArchive(source, NEVER);
  const content = encryptStream(streamOf(zip), recipients.value);
  const complete = Promise.resolve({ manifest, manifestSha256 });
  const sealed = { content, form: "zip.age", recipients: ["age1"], complete } as const;
  await putWithNote(
    { store, name: plain.name, ...sealed, recipients: ["age1"], notes: { chain: new NoteChain() } },
    NEVER,
  );
  const locked = new DecryptingStore(store, new Identities([]));
  const own = { name: "", time: at(100), cluster: { id: "own", name: undefined } };
  const { found, foreign, unreadable } = await findNewestOfLineage(locked, own, NEVER);
  assert.deepEqual([found?.backup.name, foreign?.backup.name], [plain.name, nameAt(2)]);
  assert.deepEqual(unreadable, []);
});
