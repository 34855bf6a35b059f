import { createHash } from "node:crypto";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { TextPieces } from "../../kubernetes/json-text.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import type { Owner } from "../../kubernetes/owners.ts";

/** What an archive keeps of an object. */
export interface KeptObject {
  pieces: TextPieces;
  owners: readonly Owner[];
  managers: readonly FieldManager[] | undefined;
  status: CustomStatus | undefined;
}

/** 128 bits of SHA-256 of everything that an archive keeps of an object. */
export function digestOf({ pieces, owners, managers, status }: KeptObject): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  hash.update(`\n${JSON.stringify([owners, managers ?? null, status ?? null])}`);
  return hash.digest("base64url").slice(0, 22);
}
