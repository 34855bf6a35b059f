import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Manifest } from "../../../src/archive/format/manifest.ts";
import { NoteChain } from "../../../src/notes/note-chain.ts";
import { readNote } from "../../../src/notes/read-note.ts";
import { type NoteOptions, putWithNote } from "../../../src/notes/write-note.ts";
import { BackupExistsError } from "../../../src/store/contract/backup-exists-error.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { bytesOf, streamOf } from "./bytes.ts";

const { signal } = new AbortController();

function manifest(time: string, cluster = "cluster-a"): Manifest {
  return {
    ...{ format: "kube-backup", formatVersion: 1, program: { version: "1", commit: "c" } },
    cluster: { id: cluster, kubernetesVersion: "v1.36.3" },
    ...{ time, revision: "12", oneMoment: true, missing: [], excluded: {}, warnings: ["a secret name"] },
    ...{ resources: [], counts: { ConfigMap: 3 }, files: [] },
  };
}

describe("The note beside a backup", () => {
  let root: string;
  let places = 0;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "notes-"));
  });
  after(() => rm(root, { recursive: true }));

  function open(folder = join(root, String(++places), "blue")) {
    const store = new FileStore({ folder });
    const chain = new NoteChain();
    const put = (
      second: number,
      {
        content = streamOf(bytesOf(100, String(second))),
        cluster = "cluster-a",
        notes = { chain },
      }: { content?: AsyncIterable<Uint8Array>; cluster?: string; notes?: NoteOptions } = {},
    ) => {
      const name = `backup_20260131T1200${String(second).padStart(2, "0")}Z`;
      const time = `2026-01-31T12:00:${String(second).padStart(2, "0")}Z`;
      const about = { manifest: manifest(time, cluster), manifestSha256: "ab".repeat(32) };
      return putWithNote({ store, name, content, complete: Promise.resolve(about), notes }, signal).then(
        () => name,
      );
    };
    return { folder, store, put };
  }

  async function noteOf(store: FileStore, name: string) {
    const reading = await readNote(store, name, signal);
    assert.equal(reading.state, "read", JSON.stringify(reading));
    return reading.state === "read" ? reading : assert.fail();
  }

  test("has the bytes that lie in the store, and no words of the cluster", async () => {
    const { folder, store, put } = open();
    const name = await put(1);
    const { note, text } = await noteOf(store, name);
    const stored = await readFile(join(folder, `${name}.zip`));
    assert.equal(note.bytes, stored.length);
    assert.equal(note.sha256, createHash("sha256").update(stored).digest("hex"));
    assert.equal(note.warnings, 1);
    assert.ok(!text.includes("a secret name"));
  });

  test("names the one before, and counts on, also in the next process", async () => {
    const { store, put } = open();
    const names = [await put(1), await put(2), await put(3, { notes: { chain: new NoteChain() } })];
    const notes = await Promise.all(names.map((name) => noteOf(store, name)));
    assert.deepEqual(
      notes.map(({ note }) => note.counter),
      [1, 2, 3],
    );
    assert.deepEqual(
      notes.map(({ note }) => note.previous),
      [undefined, notes[0]?.sha256, notes[1]?.sha256],
    );
  });

  test("of a process that goes on knows its own last one, whatever the store shows", async () => {
    const { store, put } = open();
    const first = await put(1);
    await store.remove(first, signal);
    const second = await noteOf(store, await put(2));
    assert.equal(second.note.counter, 2);
  });

  test("tells where the newest was taken away, and not where it is there", async () => {
    const { store, put } = open();
    const gone: string[] = [];
    const notes = { chain: new NoteChain(), onGone: (backup: string) => gone.push(backup) };
    await put(1, { notes });
    const second = await put(2, { notes });
    assert.deepEqual(gone, []);
    await store.remove(second, signal);
    await put(3, { notes });
    assert.deepEqual(gone, [second]);
  });

  test("is of one cluster's chain, where two write into one place", async () => {
    const { store, put } = open();
    const fresh = () => ({ notes: { chain: new NoteChain() } });
    await put(1);
    await put(2, { cluster: "cluster-b", ...fresh() });
    const third = await noteOf(store, await put(3, fresh()));
    assert.equal(third.note.counter, 2);
  });

  test("goes with a backup that is not stored", async () => {
    const { folder, store, put } = open();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytesOf(10, "a");
      throw new Error("the capture failed");
    }
    await assert.rejects(put(1, { content: broken() }), /the capture failed/);
    assert.deepEqual(await readdir(folder), []);
    // The archive's name is taken between the note and the end of the upload.
    async function* overtaken(): AsyncGenerator<Uint8Array> {
      yield bytesOf(10, "a");
      await store.put("backup_20260131T120002Z", streamOf(bytesOf(10, "other")), signal);
    }
    await assert.rejects(put(2, { content: overtaken() }), BackupExistsError);
    assert.deepEqual(await readdir(join(folder, "notes")), []);
    assert.deepEqual(await readdir(folder), ["backup_20260131T120002Z.zip", "notes"]);
  });

  test("is there before the archive is, and of no other archive", async () => {
    const { folder, store, put } = open();
    await put(1);
    await store.remove("backup_20260131T120001Z", signal);
    // As a process leaves it that is killed between the two.
    await assert.rejects(put(1), BackupExistsError);
    assert.deepEqual(await readdir(folder), ["notes"]);
    assert.equal(await put(2), "backup_20260131T120002Z");
  });
});
