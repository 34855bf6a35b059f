import {
  momentArguments,
  type PlacedChoice,
  readBackupChoice,
  readMoment,
  splitWords,
} from "../../command-line/backup-argument.ts";
import { readBackupWord } from "../../command-line/backup-word.ts";
import { type ObjectWords, readObjectWords } from "../../command-line/object-words.ts";
import { namespaceProblems } from "../../command-line/target-namespaces.ts";
import { UsageError } from "../../errors.ts";
import type { ExistingPolicy } from "../../restore/object/existing-policy.ts";
import { compileSelection, type NamedObject, type SelectionOptions } from "../../selection/selection.ts";
import { shown } from "../../settings/values.ts";
import { parseDuration } from "../../time/calendar-length.ts";
import type { Reading } from "../../time/moment.ts";
import type { ShortcutValues } from "../../transform/shortcuts.ts";
import { shortcutValues } from "../changes/changed-archive.ts";
import type { RestoreFlags } from "./flags.ts";

/** A parsed request for a restore. */
export interface RestoreRequest {
  choice: PlacedChoice;
  /** Reverts what changed since this time, in place of restoring what was there. */
  undo: Date | undefined;
  /** The filters other than named kinds and objects. */
  filters: SelectionOptions;
  /** The kinds of the words; empty where they name none. */
  kinds: readonly string[];
  /** The named objects; undefined for all objects, or all of the kinds. */
  objects: readonly NamedObject[] | undefined;
  /** Names and patterns of the namespaces of what the words name; `all`, or those that kubectl would choose. */
  namespaces: readonly string[] | "all" | undefined;
  /** Pairs of a namespace in the backup and a namespace in the cluster. The former is not validated yet. */
  mapping: readonly (readonly [string, string])[];
  /** Paths of the files of patches. */
  transforms: readonly string[];
  /** Flags that stand for files of patches. */
  shortcuts: ShortcutValues;
  /** Whether workloads come back paused. */
  paused: boolean;
  existing: ExistingPolicy;
  /** Whether to restore the status of custom resources. */
  restoreStatus: boolean;
  prune: boolean;
  dryRun: "server" | "client" | undefined;
  /** How long to wait until workloads are ready, in milliseconds; undefined where nobody waits. */
  wait: number | undefined;
  /** Whether Jobs are waited for, too. */
  waitForJobs: boolean;
  /** How long to wait for another restore, in milliseconds; by default until it is known that there is one. */
  retryLock: number | undefined;
  /** Whether to take the Lease of restores. */
  lock: boolean;
  /** Whether a backup in plain may be restored although AGE_RECIPIENTS is set. */
  unencrypted: boolean;
  yes: boolean;
  /** Whether a complete restore writes the flag. */
  flag: boolean;
  /** Whether the backup is one that was removed. */
  deleted: boolean;
}

/** What the restore gate restores: all that a backup holds, beside what exists. */
export const WHOLE_BACKUP: RestoreRequest = {
  choice: { kind: "latest" },
  undo: undefined,
  filters: {},
  kinds: [],
  objects: undefined,
  namespaces: undefined,
  mapping: [],
  transforms: [],
  shortcuts: {},
  paused: false,
  existing: "skip",
  restoreStatus: false,
  prune: false,
  dryRun: undefined,
  wait: undefined,
  waitForJobs: false,
  retryLock: undefined,
  lock: true,
  unencrypted: false,
  yes: false,
  flag: true,
  deleted: false,
};

const DRY_RUNS: Record<string, "server" | "client" | undefined> = {
  "": "server",
  server: "server",
  client: "client",
  none: undefined,
};

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Parses a request for a restore.
 *
 * @throws {UsageError} with all problems that can be found without the backup.
 */
