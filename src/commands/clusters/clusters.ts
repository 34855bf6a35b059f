import { defineCommand } from "../../command-line/command.ts";
import { asConfigured, storeOptions } from "../../command-line/open-configured-store.ts";
import { OUTPUT_OPTION } from "../../command-line/options.ts";
import { OperatorError } from "../../errors.ts";
import { formatTable } from "../../terminal/table.ts";
import { CLUSTER_COLUMNS, clusterCells, clusterRow, describeStaleClusters } from "./cluster-row.ts";

const MINUTE = 60_000;

/** `kube-backup clusters`: the newest backup of each store below a bucket, a prefix or a folder. */
export const clustersCommand = defineCommand({
  command: "clusters [PLACE]",
  describe: "Show the newest backup of each cluster whose store is below a bucket",
  group: "care",
  needs: ["s3target"],
  storeWord: ({ PLACE }) => PLACE,
  clusterless: true,
  paged: true,
  builder: (yargs) =>
    yargs
      .positional("PLACE", {
        describe:
          "Where the stores are: s3://my-bucket, s3://my-bucket/prefix or file:///folder; S3TARGET by default",
        type: "string",
      })
      .options(OUTPUT_OPTION)
      .example("$0 clusters s3://my-bucket", "Each cluster that is backed up to this bucket")
      .example("$0 clusters s3://my-bucket/production -o json", "Those below a prefix, for a script"),
  async handler(context) {
    const { settings, output, log, signal, now } = context;
    const [{ openPlaces }, { lookAtPlaces }] = await Promise.all([
      import("../../store/open-places.ts"),
      import("../../catalog/look-at-places.ts"),
    ]);
    const places = await openPlaces(storeOptions(context));
    try {
      const asOf = now();
      const view = (store: Parameters<typeof asConfigured>[0]) => asConfigured(store, { settings, log, now });
      const looks = lookAtPlaces({ stores: places.stores(signal), view, now: asOf }, signal);
      const { maxRestoreAgeMinutes } = settings;
      const maxRestoreAge = maxRestoreAgeMinutes === undefined ? undefined : maxRestoreAgeMinutes * MINUTE;
      const rows = (
        await Array.fromAsync(looks, (look) => clusterRow(look, { now: asOf, maxRestoreAge }))
      ).sort((one, other) => (one.store < other.store ? -1 : 1));
      output.show({
        json: { store: places.url, clusters: rows },
        text: () =>
          rows.length === 0
            ? [`No backups in ${places.url}, nor in what is below it`]
            : formatTable({ columns: CLUSTER_COLUMNS, rows: rows.map(clusterCells), width: output.width }),
      });
      const stale = describeStaleClusters(rows);
      if (stale !== undefined) throw new OperatorError(`Cannot rely on all backups: ${stale}`);
    } finally {
      await places.close();
    }
  },
});
