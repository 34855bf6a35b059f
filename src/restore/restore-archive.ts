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
import { noteClaims, noteNeverBackedUp } from "./notes.ts";
import { type DryRun, writerFor } from "./object/cluster-writer.ts";
import type { ExistingPolicy } from "./object/existing-policy.ts";
import type { Revert } from "./object/restore-context.ts";
import { StatusWriter } from "./object/status-writer.ts";
import { OwnerReferenceWriter } from "./owners/owner-reference-writer.ts";
import { OwnerUids } from "./owners/owner-uids.ts";
import { rebindVolumes } from "./rebind-volumes.ts";
import { type RestoredItem, RestoreReport } from "./report/report.ts";
import { isAdmission } from "./rounds/order.ts";
import { restorePass } from "./rounds/pass.ts";
import { readArchivedOrder } from "./rounds/pass-facts.ts";
import { passesOf } from "./rounds/passes.ts";
import { QUOTAS } from "./rounds/quota-counts.ts";
import { restoreCrds } from "./rounds/restore-crds.ts";
import { restoreNamespaces } from "./rounds/restore-namespaces.ts";
import { RETRY_FOR, retryDenied, retryRounds } from "./rounds/retry-rounds.ts";
import type { RoundContext } from "./rounds/round-context.ts";
import { waitForQuotas } from "./rounds/wait-for-quotas.ts";
import { WaitingObjects } from "./rounds/waiting-objects.ts";
import { ArchivedObjects } from "./source/archived-objects.ts";
import { findUnmetReferences } from "./unmet/find-unmet.ts";

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
  /** What an object becomes that exists and is updated; what the archive has by default. */
  revert?: Revert | undefined;
  /** Notes that are known when all objects are done. */
  lastNotes?: (() => readonly string[]) | undefined;
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
  /** When the interrupted run began, in the time of the API server. */
  begun?: Date | undefined;
  /**
   * Whether an object that another client creates while the restore runs, before the restore can, is updated to what
   * the backup has; otherwise the object is reported. Not by default.
   */
  updateOvertaken?: boolean | undefined;
  /** Single objects of kube-system that are restored where the backup has them; none by default. */
  keepKubeSystem?: readonly SystemTerm[] | undefined;
  /** Called before each stage, and before each round of what is tried again; ends the restore where it throws. */
  beforeStage?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Called with each object that is done. */
  onObject?: ((item: RestoredItem) => void) | undefined;
  /** Called with what the restore waits for, and the milliseconds until it gives that up; with undefined when it goes on. */
  onWaiting?: ((waits: { what: string; left: number } | undefined) => void) | undefined;
  log: Log;
}

/**
 * Restores what is selected of an archive, all of it by default. An object that exists is left as it is and
 * counted, unless the policy says otherwise: a restore is idempotent, and one that was killed can be run again.
 *
 * 1. Namespaces come first.
 * 2. The other resources follow pass by pass, each after what it needs: CRDs, which are waited for until they are
 *    served; built-in resources; custom resources; and last admission, so that it does not judge earlier objects.
 * 3. Objects with owners come before their owners, and get owner references when the owners exist: a controller that
 *    finds an object of its owner missing would create the object anew.
 * 4. Objects that were refused for a reason that passes by itself are retried for as long as `retryFor`.
 *
 * The report has what the API server refuses of single objects. What ends the whole restore is thrown: the API
 * server is away, the archive is damaged, the signal aborts.
 *
 * @throws {OperatorError} before anything is written, where the selection selects nothing.
 */
export async function restoreArchive(options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
  const { client, archive, log, existing = "skip", resumed = false, updateOvertaken = false } = options;
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
  // Whoever shows the report shows its notes, each once.
  report.notes.push(...source.notes());
  const served = await ServedResources.discover(client, signal);
  const ownerUids = new OwnerUids(client, served);
  const inFlight = new AdaptiveConcurrency(client.traffic);
  const { owners, exceededQuotas } = await readArchivedOrder({ source, writer }, signal);
  const names = source.namespacesInCluster(inUse?.namespaces);
  const excludedNamespaces = await readExcludedNamespaces(client, { part: !source.whole, names }, signal);
  const context: RoundContext = {
    client,
    writer,
    report,
    log,
    source,
    served,
    ownerUids,
    ownerReferences: new OwnerReferenceWriter(client, report),
    inFlight,
    existing,
    revert: options.revert,
    resumed,
    begun: options.begun,
    updatesOvertaken: updateOvertaken,
    exceededQuotas,
    keepFinished: new Set(archive.manifest.keepFinished),
    deletionTimeout,
    fieldManagers: new FieldManagerRestorer(client, report),
    statuses: withStatus ? new StatusWriter(client, report) : undefined,
    waiting: new WaitingObjects({ ownerUids, report, inFlight, replacesOwners: existing === "replace" }),
    namespacesBefore: new Set(source.holdsSystemObjects ? [SYSTEM_NAMESPACE] : []),
    excludedNamespaces,
    crds: new Set(),
  };
  const { beforeStage } = options;
  await beforeStage?.(signal);
  await restoreNamespaces(context, (signal) => source.namespaces(inUse?.namespaces, signal), signal);
  const exceedsQuotas = exceededQuotas.size > 0;
  for (const pass of passesOf({ names: source.resourceNames(), owners, exceedsQuotas })) {
    await beforeStage?.(signal);
    // An admission webhook must find what serves the webhook, and judges no object that existed before it.
    if (pass.some(({ name }) => isAdmission(name))) {
      await context.waiting.restoreOwned(signal);
      await retryDenied(context.waiting, signal);
    }
    if (pass.some(({ name }) => name === CRD_RESOURCE)) await restoreCrds(context, crdTimeout, signal);
    else await restorePass(context, pass, signal);
    if (pass.some(({ name }) => name === QUOTAS)) await waitForQuotas(context, signal);
    log.debug({ resources: pass, created: report.total("created") }, "Restored");
  }
  const { onWaiting } = options;
  await retryRounds(context.waiting, { log, retryFor, beforeRound: beforeStage, onWaiting }, signal);
  await beforeStage?.(signal);
  if (writer.stores)
    await rebindVolumes({ client, served, source, report, existing: existing !== "skip" }, signal);
  context.ownerReferences.note();
  context.fieldManagers.note();
  context.statuses?.note();
  noteClaims(report, writer);
  report.notes.push(...source.namespaceNotes());
  noteNeverBackedUp(source, report);
  report.notes.push(...(options.lastNotes?.() ?? []));
  report.unmet.push(...(await findUnmetReferences({ client, archive, source, served }, signal)));
  return report;
}
