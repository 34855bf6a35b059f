import { randomBytes } from "node:crypto";
import type { Archive } from "../../archive/reader.ts";
import { backupOfMoment } from "../../change-log/replay/moment-name.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { type ClusterHere, clusterHere } from "../../command-line/cluster-here.ts";
import type { CommandContext } from "../../command-line/command.ts";
import type { RehearsalReport, RehearsedItem } from "../../rehearse/rehearsal-report.ts";
import type { Store } from "../../store/contract/store.ts";
import { type RehearsalRecord, recordRehearsal } from "./record-rehearsal.ts";

/** What is rehearsed, and where. */
export interface RehearsedArchive {
  client: ApiClient;
  archive: Archive;
  /** Where a report is left; a report is of a backup, and none of a moment between two. */
  reportTo?: Store | undefined;
  /** Awaited before each object. */
  turn?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/** A rehearsal that came to a result. */
export interface ConductedRehearsal extends Pick<RehearsalRecord, "summary"> {
  name: string;
  cluster: ClusterHere;
  report: RehearsalReport;
  kinds: ReturnType<RehearsalReport["byKind"]>;
  /** Whether a report of it is in the store. */
  isRecorded: boolean;
}

/** Rehearses the restore of what is open, and leaves a report of it. */
export async function conductRehearsal(
  context: Pick<CommandContext, "settings" | "log" | "progress" | "signal" | "now">,
  { client, archive, reportTo: store, turn }: RehearsedArchive,
): Promise<ConductedRehearsal> {
  const { log, progress, signal, settings } = context;
  const { rehearse } = await import("../../rehearse/rehearse.ts");
  const name = backupOfMoment(archive.name);
  const cluster = await clusterHere(client, settings, signal);
  const objects = Object.values(archive.manifest.counts).reduce((sum, count) => sum + count, 0);
  log.info({ backup: name, cluster: cluster.context, objects }, "Rehearsing the restore: nothing is changed");
  const stage = progress({ title: "Rehearsing", unit: "objects", total: objects });
  let report: RehearsalReport;
  try {
    const random = () => randomBytes(8).toString("hex");
    const onObject = ({ verdict }: RehearsedItem) => {
      if (verdict === "refused") stage.fail();
      stage.advance(1);
    };
    const { keepKubeSystem } = settings;
    report = await rehearse({ client, archive, log, random, keepKubeSystem, turn, onObject }, signal);
  } finally {
    stage.end();
  }
  const summary = {
    ...{ objects, accepted: report.total("accepted"), refused: report.total("refused") },
    ...{ notAsked: report.total("notAsked"), afterDefinition: report.definedFirst },
  };
  const kinds = report.byKind();
  const record = { backup: name, manifestSha256: archive.manifestSha256, cluster, summary, kinds };
  const isRecorded = store !== undefined && (await recordRehearsal(context, { store, record }));
  return { name, cluster, report, summary, kinds, isRecorded };
}
