import { describeNoBackups } from "../../catalog/no-backups.ts";
import type { BackupChoice } from "../../catalog/open-backup.ts";
import { backupOfMoment } from "../../change-log/replay/moment-name.ts";
import { momentArguments, readBackupChoice } from "../../command-line/backup-argument.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { defineCommand } from "../../command-line/command.ts";
import { hasStore, inPlace } from "../../command-line/in-place.ts";
import { writeJsonList } from "../../command-line/json-list.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { BACKUP_OPTION, DELETED_OPTION, MOMENT_OPTIONS, OUTPUT_OPTION } from "../../command-line/options.ts";
import { withClusterAndStore } from "../../command-line/with-cluster-and-store.ts";
import { OperatorError, PartialError, UsageError } from "../../errors.ts";
import type { Store } from "../../store/contract/store.ts";
import { amount } from "../../words/amount.ts";
import { someNames } from "../../words/some-names.ts";
import { chosenBackups } from "./chosen-backups.ts";
import { describeVerification, type Verification, verifyBackups } from "./verify-backups.ts";

/** `kube-backup verify`: reads backups and verifies every byte; optionally rehearses a restore. */
export const verifyCommand = defineCommand({
  command: ["verify [BACKUP]", "check"],
  describe: "Check every byte of a backup, or of all; rehearse its restore",
  group: "care",
  needs: ["s3target"],
  backupWords: ({ BACKUP, backup }) => [backup, BACKUP],
  builder: (yargs) =>
    yargs
      .positional("BACKUP", {
        describe: "latest, a name, or the URL or path of one; without it the newest, damaged or not",
        type: "string",
      })
      .options({
        ...OUTPUT_OPTION,
        ...BACKUP_OPTION,
        ...MOMENT_OPTIONS,
        ...DELETED_OPTION,
        all: { type: "boolean", default: false, describe: "Check all backups" },
        rehearse: {
          type: "boolean",
          default: false,
          describe: "Ask the API server about every object whether it would take it: a dry run",
        },
        kubernetes: {
          type: "string",
          requiresArg: true,
          describe: "Name the built-in kinds of the backup that this version does not serve, such as 1.37",
        },
      })
      .example("$0 verify --s3target s3://my-bucket/blue", "The newest")
      .example(
        "$0 verify --all -o json",
        "All, for a script: {backups: [{name, state, reason, objects, sizeBytes}]}",
      )
      .example("$0 verify --rehearse", "Whether the newest could be restored into this cluster today")
      .example("$0 verify --kubernetes 1.37", "Which of its kinds Kubernetes 1.37 does not serve any more"),
  async handler(given) {
    const { flags } = given;
    checkFlags(flags);
    const kubernetes = flags.kubernetes === undefined ? undefined : await readKubernetes(flags.kubernetes);
    const choice = readBackupChoice(
      { backup: flags.BACKUP, flag: flags.backup, ...momentArguments(flags) },
      given.reading(),
    );
    const context = inPlace(given, choice);
    const { openChosenMoment } = await import("../../catalog/open-backup.ts");
    // Beside a file that somebody has somewhere, nothing is written.
    const isStore = choice.place === undefined && hasStore({ ...flags }, context);
    const recorded = isStore || context.settings.s3target.kind === "s3";
    if (flags.rehearse) {
      const { rehearseBackup, rehearseOpened } = await import("./rehearse-backup.ts");
      const leavesReport = recorded && !flags.deleted;
      await withClusterAndStore({ ...context, deleted: flags.deleted }, async ({ client, store }) => {
        const opened = await openChosenMoment(choice, { store, log: context.log }, context.signal);
        if (opened !== undefined) return await rehearseOpened(context, { client, opened });
        for await (const backup of chosenBackups(store, choice, context.signal)) {
          await rehearseBackup(context, { client, store, name: backup.name, leavesReport });
        }
      });
      return;
    }
    // Of backups it tells what there is. A moment is one that a restore would take: nobody else's change log leads to it.
    const seesAll = !isMoment(choice);
    const store = await openConfiguredStore({
      ...context,
      seesAll,
      signedForms: true,
      deleted: flags.deleted,
    });
    try {
      const moment = await openChosenMoment(choice, { store, log: context.log }, context.signal);
      // What leads to the moment was read and checked; of its backup, every byte is.
      const of =
        moment === undefined ? choice : ({ kind: "named", name: backupOfMoment(moment.name) } as const);
      await verify(context, store, { choice: flags.all ? "all" : of, recorded, kubernetes });
    } finally {
      await store.close();
    }
  },
});

