/** Backups of a cluster with their notes, signed by a key, without a cluster. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { openArchive } from "../../../src/archive/reader.ts";
import { formatNote, type Note } from "../../../src/notes/note.ts";
import { noteOfManifest } from "../../../src/notes/note-of-manifest.ts";
import type { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { rfc3339 } from "../../../src/time/rfc3339.ts";
import { NEVER } from "./sample-archive.ts";
import { backupBytes } from "./sample-backups.ts";

/** An archive and its note, as they lie in a store. */
export interface Pair {
  name: string;
  zip: Buffer;
  note: Buffer | undefined;
}

/** A backup of the cluster "blue", with its note, which is not signed without a key. */
export async function notedBackup(
  time: Date,
  {
    key,
    objects = 3,
    tags,
    change = (note: Note) => note,
  }: {
    key?: SigningKey | undefined;
    objects?: number;
    tags?: string[] | undefined;
    change?: (note: Note) => Note;
  } = {},
): Promise<Pair> {
  const name = backupName(time);
  const id = "0f0c4f0e-0000-4000-8000-000000000001";
  const zip = await backupBytes(time, objects, {
    cluster: { id, name: "blue", kubernetesVersion: "v1.36.3" },
    time: rfc3339(time),
    ...(tags === undefined ? {} : { tags }),
  });
  return { name, zip, note: await noteOf(name, zip, { key, change }) };
}

/** The note of a backup, which is not signed without a key. */
export async function noteOf(
  name: string,
  zip: Buffer,
  {
    key,
    change = (note: Note) => note,
  }: { key?: SigningKey | undefined; change?: (note: Note) => Note } = {},
): Promise<Buffer> {
  const read = async (start: number, end: number) => zip.subarray(start, end);
  const source = { name, size: zip.length, read, close: async () => {} };
  const { manifest, manifestSha256 } = await openArchive(source, NEVER);
  const sha256 = createHash("sha256").update(zip).digest("hex");
  const stored = {
    object: `${name}.zip`,
    bytes: zip.length,
    sha256,
    manifest: manifestSha256,
    recipients: [],
  };
  const note = change(noteOfManifest(manifest, { ...stored, counter: 1, previous: undefined }));
  const text = formatNote(note);
  const signature = key === undefined ? "" : signMessage(Buffer.from(text), key);
  return Buffer.from(text + signature);
}
