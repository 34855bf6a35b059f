import type { ArchiveObject } from "../../archive/writer.ts";
import { resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import type { Exclusions } from "../../objects/excluded.ts";
import type { KeepsSystemObject } from "../../objects/kept-system-objects.ts";
import type { IsOwn } from "../../objects/own-objects.ts";
import { digestOf } from "./digest.ts";
import { stateKey } from "./observation.ts";

/** A backup whose resource version is known, and that is still being taken. */
export interface PinnedBase {
  /** Name of the backup. */
  backup: string;
  /** Every change that was answered before this moment is in the backup. */
  begun: Date;
  /** No change that was answered after this moment is in the backup. */
  settled: Date;
  revision: string;
  /** The uid of the namespace kube-system. */
  clusterId: string;
  /** What the backup reads. */
  resources: readonly ServedResource[];
  keeps: KeepsSystemObject;
  /** Which objects are the program's own, which a backup leaves out. */
  isOwn: IsOwn;
  /** Names of the resources of which objects are kept that have run. */
  keepFinished: ReadonlySet<string>;
  /** Whether objects of a namespace are backed up at all. */
  isInScope: (namespace: string) => boolean;
}

/** A backup that is in the store. */
export interface Base extends PinnedBase {
  /** Names of the resources that it holds completely, and of its own resource version. */
  whole: ReadonlySet<string>;
  /** What labels leave out. */
  exclusions: Exclusions;
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
