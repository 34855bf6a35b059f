import type { Archive } from "../archive/reader.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import { keptSystemObjects, SYSTEM_NAMESPACE, type SystemTerm } from "../objects/kept-system-objects.ts";
import type { Selection } from "../selection/selection.ts";
import type { Log } from "../terminal/log/log.ts";
import { AdaptiveConcurrency } from "./concurrency/adaptive-concurrency.ts";
import { FieldManagerRestorer } from "./field-managers/restore-field-managers.ts";
import { CRD_RESOURCE } from "./live/crd-facts.ts";
import { readExcludedNamespaces } from "./live/excluded-namespaces.ts";
import { ServedResources } from "./live/served-resources.ts";
import { CRD_TIMEOUT } from "./live/wait-for-crds.ts";
import { DELETION_TIMEOUT } from "./live/wait-for-deletion.ts";
import { noteBackup, noteClaims } from "./notes.ts";
import { type DryRun, writerFor } from "./object/cluster-writer.ts";
import type { ExistingPolicy } from "./object/existing-policy.ts";
import { StatusWriter } from "./object/status-writer.ts";
import { OwnerUids } from "./owners/owner-uids.ts";
import { type RestoredItem, RestoreReport } from "./report/report.ts";
import { isAdmission, stagesOf } from "./rounds/order.ts";
import { restoreCrds } from "./rounds/restore-crds.ts";
import { restoreNamespaces } from "./rounds/restore-namespaces.ts";
import { RETRY_FOR, retryRounds } from "./rounds/retry-rounds.ts";
import type { RoundContext } from "./rounds/round-context.ts";
import { restoreStage } from "./rounds/stage.ts";
import { WaitingObjects } from "./rounds/waiting-objects.ts";
import { ArchivedObjects } from "./source/archived-objects.ts";

/** What a restore needs. */
export interface RestoreOptions {
  client: ApiClient;
  /** The backup, which has been verified. */
  archive: Archive;
  /** Which of the backup's objects; all by default. */
  selection?: Selection | undefined;
  /** Namespaces of the backup, and the names under which they are restored; checked. */
  namespaceMapping?: ReadonlyMap<string, string> | undefined;
  /** What becomes of an object that exists and differs; `skip` by default. */
  existing?: ExistingPolicy | undefined;
  /** Stores nothing: `server` has the API server judge each write, `client` only compares what exists. */
  dryRun?: DryRun;
  /** Whether the status of custom resources is restored, where status is a subresource; not by default. */
  restoreStatus?: boolean | undefined;
  /** How long each object that is being deleted is waited for, in milliseconds; half a minute by default. */
  deletionTimeout?: number | undefined;
  /** How long restored CRDs are waited for until they are served, in milliseconds; half a minute by default. */
  crdTimeout?: number | undefined;
  /** How long what is refused is retried while no object passes, in milliseconds; some minutes by default. */
  retryFor?: number | undefined;
  /** Whether a run before this one, of the same restore, was interrupted. */
  resumed?: boolean | undefined;
  /** Single objects of kube-system that are restored where the backup has them; none by default. */
  keepKubeSystem?: readonly SystemTerm[] | undefined;
  /** Called with each object that is done. */
  onObject?: ((item: RestoredItem) => void) | undefined;
  log: Log;
}

/**
 * Restores what is selected of an archive, all of it by default. An object that exists is left as it is and
 * counted, unless the policy says otherwise: a restore is idempotent, and one that was killed can be run again.
 *
 * 1. Namespaces come first.
 * 2. The other resources follow stage by stage, each after what it needs: CRDs, which are waited for until they are
 *    served; built-in resources; custom resources; and last admission, so that it does not judge earlier objects.
 * 3. Objects with owners wait until their owners exist, and objects that were refused for a reason that passes by
 *    itself are retried for as long as `retryFor`.
 *
 * The report has what the API server refuses of single objects. What ends the whole restore is thrown: the API
 * server is away, the archive is damaged, the signal aborts.
 *
 * @throws {OperatorError} before anything is written, where the selection selects nothing.
 */
export async function restoreArchive(options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
  const { client, archive, log, existing = "skip", resumed = false } = options;
  const { crdTimeout = CRD_TIMEOUT, deletionTimeout = DELETION_TIMEOUT, retryFor = RETRY_FOR } = options;
  const { selection, namespaceMapping, restoreStatus = false } = options;
  const writer = writerFor(client, options.dryRun);
  const withStatus = restoreStatus && writer.stores;
  const source = new ArchivedObjects({
    archive,
    selection,
    namespaceMapping,
    withStatus,
    keeps: keptSystemObjects(options.keepKubeSystem),
  });
  const inUse = source.whole ? undefined : await source.inUse(signal);
  if (inUse?.any === false) {
    throw new OperatorError(`Cannot restore: nothing in ${archive.name} is selected`, {
      advice: "Check namespaces, kinds, names and selectors; a selector must fit labels as they were then",
    });
  }
  const report = new RestoreReport(options.onObject, archive.manifest.resources);
  noteBackup(source, { report, log, writer });
  const served = await ServedResources.discover(client, signal);
  const ownerUids = new OwnerUids(client, served);
  const inFlight = new AdaptiveConcurrency(client.traffic);
  const context: RoundContext = {
    client,
    writer,
    report,
    log,
    source,
    served,
    ownerUids,
    inFlight,
    existing,
    resumed,
    deletionTimeout,
    fieldManagers: new FieldManagerRestorer(client, report),
    statuses: withStatus ? new StatusWriter(client, report) : undefined,
    waiting: new WaitingObjects({ ownerUids, report, inFlight }),
    namespacesBefore: new Set(source.holdsSystemObjects ? [SYSTEM_NAMESPACE] : []),
    excludedNamespaces: await readExcludedNamespaces(client, signal),
    crds: new Set(),
  };
  await restoreNamespaces(context, (signal) => source.namespaces(inUse?.namespaces, signal), signal);
  for (const stage of stagesOf(source.resourceNames())) {
    // An admission webhook must find what serves the webhook, and judges no object that existed before it.
    if (stage.some(isAdmission)) await context.waiting.restoreOwned(signal);
    if (stage.includes(CRD_RESOURCE)) await restoreCrds(context, crdTimeout, signal);
    else await restoreStage(context, stage, signal);
    log.debug({ resources: stage, created: report.total("created") }, "Restored");
  }
  await retryRounds(context.waiting, { log, retryFor }, signal);
  context.fieldManagers.note();
  context.statuses?.note();
  noteClaims(report, writer);
  report.notes.push(...source.namespaceNotes());
  return report;
}
