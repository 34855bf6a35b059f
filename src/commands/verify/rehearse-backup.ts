import { randomBytes } from "node:crypto";
import type { OpenBackup } from "../../catalog/open-backup.ts";
import { backupOfMoment } from "../../change-log/replay/moment-name.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { clusterHere } from "../../command-line/cluster-here.ts";
import type { CommandContext } from "../../command-line/command.ts";
import type { RehearsalReport, RehearsedItem } from "../../rehearse/rehearsal-report.ts";
import type { Store } from "../../store/contract/store.ts";
import { recordRehearsal } from "./record-rehearsal.ts";
import { rehearsalEnding } from "./rehearsal-ending.ts";
import { describeRehearsal } from "./rehearsal-text.ts";
import { openVerified } from "./verify-backups.ts";

/** Which backup, and where. */
interface RehearsedBackup {
  client: ApiClient;
  store: Store;
  name: string;
  /** Whether a report is left in the store. */
  leavesReport: boolean;
}

/** What is rehearsed that is open. */
interface RehearsedArchive {
  client: ApiClient;
  opened: Pick<OpenBackup, "archive" | "close">;
  /** Where a report is left; a report is of a backup, and none of a moment between two. */
  reportTo?: Store | undefined;
}

/** Verifies a backup and rehearses its restore. */
export async function rehearseBackup(
  context: Pick<CommandContext, "settings" | "log" | "output" | "progress" | "signal" | "now">,
  { client, store, name, leavesReport }: RehearsedBackup,
): Promise<void> {
  const { progress, signal } = context;
  const opened = await openVerified({ store, name, progress }, signal);
  await rehearseOpened(context, { client, opened, reportTo: leavesReport ? store : undefined });
}

/** Rehearses the restore of what is open, and closes it. */
export async function rehearseOpened(
  context: Pick<CommandContext, "settings" | "log" | "output" | "progress" | "signal" | "now">,
  { client, opened: { archive, close }, reportTo: store }: RehearsedArchive,
): Promise<void> {
  const { log, output, progress, signal } = context;
  const { rehearse } = await import("../../rehearse/rehearse.ts");
  const name = backupOfMoment(archive.name);
  try {
    const cluster = await clusterHere(client, context.settings, signal);
    const objects = Object.values(archive.manifest.counts).reduce((sum, count) => sum + count, 0);
    log.info(
      { backup: name, cluster: cluster.context, objects },
      "Rehearsing the restore: nothing is changed",
    );
    const stage = progress({ title: "Rehearsing", unit: "objects", total: objects });
    let report: RehearsalReport;
    try {
      const random = () => randomBytes(8).toString("hex");
      const { keepKubeSystem } = context.settings;
      const onObject = ({ verdict }: RehearsedItem) => {
        if (verdict === "refused") stage.fail();
        stage.advance(1);
      };
      report = await rehearse({ client, archive, log, random, keepKubeSystem, onObject }, signal);
    } finally {
      stage.end();
    }
    const [refused, missed] = [report.total("refused"), report.total("notAsked")];
    const summary = {
      ...{ objects, accepted: report.total("accepted"), refused, notAsked: missed },
      afterDefinition: report.definedFirst,
    };
    const kinds = report.byKind();
    const { manifestSha256 } = archive;
    const record = { backup: name, manifestSha256, cluster, summary, kinds };
    if (store !== undefined) await recordRehearsal(context, { store, record });
    output.show({
      json: {
        backup: name,
        cluster,
        summary,
        kinds,
        items: report.items.map(({ verdict, reason, advice, unserved: _, definitionFirst, ...item }) => ({
          ...item,
          namespace: item.namespace ?? null,
          outcome: verdict,
          reason: reason ?? null,
          advice: advice ?? null,
          afterDefinition: definitionFirst === true,
        })),
        notes: report.notes,
        missingReferences: report.unmet,
      },
      text: () => describeRehearsal({ name, cluster, report }),
    });
    const ending = rehearsalEnding({
      backup: name,
      objects,
      refused,
      missed: report.unresolved,
      unmet: report.unmet,
    });
    if (ending !== undefined) throw ending;
  } finally {
    await close();
  }
}
