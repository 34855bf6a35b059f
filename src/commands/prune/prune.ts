import { describeNoBackups } from "../../catalog/no-backups.ts";
import { defineCommand } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { OUTPUT_OPTION, retentionOptions } from "../../command-line/options.ts";
import { OperatorError, PartialError, UsageError } from "../../errors.ts";
import type { RetentionPolicy } from "../../retention/decide.ts";
import type { KnownBackups } from "../../retention/known-backups.ts";
import type { HeldBack } from "../../retention/plan.ts";
import { minAgeOf } from "../../settings/retention.ts";
import { LockedError } from "../../store/contract/locked-error.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { canAsk, confirm } from "../../terminal/confirm.ts";
import { amount } from "../../words/amount.ts";
import { fullClusterTitle } from "../../words/cluster-title.ts";
import { checkProgress } from "../removal/check-progress.ts";
import { throwRemovalFailures } from "../removal/removal-failures.ts";
import { type Outcome, prunedBackups, pruneTable } from "./pruned-backups.ts";

/** `kube-backup prune`: removes the backups that no retention rule keeps. */
export const pruneCommand = defineCommand({
  command: ["prune", "forget"],
  describe: "Remove the backups that no rule keeps; the newest that is valid always stays",
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
      .example("$0 prune --keep-within 1mo --yes", "Remove all but a month, in a script"),
  async handler(context) {
    const { settings, flags, output, log, progress, signal, now } = context;
    const cluster = typeof flags.cluster === "string" ? flags.cluster : undefined;
    const rules = settings.retention ?? (cluster === undefined ? undefined : {});
    if (rules === undefined) {
      throw new UsageError([
        "No rule says which backups to keep, and without any all would be removed: give --keep-last N or another, or set KEEP_LAST",
      ]);
    }
    const dryRun = flags["dry-run"];
    if (!flags.yes && !dryRun && !canAsk()) {
      throw new UsageError([
        "There is no terminal to ask on: add --yes to remove without a question, or --dry-run",
      ]);
    }
    const [{ rejectUncheckedRemoval }, { planPruningOf }, { KnownBackups }, { removeBackups }] =
      await Promise.all([
        import("../../trust/signed-notes.ts"),
        import("../../retention/plan.ts"),
        import("../../retention/known-backups.ts"),
        import("../../retention/remove-backups.ts"),
      ]);
    const store = await openConfiguredStore(context);
    try {
      await rejectUncheckedRemoval({ ...settings, store }, signal);
      const checking = checkProgress(progress);
      const policy: RetentionPolicy = {
        rules,
        minAge: minAgeOf(settings),
        removeDamaged: flags["remove-damaged"] === true,
        cluster,
        acceptSmaller: settings.acceptSmaller,
      };
      const known = new KnownBackups();
      const { decisions, heldBack } = await planPruningOf(
        { store, known, policy, now: now(), onProgress: checking.advance },
        signal,
      ).finally(checking.end);
      if (cluster !== undefined) rejectUnknownCluster({ cluster, decisions, known, url: store.url });
      if (!output.json) {
        if (decisions.length === 0) output.lines([(await describeNoBackups(store, signal)).message]);
        output.lines([...pruneTable(decisions, { asOf: now(), width: output.width })]);
      }
      const show = (outcomeOf: (name: string) => Outcome) => {
        const pruned = prunedBackups(decisions, outcomeOf);
        output.show({ json: { backups: pruned.json }, text: () => pruned.text });
      };

      if (flags.force) for (const { reason } of heldBack) log.warn(`Pruning by --force, though ${reason}`);
      const held = flags.force ? [] : heldBack;
      const refused = new Set(held.flatMap(({ names }) => names));
      const removing = decisions
        .filter(({ keep, backup }) => !keep && !refused.has(backup.name))
        .map(({ backup }) => backup);
      if (removing.length > 0) await rejectUncheckedRemoval({ ...settings, store, removing }, signal);
      const outcomeOf = (name: string, otherwise: Outcome): Outcome =>
        refused.has(name) ? { outcome: "refused" } : otherwise;
      if (dryRun || removing.length === 0) {
        show((name) => outcomeOf(name, { outcome: "planned" }));
        throwHeldBack(held, removing.length);
        return;
      }
      const size = formatBytes(removing.reduce((sum, backup) => sum + backup.size, 0));
      const question = `Remove ${removing.length} of ${amount(decisions.length, "backup")} (${size}) from ${store.url}?`;
      if (!flags.yes && !(await confirm(question, signal))) {
        throw new OperatorError("Nothing is removed: the question was not answered with yes");
      }
      const stage = progress({ title: "Removing", unit: "backups", total: removing.length });
      const ended = await removeBackups({ store, backups: removing, onEnd: () => stage.advance(1) }, signal);
      stage.end();
      show((name) => {
        if (!ended.has(name)) return outcomeOf(name, { outcome: "untouched" });
        const error = ended.get(name);
        if (error === undefined) return { outcome: "removed" };
        return { outcome: error instanceof LockedError ? "locked" : "failed", reason: error.message };
      });
      signal.throwIfAborted();
      throwRemovalFailures(
        [...ended.values()].filter((error) => !(error instanceof LockedError)),
        removing.length,
      );
      throwHeldBack(held, removing.length);
    } finally {
      await store.close();
    }
  },
});

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
