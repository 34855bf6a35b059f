import { defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { UsageError } from "../../errors.ts";
import { canAsk } from "../../terminal/confirm.ts";
import { restoreFlags } from "./flags.ts";

/** `kube-backup restore`: restores a backup manually, completely or in part, with or without the flag. */
export const restoreCommand = defineCommand({
  command: "restore [words..]",
  usage: "restore [BACKUP] [KIND[,KIND…] [NAME…]]",
  describe: "Restore a backup, or some of its objects, into the cluster",
  group: "everyday",
  needs: ["s3target"],
  backupWords: ({ words = [], backup, "dry-run": dryRun }) => [backup, ...words, dryRun],
  builder: restoreFlags,
  async handler(context) {
    const { readRestoreOptions } = await import("./restore-request.ts");
    const request = readRestoreOptions(context.flags, context.reading());
    if (!request.yes && request.dryRun === undefined && !canAsk()) {
      throw new UsageError(["There is no terminal to ask on: add --yes to restore without a question"]);
    }
    const { restoreManually } = await import("./manual-restore.ts");
    await restoreManually(inPlace(context, request.choice), request);
  },
});
