/**
 * The tags of a backup that were set after it was taken: `tags/NAME.json`, a line of JSON. docs/commands/tag.md specifies it.
 */

import type { Buffer } from "node:buffer";
import * as z from "zod";
import { inOrderOfTags, isTag, MAX_TAGS } from "../store/contract/tag-name.ts";

const FORMAT = "kube-backup tags";
const FORMAT_VERSION = 1;

/** What such a list says. */
export interface TagList {
  /** The name of the backup that it is of. */
  backup: string;
  /** SHA-256 of the backup's stored bytes, as its note has it: of other bytes under the same name the list says nothing. */
  sha256: string;
  /** When the list was written, RFC 3339, UTC, whole seconds. */
  time: string;
  tags: string[];
}

/** The bytes are no list of tags as this program writes them. The message does not quote them. */
export class TagListFault extends Error {
  override name = "TagListFault";
}

/** What a signature is of: the JSON without the signature, as `jq -cj 'del(.signature)'` prints it. */
export function signedText({ backup, sha256, time, tags }: TagList): string {
  return JSON.stringify(statement({ backup, sha256, time, tags }));
}

/** The bytes of a list, with an armored SSHSIG of {@link signedText} where it is signed. */
export function formatTagList(list: TagList, signature: string | undefined): string {
  const whole = { ...statement(list), ...(signature === undefined ? {} : { signature }) };
  return `${JSON.stringify(whole)}\n`;
}

function statement({ backup, sha256, time, tags }: TagList) {
  return { format: FORMAT, formatVersion: FORMAT_VERSION, backup, sha256, time, tags: inOrderOfTags(tags) };
}

const HEAD = z.object({ format: z.literal(FORMAT), formatVersion: z.int().positive() });

const LIST = z.strictObject({
  ...HEAD.shape,
  backup: z.string().regex(/^backup_\d{8}T\d{6}Z$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.iso.datetime({ precision: 0 }),
  tags: z.array(z.string().refine(isTag)).max(MAX_TAGS),
  signature: z.string().optional(),
});

/**
 * Parses a list. Nothing is said of who wrote it.
 *
 * @throws {TagListFault} where the bytes are none. The message does not quote them.
 */
export function parseTagList(bytes: Buffer): { list: TagList; signature: string | undefined } {
  const content = parseJson(bytes);
  const head = HEAD.safeParse(content);
  if (!head.success) throw new TagListFault("it is no list of tags of kube-backup");
  if (head.data.formatVersion > FORMAT_VERSION)
    throw new TagListFault("a later version of kube-backup wrote it");
  const parsed = LIST.safeParse(content);
  if (!parsed.success) {
    const member = parsed.error.issues[0]?.path[0];
    throw new TagListFault(
      member === undefined ? "it has members of another kind" : `its ${String(member)} is not as written`,
    );
  }
  const { backup, sha256, time, tags, signature } = parsed.data;
  return { list: { backup, sha256, time, tags }, signature };
}

/** V8's errors quote the text, so that they are dropped. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
