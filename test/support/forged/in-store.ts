/** Forged archives as they lie in a store: in plain, or as somebody with the cluster's own keys encrypts and signs them. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import JSZip from "jszip";
import { openArchive } from "../../../src/archive/reader.ts";
import { fingerprintOf } from "../../../src/encryption/recipients.ts";
import { formatNote, type Note } from "../../../src/notes/note.ts";
import { noteOfManifest } from "../../../src/notes/note-of-manifest.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { backupTime } from "../../../src/store/contract/backup-name.ts";
import { rfc3339 } from "../../../src/time/rfc3339.ts";
import { encrypted, keyPair, recipientsOf } from "../encryption/age-files.ts";
import { memorySource } from "../samples/sample-archive.ts";
import { forge, seal } from "./forge.ts";
import type { Fuzzed } from "./fuzzed.ts";
import { mutateBytes } from "./mutations.ts";
import type { Random } from "./random.ts";

/** The forged backup, and a good one that is a second older. */
export const FORGED = "backup_20260102T030406Z";
export const GOOD = "backup_20260102T030405Z";

const NEVER = new AbortController().signal;
const SIGNER = new SigningKey(Buffer.alloc(32, 7));
const pair = await keyPair();
const goodBytes = seal(await forge());
const good = await openArchive(memorySource(goodBytes), NEVER);

/**
 * How the two lie in the store. `sealed`: encrypted, with signed notes that fit, so that only what the archive itself is can
 * be wrong. `tampered`: the same, and bytes of the encrypted file or of its note are changed afterwards.
 */
export type Storing = "plain" | "sealed" | "tampered";

/** Stores a good backup and a forged one. Gives the settings that they are read with, and how they are stored. */
export async function storeForged(
  folder: string,
  { bytes }: Fuzzed,
  random: Random,
): Promise<{ storing: Storing; environment: Record<string, string> }> {
  const storing = random.pick(["plain", "plain", "sealed", "tampered"] as const);
  await mkdir(path.join(folder, "notes"), { recursive: true });
  if (storing === "plain") {
    await writeFile(path.join(folder, `${GOOD}.zip`), goodBytes);
    await writeFile(path.join(folder, `${FORGED}.zip`), bytes);
    return { storing, environment: {} };
  }
  await putSealed(folder, GOOD, await sealed(GOOD, goodBytes));
  const both = await sealed(FORGED, bytes);
  if (storing === "tampered") {
    const part = random.pick(["file", "note"] as const);
    both[part] = mutateBytes(both[part], random);
  }
  await putSealed(folder, FORGED, both);
  const key = SIGNER.publicKey.blob.toString("base64");
  const ALLOWED_SIGNERS = `${good.manifest.cluster.id} ssh-ed25519 ${key}`;
  return { storing, environment: { AGE_KEY: pair.identity, ALLOWED_SIGNERS } };
}

interface Sealed {
  file: Buffer;
  note: Buffer;
}

async function putSealed(folder: string, name: string, { file, note }: Sealed): Promise<void> {
  await writeFile(path.join(folder, `${name}.zip.age`), file);
  await writeFile(path.join(folder, "notes", `${name}.note`), note);
}

/** An archive, encrypted, and its signed note, which is of these bytes whatever they are. */
async function sealed(name: string, bytes: Buffer): Promise<Sealed> {
  const recipients = recipientsOf(pair);
  const file = await encrypted(bytes, recipients);
  const note: Note = {
    ...noteOfManifest(good.manifest, {
      ...{ object: `${name}.zip.age`, bytes: file.length, sha256: sha256(file) },
      ...{ manifest: await manifestDigest(bytes), recipients: [fingerprintOf(pair.recipient)] },
      ...{ counter: name === GOOD ? 1 : 2, previous: undefined },
    }),
    time: rfc3339(backupTime(name) as Date),
  };
  const text = formatNote(note);
  return { file, note: Buffer.from(text + signMessage(Buffer.from(text), SIGNER)) };
}

/** SHA-256 of the MANIFEST in an archive; of nothing where it cannot be found. */
async function manifestDigest(bytes: Buffer): Promise<string> {
  try {
    const file = (await JSZip.loadAsync(bytes)).file("MANIFEST");
    return sha256((await file?.async("nodebuffer")) ?? Buffer.alloc(0));
  } catch {
    return sha256(Buffer.alloc(0));
  }
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
