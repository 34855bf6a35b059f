import { describeNoBackups } from "../../catalog/no-backups.ts";
import { defineCommand } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { OUTPUT_OPTION, retentionOptions } from "../../command-line/options.ts";
import { OperatorError, PartialError, UsageError } from "../../errors.ts";
import type { RetentionPolicy } from "../../retention/decide.ts";
import type { KnownBackups } from "../../retention/known-backups.ts";
import type { HeldBack } from "../../retention/plan.ts";
import { TaggedError } from "../../retention/tagged-error.ts";
import { minAgeOf, rulesOf } from "../../settings/retention.ts";
import type { Settings } from "../../settings/settings.ts";
import { LockedError } from "../../store/contract/locked-error.ts";
import type { SidePlace } from "../../store/contract/side-objects.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { canAsk, confirm } from "../../terminal/confirm.ts";
import { amount } from "../../words/amount.ts";
import { fullClusterTitle } from "../../words/cluster-title.ts";
import { checkProgress } from "../removal/check-progress.ts";
import { throwRemovalFailures } from "../removal/removal-failures.ts";
import { NO_RECORDS, planOldRecords, removeOldRecords, throwUnlisted } from "./old-records.ts";
import { type Outcome, prunedBackups, pruneTable } from "./pruned-backups.ts";
import {
  amountOfSegments,
  type EndedLog,
  NO_LOG,
  planPrunedLog,
  prunedLog,
  removePrunedLog,
} from "./pruned-log.ts";
import { amountOfRecords, prunedRecords } from "./pruned-records.ts";

