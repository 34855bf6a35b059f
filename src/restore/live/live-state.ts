import { createHash, hash } from "node:crypto";
import type { TextPieces } from "../../kubernetes/json-text.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import type { PortableObject } from "../../objects/portable.ts";
import { isOurs } from "../field-managers/managed-fields.ts";

/** What is known of one object in the cluster before it is restored. */
export interface LiveState {
  /** Whether it is known whether the object existed. */
  readonly isKnown: boolean;
  /** Whether the object is known to exist. */
  readonly exists: boolean;
  /** Whether kube-backup manages fields of the object. */
  readonly holdsOurs: boolean;
  /** Whether the object is equal to this JSON, byte for byte, but for what backups leave out. */
  hasEqual(text: string): boolean;
  /** Whether the object has these owners, by name, in this order. */
  hasOwners(owners: readonly Owner[]): boolean;
  /** Whether the object has this status, which kube-backup does not manage; never where statuses were not read. */
  hasStatus(status: unknown): boolean;
}

const NOTHING = { exists: false, holdsOurs: false, hasEqual: no, hasOwners: no, hasStatus: no };

/** The object did not exist when the cluster was looked at. */
export const ABSENT: LiveState = { ...NOTHING, isKnown: true };

/** The cluster was not looked at, or could not be: whether the object exists shows when it is created. */
export const UNKNOWN: LiveState = { ...NOTHING, isKnown: false };

/** The state of an object that exists: digests alone, so that it can wait with the object that is restored. */
export class LiveDigest implements LiveState {
  readonly isKnown = true;
  readonly exists = true;
  readonly holdsOurs: boolean;
  readonly #content: string;
  readonly #owners: string | undefined;
  readonly #status: string | undefined;

  /** @param withStatus whether statuses are compared too. */
  constructor({ pieces, owners, managers, status }: PortableObject, { withStatus }: { withStatus: boolean }) {
    this.holdsOurs = managers?.some(isOurs) ?? false;
    this.#content = digestOf(pieces);
    this.#owners = ownersDigest(owners);
    if (withStatus && status !== undefined && !status.managers?.some(isOurs))
      this.#status = digest(JSON.stringify(status.value));
  }

  hasEqual(text: string): boolean {
    return this.#content === digest(text);
  }

  hasOwners(owners: readonly Owner[]): boolean {
    return this.#owners === ownersDigest(owners);
  }

  hasStatus(status: unknown): boolean {
    return this.#status === digest(JSON.stringify(status));
  }
}

function ownersDigest(owners: readonly Owner[]): string | undefined {
  return owners.length > 0 ? digest(JSON.stringify(owners)) : undefined;
}

function no(): boolean {
  return false;
}

/** The digest of a text in pieces, without joining the pieces. */
function digestOf(pieces: TextPieces): string {
  const [first] = pieces;
  if (pieces.length === 1 && typeof first === "string") return digest(first);
  const sum = createHash("sha256");
  for (const piece of pieces) sum.update(piece);
  return sum.digest("base64url");
}

function digest(text: string): string {
  return hash("sha256", text, "base64url");
}
