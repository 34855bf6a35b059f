import { defineCommand } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { OUTPUT_OPTION, retentionOptions } from "../../command-line/options.ts";
import type { Output } from "../../command-line/output.ts";
import { OperatorError, PartialError, UsageError } from "../../errors.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { canAsk, confirm } from "../../terminal/confirm.ts";
import { type Outcome, prunedBackups, pruneTable } from "./pruned-backups.ts";

/** `kube-backup prune`: removes the backups that no retention rule keeps. */
export const pruneCommand = defineCommand({
  command: "prune",
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
          describe: "Also where the newest backup holds less than half the objects of the one before it",
        },
      })
      .options(retentionOptions())
      .example(
        "$0 prune --keep-last 3 --keep-daily 7 --keep-weekly 5 --dry-run",
        "What these rules would remove",
      )
      .example("$0 prune --keep-within 1m --yes", "Remove all but a month, in a script"),
  async handler(context) {
    const { settings, flags, output, log, progress, signal, now } = context;
    const rules = settings.retention;
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
    const [{ planPruningOf }, { removeBackups }] = await Promise.all([
      import("../../retention/plan.ts"),
      import("../../retention/remove-backups.ts"),
    ]);
    const store = await openConfiguredStore(context);
    try {
      const { decisions, obstacle } = await planPruningOf(store, { rules, now: now() }, signal);
      if (!output.json) writeTable(output, decisions, { url: store.url, asOf: now() });
      const removing = decisions.filter(({ keep }) => !keep).map(({ backup }) => backup);
      const show = (outcomeOf: (name: string) => Outcome) => {
        const pruned = prunedBackups(decisions, outcomeOf);
        output.show({ json: pruned.json, text: () => pruned.text });
      };

      if (obstacle !== undefined && !flags.force) {
        show(() => ({ outcome: "refused" }));
        throw new PartialError(`Cannot prune: ${obstacle.reason}; nothing is removed`, {
          advice: obstacle.advice,
        });
      }
      if (obstacle !== undefined) log.warn(`Pruning by --force, though ${obstacle.reason}`);
      if (dryRun || removing.length === 0) {
        show(() => ({ outcome: "planned" }));
        return;
      }
      const size = formatBytes(removing.reduce((sum, backup) => sum + backup.size, 0));
      const question = `Remove ${removing.length} of ${decisions.length} backups (${size}) from ${store.url}?`;
      if (!flags.yes && !(await confirm(question, signal))) {
        throw new OperatorError("Nothing is removed: the question was not answered with yes");
      }
      const stage = progress({ title: "Removing", unit: "backups", total: removing.length });
      const names = removing.map(({ name }) => name);
      const ended = await removeBackups({ store, names, onEnd: () => stage.advance(1) }, signal);
      stage.end();
      show((name) => {
        if (!ended.has(name)) return { outcome: "untouched" };
        const error = ended.get(name);
        return error === undefined ? { outcome: "removed" } : { outcome: "failed", error: error.message };
      });
      signal.throwIfAborted();
      throwFailures([...ended.values()], names.length);
    } finally {
      await store.close();
    }
  },
});

function writeTable(
  output: Pick<Output, "lines" | "width">,
  decisions: Parameters<typeof pruneTable>[0],
  { url, asOf }: { url: string; asOf: Date },
): void {
  if (decisions.length === 0) output.lines([`No backups in ${url}`]);
  output.lines([...pruneTable(decisions, { asOf, width: output.width })]);
}

/** @throws {PartialError} when some backups could not be removed. Each failure was reported before. */
function throwFailures(ended: readonly (OperatorError | undefined)[], count: number): void {
  const failures = ended.filter((error) => error !== undefined);
  if (failures.length === 0) return;
  const advice = failures[0]?.advice;
  throw new PartialError(
    `Cannot remove ${failures.length} of ${count} backups`,
    advice === undefined ? {} : { advice },
  );
}