/** `kube-backup prune`: removes the backups that no retention rule keeps. */
export const pruneCommand = defineCommand({
  command: ["prune", "forget"],
  describe: "Remove the backups that no rule keeps; the newest valid one stays",
  group: "care",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .options({
        ...OUTPUT_OPTION,
        "dry-run": {
          type: "boolean",
          default: false,
          describe: "Show what would be removed, and remove nothing",
        },
        yes: { alias: "y", type: "boolean", default: false, describe: "Do not ask" },
        force: {
          type: "boolean",
          default: false,
          describe: "Also where the newest backup holds less than half the objects of the largest",
        },
        cluster: {
          type: "string",
          requiresArg: true,
          describe:
            "Only backups of this cluster, by CLUSTER_NAME or uid, its newest too; without a rule all of them",
        },
        "remove-damaged": {
          type: "boolean",
          default: false,
          describe: "Also remove the backups that are damaged, which stay otherwise",
        },
      })
      .options(retentionOptions())
      .example(
        "$0 prune --keep-last 3 --keep-daily 7 --keep-weekly 5 --dry-run",
        "What these rules would remove",
      )
      .example("$0 prune --keep-daily 7 --keep-tag release", "And whatever has the tag release")
      .example("$0 prune --keep-within 1mo --yes", "Remove all but a month, in a script"),
  async handler(context) {
    const { settings, flags, output, log, progress, signal, now } = context;
    const policy = policyOf(flags, settings);
    const { cluster } = policy;
    const dryRun = flags["dry-run"];
    const [
      { rejectUncheckedRemoval },
      { planPruningOf },
      { KnownBackups },
      { removeBackups },
      { tagReasons },
      { openStoredTags },
    ] = await Promise.all([
      import("../../trust/signed-notes.ts"),
      import("../../retention/plan.ts"),
      import("../../retention/known-backups.ts"),
      import("../../retention/remove-backups.ts"),
      import("../../retention/keep-tags.ts"),
      import("../../command-line/stored-tags.ts"),
    ]);
    const store = await openConfiguredStore(context);
    // Whatever goes goes by one moment.
    const asOf = now();
    try {
      await rejectUncheckedRemoval({ ...settings, store }, signal);
      const checking = checkProgress(progress);
      const known = new KnownBackups();
      const tags = openStoredTags({ settings, store, now, log });
      const { decisions, heldBack } = await planPruningOf(
        { store, known, policy, tags, now: asOf, onProgress: checking.advance },
        signal,
      ).finally(checking.end);
      if (cluster !== undefined) rejectUnknownCluster({ cluster, decisions, known, url: store.url });
      if (!output.json) {
        if (decisions.length === 0) output.lines([(await describeNoBackups(store, signal)).message]);
        output.lines([...pruneTable(decisions, { asOf, width: output.width })]);
      }
      if (flags.force) for (const { reason } of heldBack) log.warn(`Pruning by --force, though ${reason}`);
      const held = flags.force ? [] : heldBack;
      const refused = new Set(held.flatMap(({ names }) => names));
      const removing = decisions
        .filter(({ keep, backup }) => !keep && !refused.has(backup.name))
        .map(({ backup }) => backup);
      if (removing.length > 0) await rejectUncheckedRemoval({ ...settings, store, removing }, signal);
      // Where something is wrong with the backups, what tells of them stays; and one cluster's notes are not all notes.
      const isSound = cluster === undefined && held.length === 0 && decisions.length > 0;
      const there = decisions.map(({ backup: { name } }) => name);
      const records = isSound
        ? await planOldRecords({ settings, store, now: asOf, there }, signal)
        : NO_RECORDS;
      const gone = new Set(removing.map(({ name }) => name));
      const backups = decisions.map(({ backup }) => backup).filter(({ name }) => !gone.has(name));
      const oldLog = isSound ? await planPrunedLog({ store, policy, backups, now: asOf }, signal) : NO_LOG;
      const show = (
        outcomeOf: (name: string) => Outcome,
        ended?: ReadonlyMap<SidePlace, Failure>,
        endedLog?: EndedLog,
      ) => {
        const pruned = prunedBackups(decisions, (name) =>
          refused.has(name) ? { outcome: "refused" } : outcomeOf(name),
        );
        const old = prunedRecords(records, ended);
        const log = prunedLog(oldLog, endedLog);
        output.show({
          json: { backups: pruned.json, records: old.json, timelines: log.json },
          text: () => [...pruned.text, ...log.text, ...old.text],
        });
      };
      const removals = {
        ...{ removing, of: decisions.length, records: records.places },
        segments: oldLog.removed.length,
      };
      if (dryRun || removing.length + records.places.length + removals.segments === 0) {
        show(() => ({ outcome: "planned" }));
        throwHeldBack(held, removing.length);
        throwUnlisted(records, removing.length);
        throwUnlisted(oldLog, removing.length);
        return;
      }
      const what = describeRemovals(removals);
      if (!flags.yes && !(await confirm(`Remove ${what} from ${store.url}?`, signal))) {
        throw new OperatorError("Nothing is removed: the question was not answered with yes");
      }
      const stage = progress({ title: "Removing", unit: "backups", total: removing.length });
      const keptBy = (of: readonly string[]) => tagReasons(of, policy.keepTags);
      const ended = await removeBackups(
        { store, backups: removing, tags, keptBy, onEnd: () => stage.advance(1) },
        signal,
      );
      stage.end();
      // Whatever backup stays after all, such as one that was tagged meanwhile, keeps what it leads to.
      const isStaying = [...ended.values()].some((error) => error !== undefined);
      const segments = isStaying ? NO_LOG : oldLog;
      const endedLog = await removePrunedLog({ store, plan: segments, progress }, signal);
      const endedRecords = await removeOldRecords({ store, records, progress }, signal);
      show(
        (name) => {
          return ended.has(name) ? outcomeOfRemoval(ended.get(name)) : { outcome: "untouched" };
        },
        endedRecords,
        endedLog,
      );
      signal.throwIfAborted();
      throwRemovalFailures(
        {
          ended: failuresOf(ended.values()),
          amount: amount(removing.length, "backup"),
          count: removing.length,
        },
        {
          ended: failuresOf(endedRecords.values()),
          amount: amountOfRecords(records.places),
          count: records.places.length,
        },
        {
          ended: failuresOf(endedLog.values()),
          amount: amountOfSegments(endedLog.size),
          count: endedLog.size,
        },
      );
      throwHeldBack(held, removing.length);
      throwUnlisted(records, removing.length);
      throwUnlisted(oldLog, removing.length);
    } finally {
      await store.close();
    }
  },
});

