/** The report that a restore by hand leaves. */

import type { Archive } from "../../archive/reader.ts";
import { backupOfMoment } from "../../change-log/replay/moment-name.ts";
import { readUserName } from "../../cluster/access-review.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { type ClusterHere, clusterHere } from "../../command-line/cluster-here.ts";
import type { CommandContext } from "../../command-line/command.ts";
import type { Leases } from "../../command-line/leases.ts";
import { PartialError } from "../../errors.ts";
import type { UnmetReference } from "../../restore/report/unmet-references.ts";
import { leaveReport } from "../../restore-report/leave-report.ts";
import type { ReportedOutcome } from "../../restore-report/restore-report.ts";
import { keepReportsOf } from "../../settings/retention.ts";
import { signMessage } from "../../signatures/sshsig.ts";
import type { Store } from "../../store/contract/store.ts";
import { momentBefore } from "../../time/calendar-length.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import type { ChangeSurvey } from "../../transform/survey-changes.ts";
import { COMMIT, VERSION } from "../../version.ts";
import { resultOf } from "./restore-json.ts";
import type { RestoreRequest } from "./restore-request.ts";
import type { RestoreScope } from "./scope.ts";
import type { RestoreTally } from "./tally.ts";

/** A restore whose report is left. */
export interface ReportedParts {
  context: CommandContext<object, "s3target">;
  client: ApiClient;
  store: Store;
  archive: Archive;
  request: RestoreRequest;
  scope: RestoreScope;
  transformed: ChangeSurvey["transformed"];
  tally: RestoreTally;
  leases: Leases;
}

/** Who restores where, as it was before anything was written. */
export interface RestoreBegin {
  begun: Date;
  cluster: ClusterHere;
  user: string | undefined;
}

/** Asks who restores where. Nothing depends on it but the report: of a dry run, which leaves none, nobody asks who. */
export async function beginOf({
  context,
  client,
  request,
}: Pick<ReportedParts, "context" | "client" | "request">): Promise<RestoreBegin> {
  const { settings, signal, now } = context;
  const [cluster, user] = await Promise.all([
    clusterHere(client, settings, signal),
    request.dryRun === undefined ? readUserName(client, signal) : undefined,
  ]);
  return { begun: now(), cluster, user };
}

/** How a restore ended. */
export interface RestoreEnd {
  notes: readonly string[];
  unmet: readonly UnmetReference[];
  flagWritten: boolean;
  /** With what it ended; undefined where all is well. */
  error: unknown;
}

/**
 * Leaves the report of a restore; none of a dry run, and of one that has tried nothing.
 *
 * @returns where it is; undefined where it is nowhere.
 */
export async function reportRestore(
  { context, client, store, archive, request, scope, transformed, tally, leases }: ReportedParts,
  { begun, cluster, user }: RestoreBegin,
  { notes, unmet, flagWritten, error }: RestoreEnd,
): Promise<string | undefined> {
  const { settings, log, now, signal } = context;
  const result = resultOf(tally);
  const tried = Object.values(result.summary).some((count) => count > 0);
  if (request.dryRun !== undefined || !tried) return undefined;
  const ended = now();
  const keep = keepReportsOf(settings);
  const { signingKey } = settings;
  // Beside a file that somebody has somewhere, nothing is written; nor where backups are that were removed.
  const isStore = request.choice.place === undefined || settings.s3target.kind === "s3";
  return await leaveReport({
    report: {
      backup: backupOfMoment(archive.name),
      store: store.url,
      manifestSha256: archive.manifestSha256,
      by: {
        trigger: "command",
        user: user ?? null,
        process: leases.identity,
        program: `${VERSION} ${COMMIT}`,
      },
      cluster,
      begun: rfc3339(begun),
      time: rfc3339(ended),
      request: {
        whole: scope.whole,
        namespaces: [...scope.namespaces].sort(),
        namespaceMapping: Object.fromEntries(scope.namespaceMapping),
        existing: request.existing,
        restoreStatus: request.restoreStatus,
        prune: request.prune,
      },
      paused: request.paused,
      transformed,
      outcome: outcomeOf(error, signal),
      reason: error instanceof Error ? error.message : null,
      ...result,
      notes,
      missingReferences: unmet,
      flagWritten,
    },
    store: isStore && !request.deleted ? store : undefined,
    client,
    namespace: settings.programNamespace,
    before: keep && momentBefore(ended, keep),
    sign: signingKey && ((text) => signMessage(text, signingKey)),
    log,
  });
}

function outcomeOf(error: unknown, signal: AbortSignal): ReportedOutcome {
  if (error === undefined) return "done";
  if (signal.aborted) return "interrupted";
  return error instanceof PartialError ? "partial" : "failed";
}