export function readRestoreOptions(flags: RestoreFlags, reading: Reading): RestoreRequest {
  rejectProblems(repeatedFlags(flags));
  const { dryRun, swallowed } = readDryRun(flags["dry-run"]);
  const { backups, others } = splitWords([...(flags.words ?? []), ...swallowed]);
  const { kinds, objects } = readObjectWords(others);
  const named = kinds.length > 0;
  rejectProblems([
    ...extraBackups(backups),
    ...undoProblems(flags, backups),
    ...contradictions(flags, { kinds, objects }),
  ]);
  const { mapping, problems } = readMapping(flags["namespace-mapping"] ?? []);
  rejectProblems([...problems, ...emptyLists(flags), ...namespaceProblems(flags.namespace)]);
  const filters: SelectionOptions = {
    includeNamespaces: named ? undefined : includedNamespaces(flags, mapping),
    excludeNamespaces: flags["exclude-namespaces"],
    includeKinds: flags["include-kinds"],
    excludeKinds: flags["exclude-kinds"],
    selector: flags.selector,
  };
  // Only the backup can validate kinds. All other errors are reported before the backup is opened.
  compileSelection({ ...filters, includeKinds: undefined, excludeKinds: undefined }, [], "");
  const undo =
    flags.since === undefined
      ? undefined
      : readMoment("--since", flags.since, { ...reading, dates: "start" });
  return {
    choice:
      undo === undefined
        ? readBackupChoice({ backup: backups[0], flag: flags.backup, ...momentArguments(flags) }, reading)
        : {
            ...{ kind: "at", time: undo.moment },
            ...(undo.local === undefined ? {} : { local: undo.local }),
          },
    undo: undo?.moment,
    filters,
    kinds,
    objects,
    namespaces: named ? namespacesOfWords(flags, mapping) : undefined,
    mapping,
    transforms: flags.transform ?? [],
    shortcuts: shortcutValues(flags),
    paused: flags.paused,
    existing: undo === undefined ? (flags.existing as ExistingPolicy) : "update",
    restoreStatus: flags["restore-status"],
    prune: flags.prune,
    dryRun,
    wait: readWait(flags),
    waitForJobs: flags["wait-for-jobs"],
    retryLock: readRetryLock(flags["retry-lock"]),
    lock: flags.lock,
    unencrypted: flags.unencrypted,
    yes: flags.yes,
    flag: flags.flag,
    deleted: flags.deleted,
  };
}

/** The namespaces to restore. A mapping alone means what it maps: a whole backup beside it would be a surprise. */
function includedNamespaces(
  flags: RestoreFlags,
  mapping: RestoreRequest["mapping"],
): readonly string[] | undefined {
  if (flags.namespace !== undefined) return flags.namespace;
  if (flags["include-namespaces"] !== undefined) return flags["include-namespaces"];
  if (mapping.length === 0 || flags["all-namespaces"]) return undefined;
  return mapping.map(([from]) => from);
}

/** The namespaces of what the words name, where a flag or a mapping of one says so. */
function namespacesOfWords(
  flags: RestoreFlags,
  mapping: RestoreRequest["mapping"],
): RestoreRequest["namespaces"] {
  const said =
    flags.namespace ?? flags["include-namespaces"] ?? (flags["all-namespaces"] ? "all" : undefined);
  if (said !== undefined) return said;
  const [first, ...more] = mapping;
  return first !== undefined && more.length === 0 ? [first[0]] : undefined;
}

function readRetryLock(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseDuration(text);
  if (value !== undefined) return value;
  throw new UsageError([`--retry-lock ${shown(text)} is no length of time: write for example 30s, or 5m`]);
}

function rejectProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems);
}

/** Problems of flags that are given twice but take one value. */
function repeatedFlags(flags: RestoreFlags): string[] {
  const single = [
    ...(["at", "since", "backup", "selector", "existing", "dry-run", "retry-lock", "timeout"] as const),
  ];
  return single
    .filter((name) => Array.isArray(flags[name]))
    .map((name) => `--${name} is given more than once`);
}

/**
 * As in kubectl, `--dry-run` works without a value, so its value must follow a "=". yargs consumes the next word as
 * the value: `swallowed` returns that word.
 */
function readDryRun(text: string | undefined): { dryRun: RestoreRequest["dryRun"]; swallowed: string[] } {
  // yargs passes --no-dry-run as false.
  if (typeof text !== "string") return { dryRun: undefined, swallowed: [] };
  if (Object.hasOwn(DRY_RUNS, text)) return { dryRun: DRY_RUNS[text], swallowed: [] };
  if (text.includes("/") || readBackupWord(text) !== undefined)
    return { dryRun: "server", swallowed: [text] };
  throw new UsageError([`--dry-run "${text}" is none of server, client, none`]);
}

function extraBackups(backups: readonly string[]): string[] {
  if (backups.length < 2) return [];
  const [first, ...others] = backups.map((word) => `"${word}"`);
  return [`${others.join(" ")} is too much after BACKUP ${first}: one backup is restored`];
}

