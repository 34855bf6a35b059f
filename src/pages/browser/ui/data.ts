/** What `kube-backup ui` answers to its page. */

import type { PageObject, PageSides } from "../diff/data.ts";

/** A backup of the timeline. */
export interface UiBackup {
  name: string;
  /** RFC 3339. */
  time: string;
  /** In bytes. */
  size: number;
}

/** A time of which the change log has every second. */
interface UiRange {
  from: string;
  until: string;
}

/** The backups, and what the change log covers. */
export interface UiTimeline {
  store: string;
  /** The newest first. */
  backups: UiBackup[];
  /** Number of older ones, which are not listed. */
  older: number;
  ranges: UiRange[];
  /** Whether a cluster can be asked, as far as a kubeconfig tells. */
  cluster: boolean;
  now: string;
}

/** A moment as it was opened. */
export interface UiMoment {
  /** What opens it again: a backup's name, a time, `cluster`. */
  at: string;
  title: string;
  time: string;
  /** The command that restores all of it; absent for the cluster. */
  restore?: string;
}

/** A part of the tree: namespaces, the kinds of one, or the objects of a kind. */
export interface UiTree {
  moment: UiMoment;
  namespaces?: { namespace: string | null; objects: number }[];
  kinds?: { resource: string; kind: string; objects: number }[];
  objects?: UiObjectName[];
  /** Number of objects that fit. */
  total: number;
}

/** What an object is called. */
export interface UiObjectName {
  resource: string;
  kind: string;
  namespace: string | null;
  name: string;
}

/** A command to copy, and what it does. */
export interface UiCommand {
  title: string;
  command: string;
}

/** An object at a moment. */
export interface UiObject {
  moment: UiMoment;
  object: UiObjectName;
  /** With the values of a Secret masked, unless they were asked for. */
  yaml: string;
  /** Whether values are masked. */
  masked: boolean;
  commands: UiCommand[];
}

/** A change of an object, or a time of which nothing is known. */
export type UiEntry = UiChange | { gap: string; after: string; time: string };

/** A change of an object. */
export interface UiChange {
  /** RFC 3339, with milliseconds where they are known. */
  time: string;
  /** The change was after this time; absent where `time` is exact. */
  after?: string;
  operation: "create" | "update" | "delete";
  manager: string | null;
  object: UiObjectName;
  details: PageObject;
  /** The command that brings a deleted object back. */
  restore?: string;
}

/** Changes, the latest first. */
export interface UiHistory {
  entries: UiEntry[];
  /** Number of earlier ones, which are not listed. */
  earlier: number;
  since: string;
  until: string;
  notes: string[];
  commands: UiCommand[];
}

/** Two moments compared. */
export interface UiComparison {
  sides: PageSides;
  summary: { added: number; changed: number; removed: number; alike: number };
  objects: PageObject[];
  /** Number of objects that differ and are not listed. */
  more: number;
  notes: string[];
  commands: UiCommand[];
}

/** Why there is no answer. */
export interface UiProblem {
  problem: string;
}
