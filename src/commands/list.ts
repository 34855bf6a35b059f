import type { StoredBackup } from "../store/store.ts";
import { formatBytes } from "../terminal/bytes.ts";
import { formatAge } from "../terminal/duration.ts";
import { formatTable } from "../terminal/table.ts";
import { defineCommand } from "./context.ts";
import { openSettingsStore } from "./open-settings-store.ts";
import { OUTPUT_OPTION } from "./options.ts";

/** `kube-backup list`: the backups in the store, the newest last. */
export const listCommand = defineCommand({
  command: "list",
  describe: "List the backups, the newest last",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .options(OUTPUT_OPTION)
      .example("$0 list --s3target s3://my-bucket/blue", "Backups under a prefix")
      .example("$0 list -o json", "The same for a script: [{name, time, ageSeconds, sizeBytes}]"),
  async handler(context) {
    const { output, signal, now } = context;
    const store = await openSettingsStore(context);
    try {
      const backups: StoredBackup[] = [];
      for await (const backup of store.list({}, signal)) backups.push(backup);
      const asOf = now();
      output.show({
        json: backups.map((backup) => ({
          name: backup.name,
          time: backup.time.toISOString(),
          ageSeconds: Math.floor(age(backup, asOf) / 1000),
          sizeBytes: backup.size,
        })),
        text: () => (backups.length === 0 ? `No backups in ${store.url}` : table(backups, asOf)),
      });
    } finally {
      await store.close();
    }
  },
});

function table(backups: readonly StoredBackup[], asOf: Date): string {
  return formatTable({
    columns: [
      { title: "BACKUP" },
      { title: "TIME (UTC)" },
      { title: "AGE" },
      { title: "SIZE", align: "right" },
    ],
    rows: backups.map((backup) => [
      backup.name,
      backup.time.toISOString().slice(0, 19).replace("T", " "),
      formatAge(age(backup, asOf)),
      formatBytes(backup.size),
    ]),
  });
}

function age({ time }: StoredBackup, asOf: Date): number {
  return asOf.getTime() - time.getTime();
}
