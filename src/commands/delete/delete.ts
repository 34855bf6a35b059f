import { defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { listOption, OUTPUT_OPTION } from "../../command-line/options.ts";
import { OperatorError, UsageError } from "../../errors.ts";
import { minAgeOf } from "../../settings/retention.ts";
import { LockedError } from "../../store/contract/locked-error.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { canAsk, confirm } from "../../terminal/confirm.ts";
import { amount } from "../../words/amount.ts";
import { checkProgress } from "../removal/check-progress.ts";
import { throwRemovalFailures } from "../removal/removal-failures.ts";
import {
  deletedBackups,
  deletionTable,
  type NamedDeletion,
  type Outcome,
  sizeOf,
} from "./deleted-backups.ts";
import { findApart, readNames } from "./named-backups.ts";
import { refuseObjected, refuseTwofold } from "./refusals.ts";

/** `kube-backup delete`: deletes the backups that are named. */
export const deleteCommand = defineCommand({
  command: "delete [BACKUP..]",
  describe: "Delete backups by name, such as one with a leaked secret",
  group: "care",
  needs: ["s3target"],
  backupWords: ({ BACKUP = [], backup = [] }) => [backup, BACKUP].flat(),
  builder: (yargs) =>
    yargs
      .positional("BACKUP", {
        describe: "The backups: their names as kube-backup list shows them, URLs or paths; latest is none",
        type: "string",
        array: true,
      })
      .options({
        ...OUTPUT_OPTION,
        backup: { ...listOption("The same, in place of BACKUP"), alias: "b" },
        "all-versions": {
          type: "boolean",
          default: false,
          describe:
            "Also all that a bucket with versions keeps of them, of removed ones too: nothing brings it back",
        },
        "dry-run": {
          type: "boolean",
          default: false,
          describe: "Show what would be deleted, and delete nothing",
        },
        yes: { alias: "y", type: "boolean", default: false, describe: "Do not ask" },
        force: {
          type: "boolean",
          default: false,
          describe: "Also the newest valid backup of a cluster, and what else prune never removes",
        },
      })
      .example("$0 delete backup_20260131T120000Z", "Shows it, asks, and deletes it")
      .example(
        "$0 delete backup_20260131T120000Z --all-versions --yes",
        "With every version of it in the bucket, in a script",
      ),
  async handler(given) {
    const { BACKUP = [], backup: words = BACKUP } = given.flags;
    if (words.length === 0) throw new UsageError(["BACKUP is missing: name the backups to delete"]);
    const { names, place } = readNames(words);
    const [first = ""] = names;
    const context = inPlace(given, { kind: "named", name: first, ...(place === undefined ? {} : { place }) });
    const { settings, flags, output, log, progress, signal, now } = context;
    const { "dry-run": dryRun, "all-versions": allVersions } = flags;
    if (!flags.yes && !dryRun && !canAsk()) {
      throw new UsageError([
        "There is no terminal to ask on: add --yes to delete without a question, or --dry-run",
      ]);
    }
    const [
      { rejectUncheckedRemoval },
      { planDeletion },
      { archiveJudge },
      { KnownBackups },
      { removeBackups },
      { withAll },
      { openStoredTags },
      { tagReasons },
      { byOwnClock },
      { sweepLeftTags },
    ] = await Promise.all([
      import("../../trust/signed-notes.ts"),
      import("../../retention/plan-deletion.ts"),
      import("../../retention/archive-judge.ts"),
      import("../../retention/known-backups.ts"),
      import("../../retention/remove-backups.ts"),
      import("../../trust/believed-store.ts"),
      import("../../command-line/stored-tags.ts"),
      import("../../retention/keep-tags.ts"),
      import("../../retention/own-clock.ts"),
      import("../../retention/left-tags.ts"),
    ]);
    const store = await openConfiguredStore(context);
    try {
      await rejectUncheckedRemoval({ ...settings, store }, signal);
      const removing = names.map((name) => ({ name }));
      await rejectUncheckedRemoval({ ...settings, store, removing }, signal);
      const asOf = now();
      const listed = await Array.fromAsync(store.list({}, signal));
      const backups = byOwnClock(listed, store.clockSkew());
      const apart = await findApart({ context, store, backups, names, allVersions }, signal);
      const checking = checkProgress(progress);
      const judge = archiveJudge({ store, known: new KnownBackups(), onProgress: checking.advance });
      const tags = openStoredTags({ settings, store, now, log });
      const policy = { minAge: minAgeOf(settings), acceptSmaller: settings.acceptSmaller };
      const plan = await planDeletion(
        { names: new Set(names), backups, apart, judge, tags, policy, now: asOf },
        signal,
      ).finally(checking.end);
      const deletions: NamedDeletion[] = [];
      for (const each of plan) {
        const stored = allVersions ? await store.versions(each.backup.name, signal) : undefined;
        deletions.push({ ...each, stored });
      }
      if (!output.json)
        output.lines([...deletionTable(deletions, { asOf, allVersions, width: output.width })]);
      const show = (outcomeOf: (deletion: NamedDeletion) => Outcome) => {
        const { json, text } = deletedBackups(deletions, { asOf, outcomeOf });
        output.show({ json: { backups: json }, text: () => text });
      };

      const refused =
        refuseTwofold(deletions, store) ?? (flags.force ? undefined : refuseObjected(deletions));
      if (refused !== undefined) {
        show(refused.outcomeOf);
        throw refused.error;
      }
      const objected = deletions.filter(({ objections }) => objections.length > 0);
      for (const { backup, objections } of objected)
        log.warn(`Deleting ${backup.name} by --force, though ${objections.join("; ")}`);
      if (dryRun) {
        show(() => ({ outcome: "planned" }));
        return;
      }
      const size = formatBytes(deletions.reduce((sum, each) => sum + sizeOf(each), 0));
      const what = amount(deletions.length, "backup");
      const versions = allVersions ? " with all stored versions, for good," : "";
      const question = `Delete ${what} (${size})${versions} from ${store.url}?`;
      if (!flags.yes && !(await confirm(question, signal))) {
        throw new OperatorError("Nothing is deleted: the question was not answered with yes");
      }
      const stage = progress({ title: "Deleting", unit: "backups", total: deletions.length });
      const hidden = new Set<string>();
      const ended = await removeBackups(
        {
          store: withAll(store),
          backups: deletions.map(({ backup }) => backup),
          tags,
          // Somebody may have tagged it while the question was open.
          keptBy: flags.force ? undefined : (of) => tagReasons(of),
          allVersions,
          onHidden: (name) => hidden.add(name),
          onEnd: () => stage.advance(1),
        },
        signal,
      );
      stage.end();
      await sweepLeftTags({ store: withAll(store), now: asOf, log }, signal);
      show(({ backup: { name } }) => {
        if (!ended.has(name)) return { outcome: "untouched" };
        const error = ended.get(name);
        if (error === undefined) return { outcome: hidden.has(name) ? "hidden" : "deleted" };
        return { outcome: error instanceof LockedError ? "locked" : "failed", reason: error.message };
      });
      signal.throwIfAborted();
      const failures = [...ended.values()].filter((error) => !(error instanceof LockedError));
      throwRemovalFailures({ ended: failures, amount: what, count: deletions.length });
    } finally {
      await store.close();
    }
  },
});
