import type { OpenBackup } from "../../catalog/open-backup.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { CommandContext } from "../../command-line/command.ts";
import type { Store } from "../../store/contract/store.ts";
import { conductRehearsal } from "./conduct-rehearsal.ts";
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
interface RehearsedOpen {
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
  { client, opened: { archive, close }, reportTo }: RehearsedOpen,
): Promise<void> {
  const { output } = context;
  try {
    const conducted = await conductRehearsal(context, { client, archive, reportTo });
    const { name, cluster, report, summary, kinds } = conducted;
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
      objects: summary.objects,
      refused: summary.refused,
      missed: report.unresolved,
      unmet: report.unmet,
    });
    if (ending !== undefined) throw ending;
  } finally {
    await close();
  }
}
