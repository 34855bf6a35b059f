import type { ArchiveObject } from "../../archive/writer.ts";
import type { EndedCapture, PinnedCapture } from "../../backup/backup-observer.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { digestOf } from "./digest.ts";
import { stateKey } from "./observation.ts";

/** A backup whose resource version is known, and that is still being taken. */
export interface PinnedBase extends PinnedCapture {
  /** Name of the backup. */
  backup: string;
  /** Every change that was answered before this moment is in the backup. */
  begun: Date;
  /** No change that was answered after this moment is in the backup. */
  settled: Date;
}

/** A backup that is in the store. */
export interface Base extends PinnedBase, EndedCapture {
  /** Digests of its objects, by {@link stateKey}. */
  digests: ReadonlyMap<string, string>;
}

/** The key and the digest of an object that is added to an archive. */
export function digestEntry({
  resource,
  namespace,
  name,
  text,
  owners = [],
  managers,
  status,
}: ArchiveObject): [key: string, digest: string] {
  const pieces = typeof text === "string" ? [text] : text;
  const key = stateKey(resourceName(resource), { namespace, name });
  return [key, digestOf({ pieces, owners, managers, status })];
}
