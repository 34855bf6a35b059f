import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, before, describe, test } from "node:test";
import type { Manifest } from "../../../src/archive/format/manifest.ts";
import { inspectBackup } from "../../../src/catalog/inspect-backup.ts";
import { DecryptingStore } from "../../../src/encryption/decrypting-store.ts";
import { encryptStream } from "../../../src/encryption/encrypt-stream.ts";
import { Identities } from "../../../src/encryption/identities.ts";
import { newIdentity } from "../../../src/encryption/new-identity.ts";
import { formatNote } from "../../../src/notes/note.ts";
import { NoteChain } from "../../../src/notes/note-chain.ts";
import { readNote } from "../../../src/notes/read-note.ts";
import { putWithNote } from "../../../src/notes/write-note.ts";
import { parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { Beliefs } from "../../../src/trust/beliefs.ts";
import { BelievedStore } from "../../../src/trust/believed-store.ts";
import { streamOf } from "../store/bytes.ts";

const { signal } = new AbortController();
const NAME = "backup_20260131T120000Z";
const NOW = () => new Date("2026-01-31T12:10:00Z");
const OWN = new SigningKey(Buffer.alloc(32, 1));

const MANIFEST: Manifest = {
  ...{ format: "kube-backup", formatVersion: 1, program: { version: "1", commit: "c" } },
  cluster: { id: "uid-1", name: "blue", kubernetesVersion: "v1.36.3" },
  ...{ time: "2026-01-31T12:00:00Z", revision: "12", oneMoment: true, missing: [], excluded: {} },
  ...{ warnings: [], resources: [], counts: { ConfigMap: 3 }, files: [] },
};

describe("The store as ALLOWED_SIGNERS has it believed", () => {
  let root: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "believed-"));
  });
  after(() => rm(root, { recursive: true }));

  async function believing(store: DecryptingStore | FileStore, whenNone: "error" | "nothing") {
    const parsed = parseAllowedSigners(`blue ssh-ed25519 ${OWN.publicKey.blob.toString("base64")}`);
    const signers = "value" in parsed ? parsed.value : assert.fail(parsed.problem);
    const stream = new PassThrough().resume();
    const log = await createLog({ stream, readable: false, colors: false, debug: false, now: NOW });
    const beliefs = new Beliefs({ store, signers, now: NOW, log });
    return new BelievedStore({ store, beliefs, whenNone });
  }

  test("a note that replaces the signed one later says nothing of an encrypted backup", async () => {
    const folder = join(root, "encrypted", "blue");
    const store = new DecryptingStore(new FileStore({ folder }), new Identities([]));
    const { recipient } = await newIdentity("X25519", NOW());
    await putWithNote(
      {
        ...{ store, name: NAME, form: "zip.age" },
        content: encryptStream(streamOf(Buffer.from("an archive")), { keys: [recipient], type: "X25519" }),
        complete: Promise.resolve({ manifest: MANIFEST, manifestSha256: "ab".repeat(32) }),
        notes: { chain: new NoteChain(), sign: (text) => signMessage(text, OWN) },
      },
      signal,
    );
    const believed = await believing(store, "error");
    const before = await inspectBackup(believed, NAME, signal, { check: "every byte" });
    assert.equal(before?.state, "encrypted");

    const reading = await readNote(store, NAME, signal);
    const note = reading.state === "read" ? reading.note : assert.fail(reading.state);
    const forged = formatNote({ ...note, counts: { ConfigMap: 1_000_000 } });
    await writeFile(join(folder, "notes", `${NAME}.note`), forged);
    assert.deepEqual(await inspectBackup(believed, NAME, signal, { check: "every byte" }), {
      state: "damaged",
      reason: "its note is not the one that was signed",
    });
  });

  test("a loop takes the first that is believed, however many are not", async () => {
    const folder = join(root, "many", "blue");
    const inner = new FileStore({ folder });
    const store: FileStore = Object.assign(Object.create(inner), {
      url: inner.url,
      beside: { read: async () => undefined },
      newest: async ({ until = NOW() }: { until?: Date }) => ({
        ...{ name: `backup_${until.getTime()}`, time: until, size: 1, lastModified: undefined },
      }),
    });
    assert.equal(await (await believing(store, "nothing")).newest({}, signal), undefined);
    const gate = await believing(store, "error");
    await assert.rejects(gate.newest({}, signal), /nobody in ALLOWED_SIGNERS has signed 1,?000/);
  });
});
