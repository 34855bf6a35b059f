/** The report that a restore of the gate leaves. */

import { backupOfMoment } from "../change-log/replay/moment-name.ts";
import { readUserName } from "../cluster/access-review.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { clusterHere } from "../command-line/cluster-here.ts";
import { OperatorError } from "../errors.ts";
import { OUTCOMES } from "../restore/report/report.ts";
import type { GateRestored } from "../restore-gate/gate-options.ts";
import { leaveReport } from "../restore-report/leave-report.ts";
import { keepReportsOf } from "../settings/retention.ts";
import type { Settings } from "../settings/settings.ts";
import { signMessage } from "../signatures/sshsig.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { momentBefore } from "../time/calendar-length.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import { COMMIT, VERSION } from "../version.ts";

/** Where the report is left, and by whom. */
interface GateReportOptions {
  settings: Settings;
  client: ApiClient;
  store: Store;
  /** Who this process is in a Lease. */
  identity: string;
  log: Log;
  now: () => Date;
}

/** Leaves the report of a restore that the gate has done. What keeps it from that is a warning. */
export async function reportGateRestore(
  { settings, client, store, identity, log, now }: GateReportOptions,
  { archive, report, begun }: GateRestored,
  signal: AbortSignal,
): Promise<void> {
  const { signingKey } = settings;
  const ended = now();
  const keep = keepReportsOf(settings);
  try {
    const [cluster, user] = await Promise.all([
      clusterHere(client, settings, signal),
      readUserName(client, signal),
    ]);
    const summary = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, report.total(outcome)]));
    const where = await leaveReport({
      report: {
        backup: backupOfMoment(archive.name),
        store: store.url,
        manifestSha256: archive.manifestSha256,
        by: { trigger: "gate", user: user ?? null, process: identity, program: `${VERSION} ${COMMIT}` },
        cluster,
        begun: rfc3339(begun),
        time: rfc3339(ended),
        request: {
          ...{ whole: true, namespaces: null, namespaceMapping: {} },
          ...{ existing: "skip", restoreStatus: false, prune: false },
        },
        paused: false,
        transformed: [],
        outcome: report.failures.length + report.unmet.length > 0 ? "partial" : "done",
        reason: null,
        summary: { ...summary, deleted: 0 },
        kinds: report.byKind(),
        failures: report.failures.map((item) => ({
          resource: item.resource,
          kind: item.kind,
          namespace: item.namespace ?? null,
          name: item.name,
          reason: item.reason ?? null,
        })),
        notes: report.notes,
        missingReferences: report.unmet,
        flagWritten: true,
      },
      store,
      client,
      namespace: settings.programNamespace,
      before: keep && momentBefore(ended, keep),
      sign: signingKey && ((text) => signMessage(text, signingKey)),
      log,
    });
    if (where !== undefined) log.info({ report: where }, "This restore has left a report");
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError)) throw error;
    log.warn({ backup: archive.name, reason: error.message }, "This restore leaves no report");
  }
}
