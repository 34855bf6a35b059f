import { OperatorError, PartialError, UsageError } from "../errors.ts";
import type { RestoredItem, RestoreReport } from "../restore/report.ts";
import { canAsk, confirm } from "../terminal/confirm.ts";
import { formatAge } from "../terminal/duration.ts";
import { formatTable } from "../terminal/table.ts";
import { LATEST, readBackupChoice } from "./backup-argument.ts";
import { defineCommand } from "./context.ts";
import { OUTPUT_OPTION } from "./options.ts";
import { withClusterAndStore } from "./with-cluster-and-store.ts";

/** `kube-backup restore`: brings a backup back by hand, with or without the flag. */
export const restoreCommand = defineCommand({
  command: "restore [backup]",
  describe: "Restore a backup into the cluster; what exists already is left as it is",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .positional("backup", {
        describe: "Name of the backup, or latest for the newest that is whole",
        type: "string",
        default: LATEST,
      })
      .options({
        ...OUTPUT_OPTION,
        yes: { alias: "y", type: "boolean", default: false, describe: "Do not ask" },
        flag: {
          type: "boolean",
          default: true,
          describe: "Write the namespace backuprestore-donotuse after a whole restore (--no-flag: do not)",
        },
      })
      .example("$0 restore --s3target s3://my-bucket/blue", "The newest backup, after a question")
      .example("$0 restore backup_20260131T120000Z --yes", "One by name, in a script"),
  async handler(context) {
    const { settings, flags, output, log, signal, now } = context;
    const choice = readBackupChoice({ backup: flags.backup }, now());
    if (!flags.yes && !canAsk()) {
      throw new UsageError(["There is no terminal to ask on: add --yes to restore without a question"]);
    }
    const [{ openChosenBackup }, { restoreInto }, { writeFlag }] = await Promise.all([
      import("../catalog/open-backup.ts"),
      import("../restore/restore-into.ts"),
      import("../gate/flag.ts"),
    ]);
    await withClusterAndStore(context, async ({ client, store }) => {
      const { archive, close, ...opened } = await openChosenBackup(choice, { store, log }, signal);
      try {
        const { time, counts } = archive.manifest;
        const objects = Object.values(counts).reduce((sum, count) => sum + count, 0);
        const age = formatAge(now().getTime() - new Date(time).getTime());
        const question = `Restore ${opened.name} (${age}, ${objects} objects) into ${client.context} (${client.server})?`;
        if (!flags.yes && !(await confirm(question, signal)))
          throw new OperatorError("Not restored: the question was not answered with yes");
        const intoEmptyOnly = settings.restoreIntoEmptyOnly;
        const report = await restoreInto({ client, archive, log, intoEmptyOnly, begun: false }, signal);
        const whole = report.total("failed") === 0;
        if (whole && flags.flag) {
          await writeFlag(
            client,
            { reason: "restored", backup: opened.name, store: store.url, time: now(), objects },
            signal,
          );
        }
        output.show({
          json: {
            backup: opened.name,
            kinds: report.byKind(),
            failures: report.failures,
            notes: report.notes,
            flagWritten: whole && flags.flag,
          },
          text: () => describeReport(opened.name, report),
        });
        if (!whole)
          throw new PartialError(
            `Cannot restore ${opened.name} wholly: ${report.total("failed")} of ${objects} objects failed`,
          );
      } finally {
        await close();
      }
    });
  },
});

function describeReport(name: string, report: RestoreReport): string {
  const table = formatTable({
    columns: [
      { title: "KIND" },
      { title: "CREATED", align: "right" },
      { title: "UNCHANGED", align: "right" },
      { title: "SKIPPED", align: "right" },
      { title: "FAILED", align: "right" },
    ],
    rows: Object.entries(report.byKind()).map(([kind, { created, unchanged, skipped, failed }]) =>
      [kind, created, unchanged, skipped, failed].map(String),
    ),
  });
  const skipped = report.total("skipped");
  return [
    table,
    ...report.failures.map(describeFailure),
    ...report.notes,
    ...(skipped > 0 ? [`${skipped} existed already and differ from the backup: left as they are`] : []),
    `${name} restored: ${report.total("created")} created, ${report.total("unchanged")} unchanged, ${skipped} skipped, ${report.total("failed")} failed`,
  ].join("\n");
}

function describeFailure({ kind, namespace, name, reason }: RestoredItem): string {
  return `Cannot restore ${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}: ${reason}`;
}
