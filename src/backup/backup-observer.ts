import type { ArchiveObject } from "../archive/writer.ts";
import type { ServedResource } from "../kubernetes/resource.ts";
import type { Exclusions } from "../objects/excluded.ts";
import type { KeepsSystemObject } from "../objects/kept-system-objects.ts";
import type { IsOwn } from "../objects/own-objects.ts";

/** What is known of a backup once its resource version is. */
export interface PinnedCapture {
  revision: string;
  /** The uid of the namespace kube-system. */
  clusterId: string;
  /** What is read, Namespaces first. */
  resources: readonly ServedResource[];
  keeps: KeepsSystemObject;
  /** Which objects are the program's own, which a backup leaves out. */
  isOwn: IsOwn;
  /** Names of the resources of which objects are kept that have run. */
  keepFinished: ReadonlySet<string>;
  /** Whether objects of a namespace are backed up at all. */
  isInScope: (namespace: string) => boolean;
}

/** What is known of a backup once everything is read. */
export interface EndedCapture {
  /** Names of the resources that were read completely, at the resource version of the backup. */
  whole: ReadonlySet<string>;
  /** What labels leave out. */
  exclusions: Exclusions;
}

/** Somebody who follows a backup while it is taken. */
export interface BackupObserver {
  /** An attempt begins; what was told of an earlier one is void. */
  begins(): void;
  /**
   * The resource version is known.
   *
   * @param name that of the backup.
   * @param begun before anything was read.
   */
  pinned(name: string, begun: Date, capture: PinnedCapture): void;
  /** An object was added. */
  added(object: ArchiveObject): void;
  /** Everything was read. */
  captured(capture: EndedCapture): void;
}