/**
 * @throws {UsageError} where no rule says what to keep, and where there is nobody to ask. Tags alone are no rule: a slip in
 * one would remove everything.
 */
function policyOf(flags: Readonly<Record<string, unknown>>, settings: Settings): RetentionPolicy {
  const cluster = typeof flags["cluster"] === "string" ? flags["cluster"] : undefined;
  const rules = rulesOf(settings) ?? (cluster === undefined ? undefined : {});
  if (rules === undefined) {
    throw new UsageError([
      settings.keepTags === undefined
        ? "No rule says which backups to keep, and without any all would be removed: give --keep-last N or another, or set KEEP_LAST"
        : "--keep-tag (KEEP_TAG) keeps backups besides those that rules keep, and no rule is given: give --keep-last N or another too, or set KEEP_LAST",
    ]);
  }
  if (flags["yes"] !== true && flags["dry-run"] !== true && !canAsk()) {
    throw new UsageError([
      "There is no terminal to ask on: add --yes to remove without a question, or --dry-run",
    ]);
  }
  return {
    rules,
    keepTags: settings.keepTags,
    keepLog: settings.keepLog,
    minAge: minAgeOf(settings),
    removeDamaged: flags["remove-damaged"] === true,
    cluster,
    acceptSmaller: settings.acceptSmaller,
  };
}

type Failure = OperatorError | undefined;

/** `3 of 10 backups (4.2 MiB) and 120 segments of the change log and 4 old notes and reports`. */
function describeRemovals({
  removing,
  of,
  records,
  segments,
}: {
  removing: readonly StoredBackup[];
  of: number;
  records: readonly SidePlace[];
  segments: number;
}): string {
  const size = formatBytes(removing.reduce((sum, backup) => sum + backup.size, 0));
  return [
    ...(removing.length > 0 ? [`${removing.length} of ${amount(of, "backup")} (${size})`] : []),
    ...(segments > 0 ? [amountOfSegments(segments)] : []),
    ...(records.length > 0 ? [amountOfRecords(records)] : []),
  ].join(" and ");
}

/** What became of a backup whose removal was tried. */
function outcomeOfRemoval(error: Failure): Outcome {
  if (error === undefined) return { outcome: "removed" };
  const { message: reason } = error;
  if (error instanceof LockedError) return { outcome: "locked", reason };
  return { outcome: error instanceof TaggedError ? "tagged" : "failed", reason };
}

/** What is locked, or was tagged meanwhile, is no failure. */
function failuresOf(ended: Iterable<Failure>): Failure[] {
  return [...ended].filter((error) => outcomeOfRemoval(error).outcome === "failed");
}

/** @throws {OperatorError} where no backup that can be read is of the cluster that is named. */
function rejectUnknownCluster({
  cluster,
  decisions,
  known,
  url,
}: {
  cluster: string;
  decisions: readonly { backup: StoredBackup }[];
  known: KnownBackups;
  url: string;
}): void {
  const made = decisions.flatMap(({ backup }) => {
    const judgment = known.get(backup)?.judgment;
    return judgment?.state === "valid" ? [{ id: judgment.cluster, name: judgment.name }] : [];
  });
  if (made.some(({ id, name }) => id === cluster || name === cluster)) return;
  const clusters = [...new Set(made.map(fullClusterTitle))];
  throw new OperatorError(`Cannot prune: ${url} holds no backup of the cluster ${cluster}`, {
    advice: clusters.length === 0 ? "Check S3TARGET" : `It holds backups of ${clusters.join(" and ")}`,
  });
}

/** @throws {PartialError} where a guard speaks against some removals. */
function throwHeldBack(held: readonly HeldBack[], removing: number): void {
  const [first] = held;
  if (first === undefined) return;
  const reasons = held.map(({ reason }) => reason).join("; ");
  const what = removing === 0 ? "nothing is removed" : "nothing else is removed";
  throw new PartialError(`Cannot prune: ${reasons}; ${what}`, { advice: first.advice });
}
