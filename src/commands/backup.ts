import { formatBytes } from "../terminal/bytes.ts";
import { formatTable } from "../terminal/table.ts";
import { COMMIT, VERSION } from "../version.ts";
import { defineCommand } from "./context.ts";
import { OUTPUT_OPTION } from "./options.ts";
import { withClusterAndStore } from "./with-cluster-and-store.ts";

/** `kube-backup backup`: takes one backup now. */
export const backupCommand = defineCommand({
  command: "backup",
  describe: "Take one backup now",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .options(OUTPUT_OPTION)
      .example("$0 backup --s3target s3://my-bucket/blue", "Back the cluster up to a bucket")
      .example(
        "$0 backup --s3target file:///var/backups --context blue",
        "The cluster of a context, to a folder",
      ),
  async handler(context) {
    const { output, log, signal, now } = context;
    const [{ takeBackup }, { DEFAULT_RESOURCES }] = await Promise.all([
      import("../backup/take-backup.ts"),
      import("../objects/kinds.ts"),
    ]);
    const taken = await withClusterAndStore(context, ({ client, store }) => {
      const program = { version: VERSION, commit: COMMIT };
      return takeBackup({ client, store, resources: DEFAULT_RESOURCES, program, now, log }, signal);
    });
    const { name, size, manifest } = taken;
    output.show({
      json: {
        name,
        time: manifest.time,
        sizeBytes: size,
        revision: manifest.revision,
        oneMoment: manifest.oneMoment,
        counts: manifest.counts,
        warnings: manifest.warnings,
      },
      text: () =>
        `${formatTable({
          columns: [{ title: "KIND" }, { title: "OBJECTS", align: "right" }],
          rows: Object.entries(manifest.counts).map(([kind, count]) => [kind, String(count)]),
        })}\n${name} stored, ${formatBytes(size)}, ${manifest.oneMoment ? "all of one moment" : "not all of one moment"}`,
    });
  },
});