/** What says something else than to revert changes. */
const NOT_WITH_UNDO = [
  ...[
    "at",
    "or-before",
    "revision",
    "timeline",
    "before",
    "backup",
    "namespace-mapping",
    "transform",
    "paused",
    "restore-status",
    "prune",
    "deleted",
  ],
] as const;

function undoProblems(flags: RestoreFlags, backups: readonly string[]): string[] {
  if (!flags.undo)
    return flags.since === undefined
      ? []
      : ["--since says when the changes began that --undo reverts: add that"];
  const given = NOT_WITH_UNDO.filter((name) => ![undefined, false].includes((flags as never)[name]));
  return [
    ...(flags.since === undefined
      ? ["--undo needs --since: from when on changes are reverted, for example 15m"]
      : []),
    ...backups
      .slice(0, 1)
      .map((word) => `BACKUP "${word}" does not go with --undo: --since says from when on`),
    ...given.map((name) => `--${name} does not go with --undo`),
    ...(flags.existing === "skip"
      ? []
      : ["--existing does not go with --undo, which reverts field by field"]),
  ];
}

/** Problems of flags that contradict each other, or what the words name. */
function contradictions(flags: RestoreFlags, { kinds, objects }: ObjectWords): string[] {
  const given = (name: keyof RestoreFlags) => flags[name] !== undefined && flags[name] !== false;
  const named = objects === undefined ? "kinds" : "objects";
  const beside = kinds.length === 0 ? [] : BESIDE_WORDS[named].filter(given);
  const problems = beside.map(
    (name) => `--${name} and named ${named} both say what to restore: give one of them`,
  );
  if (objects !== undefined) {
    if (given("prune")) problems.push("--prune does not go with named objects: the rest would be deleted");
    if (given("all-namespaces"))
      problems.push("--all-namespaces does not go with named objects: say which namespace with --namespace");
  }
  if (given("namespace")) {
    for (const name of ["include-namespaces", "exclude-namespaces", "all-namespaces"] as const) {
      if (given(name)) problems.push(`--namespace and --${name} both say where: give one of them`);
    }
  } else if (given("all-namespaces") && given("include-namespaces")) {
    problems.push("--all-namespaces and --include-namespaces both say where: give one of them");
  }
  return problems;
}

/** What does not go with kinds, or with objects, that the words name. */
const BESIDE_WORDS = {
  kinds: ["exclude-namespaces", "include-kinds", "exclude-kinds"],
  objects: ["include-namespaces", "exclude-namespaces", "include-kinds", "exclude-kinds", "selector"],
} as const;

/** An empty list usually comes from an empty variable and must not select everything. */
function emptyLists(flags: RestoreFlags): string[] {
  const lists = [
    "include-namespaces",
    "exclude-namespaces",
    "include-kinds",
    "exclude-kinds",
    "namespace-mapping",
  ] as const;
  return lists
    .filter((name) => flags[name]?.length === 0)
    .map((name) => `--${name} is empty: name at least one`);
}

function readMapping(given: readonly string[]): { mapping: [string, string][]; problems: string[] } {
  const mapping: [string, string][] = [];
  const problems: string[] = [];
  for (const text of given) {
    const [from = "", to = "", ...rest] = text.split("=");
    if (rest.length > 0 || !DNS_LABEL.test(from) || !DNS_LABEL.test(to))
      problems.push(`--namespace-mapping "${text}" is none: write OLD=NEW, two names of namespaces`);
    mapping.push([from, to]);
  }
  return { mapping, problems };
}

/** As in helm. */
const DEFAULT_WAIT = 300_000;

/** How long to wait until workloads are ready. */
function readWait(flags: RestoreFlags): number | undefined {
  const { wait, timeout, "dry-run": dryRun } = flags;
  if (!wait && flags["wait-for-jobs"])
    throw new UsageError(["--wait-for-jobs says what --wait waits for, too: add --wait, or leave it out"]);
  if (!wait && timeout !== undefined)
    throw new UsageError(["--timeout says how long --wait waits: add --wait, or leave it out"]);
  if (!wait) return undefined;
  if (dryRun !== undefined && dryRun !== "none")
    throw new UsageError([
      "--wait waits for what a restore writes, and --dry-run writes nothing: leave one out",
    ]);
  if (timeout === undefined) return DEFAULT_WAIT;
  const length = parseDuration(timeout);
  if (length !== undefined) return length;
  throw new UsageError([`--timeout ${shown(timeout)} is no length of time: write for example 90s, or 10m`]);
}
