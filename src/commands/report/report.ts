import { readMoment } from "../../command-line/backup-argument.ts";
import { defineCommand } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { OUTPUT_OPTION } from "../../command-line/options.ts";
import { UsageError } from "../../errors.ts";
import { formatTable } from "../../terminal/table.ts";

/** `kube-backup report`: what was done with the backups of a store, day by day. */
export const reportCommand = defineCommand({
  command: "report",
  describe: "Show day by day which backups were taken, missed, verified, rehearsed and restored",
  group: "care",
  needs: ["s3target"],
  clusterless: true,
  paged: true,
  builder: (yargs) =>
    yargs
      .options({
        output: { ...OUTPUT_OPTION.output, choices: ["table", "json", "html"] },
        since: {
          type: "string",
          requiresArg: true,
          default: "90d",
          describe: "From this time on: 90d for so long ago, 2026-01-31, 2026-01-31T12:00:00Z",
        },
        until: { type: "string", requiresArg: true, describe: "Up to this time; now by default" },
      })
      .example("$0 report --since 90d -o html > report.html", "One page, for whoever audits the backups")
      .example("$0 report --since 30d", "The last month as a table"),
  async handler(context) {
    const { settings, flags, output, signal, now } = context;
    const reading = context.reading();
    const from = readMoment("--since", flags.since, { ...reading, dates: "start" }).moment;
    const until = flags.until === undefined ? now() : readMoment("--until", flags.until, reading).moment;
    if (from > until) throw new UsageError([`--since ${flags.since} is later than --until`]);
    const [{ gatherHistory }, { dayCells, describeTotal, REPORT_COLUMNS, storeReport }] = await Promise.all([
      import("../../audit/gather-history.ts"),
      import("./store-report.ts"),
    ]);
    const store = await openConfiguredStore({ ...context, seesAll: true });
    try {
      const signers = settings.unsigned ? undefined : settings.allowedSigners;
      const history = await gatherHistory({ store, from, until, signers }, signal);
      const report = storeReport(history, { store: store.url, from, until });
      if (flags.output === "html") {
        const { reportHtml } = await import("./report-html.ts");
        output.document(reportHtml(report));
        return;
      }
      output.show({
        json: { ...report },
        text: () => [
          ...formatTable({
            columns: REPORT_COLUMNS,
            rows: report.days.map(dayCells),
            width: output.width,
          }),
          ...describeTotal(report).map(({ text }) => text),
        ],
      });
    } finally {
      await store.close();
    }
  },
});