/** Whether the change log leads to what is chosen, where there is one. */
function isMoment(choice: BackupChoice): boolean {
  if (choice.kind === "at") return choice.orBefore !== true;
  return choice.kind !== "named" && choice.kind !== "latest";
}

async function verify(
  context: CommandContext<object, "s3target">,
  store: Store,
  {
    choice,
    ...options
  }: { choice: Parameters<typeof chosenBackups>[1]; recorded: boolean; kubernetes: number | undefined },
): Promise<void> {
  const { output, signal } = context;
  let checked = 0;
  let damaged = 0;
  const unserved: string[] = [];
  const unread: string[] = [];
  const results = async function* (): AsyncGenerator<Verification> {
    const backups = chosenBackups(store, choice, signal);
    for await (const each of verifyBackups(context, { store, backups, ...options })) {
      checked += 1;
      if (each.state !== "valid" && each.state !== "encrypted") damaged += 1;
      if (each.state === "encrypted") unread.push(each.name);
      if (each.kubernetes !== null && each.kubernetes.unserved.length > 0) unserved.push(each.name);
      yield each;
    }
  };
  if (output.json) await writeJsonList(output, "backups", results());
  else {
    for await (const each of results()) output.sentences(describeVerification(each));
    if (checked === 0) output.sentences([(await describeNoBackups(store, signal)).message]);
  }
  if (damaged > 0)
    throw new OperatorError(`Cannot restore from ${damaged} of ${amount(checked, "backup")} checked`);
  if (options.kubernetes === undefined) return;
  const version = `1.${options.kubernetes}`;
  if (unserved.length > 0)
    throw new PartialError(`Cannot restore all of ${someNames(unserved)} into Kubernetes ${version}`);
  if (unread.length > 0)
    throw new PartialError(
      `Cannot tell which kinds of ${someNames(unread)} Kubernetes ${version} serves: encrypted, and no key opens it`,
      {
        advice: "Give the key with -i FILE",
      },
    );
}

/** @throws {UsageError} when the text is no version of Kubernetes that this program knows. */
async function readKubernetes(text: string): Promise<number> {
  const { KNOWN_RANGE, knownMinor } = await import("../../kubernetes/kubernetes-version.ts");
  const minor = knownMinor(text);
  if (minor !== undefined) return minor;
  throw new UsageError([
    `--kubernetes is ${JSON.stringify(text)}: give a version from ${KNOWN_RANGE}, whose kinds this release knows. What a running cluster of another version takes, --rehearse finds out`,
  ]);
}

/** @throws {UsageError} when two flags contradict each other. */
function checkFlags(flags: {
  BACKUP?: string | undefined;
  backup?: string | undefined;
  at?: string | undefined;
  revision?: string | undefined;
  before?: string | undefined;
  all: boolean;
  rehearse: boolean;
  kubernetes?: string | undefined;
}): void {
  const problems: string[] = [];
  if (flags.rehearse && flags.kubernetes !== undefined)
    problems.push(
      "--rehearse asks the cluster that is there, and --kubernetes another version: give one of them",
    );
  const backup = flags.all ? (flags.backup ?? flags.BACKUP) : undefined;
  if (backup !== undefined)
    problems.push(`BACKUP "${backup}" and --all both say which backup: give one of them`);
  for (const moment of ["at", "revision", "before"] as const) {
    if (flags.all && flags[moment] !== undefined)
      problems.push(`--${moment} ${flags[moment]} and --all both say which backup: give one of them`);
  }
  if (flags.all && flags.rehearse) problems.push("--rehearse takes one backup: leave out --all");
  if (problems.length > 0) throw new UsageError(problems);
}
