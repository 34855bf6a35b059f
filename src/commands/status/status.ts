import { describeStale } from "../../catalog/freshness.ts";
import { defineCommand } from "../../command-line/command.ts";
import { OUTPUT_OPTION } from "../../command-line/options.ts";
import { openSecondStore } from "../../command-line/second-store.ts";
import { withClusterAndStore } from "../../command-line/with-cluster-and-store.ts";
import { OperatorError } from "../../errors.ts";
import { statusJson, statusLines } from "./status-text.ts";

/** `kube-backup status`: shows what the gate and the loop would do. Changes nothing. */
export const statusCommand = defineCommand({
  command: "status",
  describe: "Show the flag, the newest backup, what the gate would decide and when the next backup is due",
  group: "care",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .options(OUTPUT_OPTION)
      .example("$0 status --s3target s3://my-bucket/blue --frequency 15 --max-restore-age 1440", "All of it"),
  async handler(context) {
    const { output, log, signal, now } = context;
    const [{ clockWarning }, { gatherStatus }, { describeMissingFlag }, { describeOtherStore }] =
      await Promise.all([
        import("../../restore-gate/warn-of-clock.ts"),
        import("./gather-status.ts"),
        import("../../restore-gate/missing-flag.ts"),
        import("../../restore-gate/no-restore.ts"),
      ]);
    await withClusterAndStore(context, async ({ client, store }) => {
      const { settings } = context;
      const { copyTo } = settings;
      const second = copyTo && (await openSecondStore({ settings: { ...settings, copyTo }, log, now }));
      const status = await gatherStatus({ ...context, client, store, second }, signal).finally(() =>
        second?.close(),
      );
      clockWarning({ store, log })();
      const warnings = [
        describeMissingFlag(status.flag.state),
        describeOtherStore(status.flag.facts, {
          today: store.url,
          programNamespace: context.settings.programNamespace,
        }),
      ].filter((warning) => warning !== undefined);
      for (const { message, advice } of warnings) log.warn({ advice }, message);
      const stale = describeStale(status.newest, status.freshness);
      const asOf = now();
      output.show({
        json: statusJson(status, { asOf, stale }),
        text: () => statusLines(status, asOf),
      });
      if (stale !== undefined) throw new OperatorError(`Cannot rely on the backups: ${stale}`);
    });
  },
});
