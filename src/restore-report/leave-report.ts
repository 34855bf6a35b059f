import type { Buffer } from "node:buffer";
import { createObject, deleteObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import { CONFIG_MAPS } from "../kubernetes/resource.ts";
import {
  formatReport,
  REPORT_PATIENCE,
  reportPlace,
  type Sign,
  stampOf,
  writeReport,
} from "../reports/write-report.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { type ReportedRestore, reportDocument } from "./restore-report.ts";

/** The label of reports that are in the cluster. */
const LABEL = { "app.kubernetes.io/managed-by": "kube-backup", "kube-backup/report": "restore" };

/** Options of {@link leaveReport}. */
export interface LeaveReportOptions {
  report: ReportedRestore;
  /** Where it is left; undefined where nothing is written beside the backup. */
  store: Pick<Store, "beside" | "url"> | undefined;
  client: ApiClient;
  /** The namespace of the program, for where the store takes nothing. */
  namespace: string;
  /** ConfigMaps of reports from before that moment go; all stay where it is undefined. */
  before: Date | undefined;
  /** Reports are not signed by default. */
  sign?: Sign | undefined;
  log: Log;
}

/**
 * Leaves the report of a restore in the store, or where that takes none, in a ConfigMap beside the program. The restore is as
 * good without it: what fails is a warning.
 *
 * @returns where it is, `s3://…/reports/…` or `configmap/NAMESPACE/NAME`; undefined where it is nowhere.
 */
export async function leaveReport(options: LeaveReportOptions): Promise<string | undefined> {
  const { report, store, sign, log } = options;
  const bytes = formatReport(reportDocument(report), sign);
  const place = reportPlace("restore", report);
  const reasons: string[] = [];
  const attempts = [
    ...(store === undefined ? [] : [(signal: AbortSignal) => writeReport(store, { place, bytes }, signal)]),
    (signal: AbortSignal) => inCluster(options, bytes, signal),
  ];
  for (const attempt of attempts) {
    const signal = AbortSignal.timeout(REPORT_PATIENCE);
    try {
      return await attempt(signal);
    } catch (error) {
      // Whatever it is, it must not hide what became of the restore.
      log.debug({ err: error }, "No report of this restore there");
      const why = signal.aborted ? `no answer in ${REPORT_PATIENCE / 1000}s` : "an unexpected error";
      reasons.push(error instanceof OperatorError ? error.message : why);
    }
  }
  log.warn({ backup: report.backup, reason: reasons.join("; ") }, "This restore leaves no report");
  return undefined;
}

async function inCluster(
  { report, client, namespace, before, log }: LeaveReportOptions,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<string> {
  const name = `kube-backup-restore-${stampOf(report.time).toLowerCase()}`;
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: LABEL },
    data: { "report.json": bytes.toString() },
  };
  const key = { namespace, name };
  await createObject(client, { resource: CONFIG_MAPS, key, body: JSON.stringify(body) }, signal);
  try {
    if (before !== undefined) await removeOld({ client, namespace, before }, signal);
  } catch (error) {
    log.debug({ err: error }, "Old reports of restores are not removed");
  }
  return `configmap/${namespace}/${name}`;
}

async function removeOld(
  { client, namespace, before }: { client: ApiClient; namespace: string; before: Date },
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ labelSelector: "kube-backup/report=restore" });
  const path = `/api/v1/namespaces/${namespace}/configmaps?${query}`;
  const { items = [] } = await client.get<{
    items?: { metadata: { name: string; uid: string; creationTimestamp: string } }[];
  }>({ what: "list the reports of restores", path }, signal);
  for (const { metadata } of items) {
    const { name, uid, creationTimestamp } = metadata;
    if (!(new Date(creationTimestamp) < before)) continue;
    await deleteObject(
      client,
      { resource: CONFIG_MAPS, key: { namespace, name }, preconditions: { uid } },
      signal,
    );
  }
}
