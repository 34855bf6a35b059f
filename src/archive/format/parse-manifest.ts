import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as z from "zod";
import { JsonScanner } from "../../kubernetes/json-scanner.ts";
import { JsonFault } from "../../kubernetes/json-words.ts";
import { MANIFEST_BOUNDS, MAX_FACTS } from "./bounds.ts";
import { DamagedArchiveError } from "./damaged-archive-error.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH } from "./layout.ts";
import { FORMAT_VERSION, type Manifest } from "./manifest.ts";
import { findDisagreement } from "./manifest-agreement.ts";
import { readManifestForm } from "./manifest-form.ts";
import { NewerFormatError } from "./newer-format-error.ts";

/** The members of every format version, which distinguish a newer archive from a damaged one. */
const HEAD = z.object({ format: z.literal("kube-backup"), formatVersion: z.int().positive() });

/**
 * Parses a manifest, and checks it against its checksum and for consistency.
 *
 * @param sum contents of `MANIFEST.sha256`, or undefined where there is none.
 * @returns the manifest, and the SHA-256 of its text in hexadecimal.
 * @throws {NewerFormatError} where a later program wrote the manifest.
 * @throws {DamagedArchiveError} where the manifest differs from what was written, or is none of this program.
 */
export function parseManifest(
  backup: string,
  { text, sum }: { text: Buffer; sum: Buffer | undefined },
): { manifest: Manifest; sha256: string } {
  const sha256 = createHash("sha256").update(text).digest("hex");
  if (sum !== undefined && sum.toString() !== `${sha256}  ${MANIFEST_PATH}\n`) {
    throw damaged(backup, `${MANIFEST_PATH} is not what ${MANIFEST_SUM_PATH} says`);
  }
  const fault = faultOf(text);
  const content = fault === undefined ? parseJson(text) : undefined;
  const head = HEAD.safeParse(content ?? beginning(text));
  if (!head.success) throw new DamagedArchiveError(backup, "it is no archive of kube-backup");
  if (head.data.formatVersion > FORMAT_VERSION) throw new NewerFormatError(backup, head.data.formatVersion);
  if (sum === undefined) throw damaged(backup, `${MANIFEST_SUM_PATH} is missing`);
  if (fault !== undefined) throw damaged(backup, `${MANIFEST_PATH} is not as the format says: ${fault}`);
  const form = readManifestForm(content);
  if ("places" in form) {
    throw damaged(backup, `${MANIFEST_PATH} is not as the format says, at ${form.places.join(", ")}`);
  }
  const disagreement = findDisagreement(form.manifest) ?? excessOf(form.manifest);
  if (disagreement !== undefined) throw damaged(backup, `${MANIFEST_PATH} ${disagreement}`);
  return { manifest: form.manifest, sha256 };
}

/** Why a manifest is not to be parsed: it could take all memory. */
function faultOf(text: Buffer): string | undefined {
  try {
    new JsonScanner(MANIFEST_BOUNDS).scan(text);
    return undefined;
  } catch (error) {
    if (error instanceof JsonFault) return error.message;
    throw error;
  }
}

/**
 * Rejects a manifest by its beginning, where it is of a later format.
 *
 * @throws {NewerFormatError} where a later program wrote the manifest.
 */
export function rejectLaterFormat(backup: string, text: Buffer): void {
  const { data } = HEAD.safeParse(beginning(text));
  if (data !== undefined && data.formatVersion > FORMAT_VERSION)
    throw new NewerFormatError(backup, data.formatVersion);
}

/** Format and version of a manifest that is only known by its beginning, where the writer puts them. */
function beginning(text: Buffer): unknown {
  const [, format, version] =
    /^\{\s*"format":\s*"([a-z-]+)",\s*"formatVersion":\s*(\d{1,9})[,\s]/.exec(
      text.toString("latin1", 0, 256),
    ) ?? [];
  return format === undefined ? undefined : { format, formatVersion: Number(version) };
}

function excessOf({ files: _, ...facts }: Manifest): string | undefined {
  return JSON.stringify(facts).length > MAX_FACTS ? "says more than a list of backups can hold" : undefined;
}

function damaged(backup: string, what: string): DamagedArchiveError {
  return new DamagedArchiveError(backup, `it is damaged: ${what}`);
}

/** Parses JSON; undefined where the text is no JSON. V8's errors quote the text, so that they are dropped. */
function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}
