import { excludedObjects, totalObjects } from "../archive/format/counts.ts";
import { warningsOf } from "../archive/format/lacking.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { describeNotKept } from "../archive/format/not-kept.ts";
import { describeScope } from "../archive/format/scope.ts";
import { defineCommand } from "../command-line/command.ts";
import { captureOptions, captureScope, OUTPUT_OPTION } from "../command-line/options.ts";
import { readTags } from "../command-line/tag-arguments.ts";
import { withClusterAndStore } from "../command-line/with-cluster-and-store.ts";
import { PartialError } from "../errors.ts";
import { formatBytes } from "../terminal/bytes.ts";
import { formatTable } from "../terminal/table.ts";
import { COMMIT, VERSION } from "../version.ts";

/** `kube-backup backup`: takes one backup now. */
export const backupCommand = defineCommand({
  command: ["backup", "create"],
  describe: "Take one backup now",
  group: "everyday",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .options({
        ...OUTPUT_OPTION,
        ...captureOptions(),
        tag: {
          type: "string",
          array: true,
          requiresArg: true,
          describe: "A tag for this backup, which nothing takes away; with keep it stays for good",
        },
        "take-over": {
          type: "boolean",
          default: false,
          describe: "Also where the newest backup is of another cluster, whose place this one takes",
        },
      })
      .example("$0 backup --s3target s3://my-bucket/blue", "Back the cluster up to a bucket")
      .example(
        "$0 backup --s3target file:///var/backups --context blue",
        "The cluster of a context, to a folder",
      )
      .example("$0 backup --kinds all", "Every kind that the cluster serves")
      .example("$0 backup --tag before-upgrade --tag keep", "With tags; no rule of retention removes it"),
  async handler(context) {
    const { settings, flags, output, log, progress, signal, now } = context;
    const tags = readTags("--tag", flags.tag ?? []);
    const [{ withAll }, { noteOptions }, { readClusterId }] = await Promise.all([
      import("../trust/believed-store.ts"),
      import("../command-line/note-options.ts"),
      import("../cluster/objects.ts"),
    ]);
    const [{ takeBackup }, { sweepLeftOvers }, { clockWarning }, { warnOfMissingFlag }, { rejectStranger }] =
      await Promise.all([
        import("../backup/take-backup.ts"),
        import("../backup/left-overs.ts"),
        import("../restore-gate/warn-of-clock.ts"),
        import("../restore-gate/missing-flag.ts"),
        import("./strangers.ts"),
      ]);
    const taken = await withClusterAndStore(context, async ({ client, store }) => {
      const { clusterName } = settings;
      if (flags["take-over"] !== true) await rejectStranger({ client, store, log, now, clusterName }, signal);
      await store.prepare(signal);
      const program = { version: VERSION, commit: COMMIT };
      // Beside the backup, which it neither delays nor touches. An abort is the backup's to report.
      const sweeping = sweepLeftOvers({ store, log }, signal).catch(() => undefined);
      const stage = progress({ title: "Backing up", unit: "objects" });
      let stored: string | undefined;
      const told = {
        onObjects: (objects: number) => stage.advance(objects),
        onStored: (name: string) => {
          stored = name;
        },
      };
      try {
        const taken = await takeBackup(
          {
            ...{ client, store: withAll(store), ...captureScope(settings), program, tags, now, log, ...told },
            notes: noteOptions({ settings, store, cluster: await readClusterId(client, signal), log, now }),
            recipients: settings.ageRecipients,
          },
          signal,
        );
        stage.end();
        await warnOfMissingFlag({ client, log }, signal);
        return taken;
      } catch (error) {
        if (signal.aborted) log.warn(describeInterrupted(stored));
        throw error;
      } finally {
        stage.end();
        await sweeping;
        clockWarning({ store, log })();
      }
    });
    const { name, size, manifest } = taken;
    output.show({
      json: {
        name,
        time: manifest.time,
        sizeBytes: size,
        objects: totalObjects(manifest),
        revision: manifest.revision,
        oneMoment: manifest.oneMoment,
        tags: manifest.tags ?? [],
        scope: manifest.scope ?? null,
        kinds: manifest.counts,
        missing: manifest.missing,
        excluded: manifest.excluded,
        warnings: warningsOf(manifest),
        notKept: manifest.notKept ?? [],
        leftOut: (manifest.leftOut ?? []).map(({ resource, objects, why }) => ({
          resource,
          objects,
          reason: why,
        })),
      },
      text: () => [
        ...formatTable({
          columns: [{ title: "KIND" }, { title: "OBJECTS", align: "right" }],
          rows: Object.entries(manifest.counts).map(([kind, count]) => [kind, String(count)]),
        }),
        ...describeNotKept(manifest.notKept),
        `${name} stored, ${formatBytes(size)}, ${manifest.oneMoment ? "all of one moment" : "not all of one moment"}${describeExcluded(manifest)}${tagsText(manifest.tags)}`,
      ],
    });
    if (manifest.missing.length > 0) {
      const missing = manifest.missing.map(({ resource, reason }) => `${resource}: ${reason}`);
      throw new PartialError(`Cannot back up everything: ${missing.join("; ")}`, {
        advice: `${name} holds all else. Mend what is missing, or take it out of KINDS`,
      });
    }
  },
});

function tagsText(tags: Manifest["tags"]): string {
  return tags === undefined ? "" : `, tagged ${tags.join(", ")}`;
}

function describeExcluded(manifest: Pick<Manifest, "excluded" | "scope">): string {
  const count = excludedObjects(manifest);
  const left = count === 0 ? "" : `, ${count} left out by a label`;
  const partial = describeScope(manifest);
  return partial === undefined ? left : `${left}: ${partial}`;
}

/** What an interrupted backup leaves in the store. */
function describeInterrupted(stored: string | undefined): string {
  return stored === undefined
    ? "Ended before it was done: nothing of this backup is in the store"
    : `${stored} is stored, and was not read back for a check`;
}
