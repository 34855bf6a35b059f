/**
 * What a restore leaves: who restored what from where into which cluster, when, and what came of it. It has what
 * `restore -o json` has, but the single objects that are as they should be. docs/commands/restore.md specifies it.
 */

import { Buffer } from "node:buffer";

/** The version of the document; raised when a member goes or comes to mean something else. */
const SCHEMA_VERSION = 1;

/** What lists are shortened to, the first of these with which the report is small enough. */
const LENGTHS = [1_000, 200, 40, 8, 0];
/** What is small enough, in bytes of JSON: an object beside a backup has 256 KiB at the most, and a signature is to come. */
const MOST_BYTES = 200_000;
/** What a text of others is shortened to: an API server may say much. */
const MOST_CHARACTERS = 1_000;

/** How a restore ended. `partial`: some objects failed, or lack what they name. */
export type ReportedOutcome = "done" | "partial" | "failed" | "interrupted";

/** An object that failed. */
interface ReportedFailure {
  resource: string;
  kind: string;
  namespace: string | null;
  name: string;
  reason: string | null;
}

/** The facts of a restore. */
export interface ReportedRestore {
  backup: string;
  /** URL of the store, without secrets. */
  store: string;
  /** SHA-256 of the archive's MANIFEST, hexadecimal. */
  manifestSha256: string;
  /** `gate`: the restore gate of `run`; `command`: somebody with `kube-backup restore`. */
  by: { trigger: "gate" | "command"; user: string | null; process: string; program: string };
  cluster: { id: string | null; name: string | null; context: string; server: string };
  /** RFC 3339, UTC, whole seconds. */
  begun: string;
  time: string;
  request: {
    whole: boolean;
    /** In order; null for all that the backup holds. */
    namespaces: readonly string[] | null;
    namespaceMapping: Readonly<Record<string, string>>;
    existing: string;
    restoreStatus: boolean;
    prune: boolean;
  };
  paused: boolean;
  transformed: readonly { file: string; kind: string; objects: number }[];
  outcome: ReportedOutcome;
  reason: string | null;
  summary: Readonly<Record<string, number>>;
  kinds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  failures: readonly ReportedFailure[];
  notes: readonly string[];
  missingReferences: readonly { objects: readonly string[]; needed: readonly string[] }[];
  flagWritten: boolean;
}

/** The document of a report: the first with shorter and shorter lists that is small enough. */
export function reportDocument(report: ReportedRestore): object {
  let document: object = report;
  for (const length of LENGTHS) {
    document = cutAt(report, length);
    if (Buffer.byteLength(JSON.stringify(document)) <= MOST_BYTES) break;
  }
  return document;
}

function cutAt(report: ReportedRestore, length: number): object {
  const { failures, notes, missingReferences, reason, transformed } = report;
  let cut = false;
  const first = <Item>(list: readonly Item[]): Item[] => {
    cut ||= list.length > length;
    return list.slice(0, length);
  };
  const lists = {
    transformed: first(transformed),
    reason: reason === null ? null : shortened(reason),
    failures: first(failures).map((each) => ({
      ...each,
      reason: each.reason === null ? null : shortened(each.reason),
    })),
    notes: first(notes).map(shortened),
    missingReferences: first(missingReferences).map((each) => ({
      ...each,
      objects: first(each.objects),
      needed: first(each.needed),
    })),
  };
  return { schemaVersion: SCHEMA_VERSION, ...report, ...lists, cut };
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
