import type { Archive } from "../archive/reader.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import type { Selection } from "../selection/selection.ts";
import type { Log } from "../terminal/log/log.ts";
import { AdaptiveInFlight } from "./concurrency/adaptive-concurrency.ts";
import { HandBack } from "./field-managers/restore-field-managers.ts";
import { DEFINITIONS_NAME } from "./live/crd-facts.ts";
import { ServedResources } from "./live/served-resources.ts";
import { DEFINITIONS_LIMIT } from "./live/wait-for-crds.ts";
import { DELETION_LIMIT } from "./live/wait-for-deletion.ts";
import { noteBackup, noteClaims } from "./notes.ts";
import type { ExistingPolicy } from "./object/existing-policy.ts";
import { StatusWrites } from "./object/write-status.ts";
import { OwnerUids } from "./owners/owner-uids.ts";
import { type RestoredItem, RestoreReport } from "./report/report.ts";
import type { Restore } from "./rounds/context.ts";
import { isAdmission, stagesOf } from "./rounds/order.ts";
import { restoreDefinitions } from "./rounds/restore-crds.ts";
import { restoreNamespaces } from "./rounds/restore-namespaces.ts";
import { laterRounds, PATIENCE } from "./rounds/retry-rounds.ts";
import { restoreStage } from "./rounds/stage.ts";
import { WaitingObjects } from "./rounds/waiting-objects.ts";
import { ArchivedObjects } from "./source/archived-objects.ts";

/** What a restore needs. */
export interface RestoreOptions {
  client: ApiClient;
  /** The backup; it has been verified. */
  archive: Archive;
  /** Which of its objects; all of them without it. */
  selection?: Selection | undefined;
  /** Names of namespaces in the backup, and the names under which they come back; checked. */
  namespaceMapping?: ReadonlyMap<string, string> | undefined;
  /** What becomes of an object that is there and differs; `skip` without it. */
  existing?: ExistingPolicy | undefined;
  /**
   * `server`: the API server is asked about each write, admission included, and stores nothing.
   * `client`: nothing is sent; what exists is compared.
   */
  dryRun?: "server" | "client" | undefined;
  /** Whether the status of custom resources' objects comes back, where it is a subresource; not without it. */
  restoreStatus?: boolean | undefined;
  /** How long each object that is being deleted is waited for, in milliseconds; half a minute without it. */
  deletionLimit?: number | undefined;
  /** How long restored definitions are waited for until they are served, in milliseconds; half a minute without it. */
  definitionsLimit?: number | undefined;
  /** How long objects wait, with none coming back, for what refuses them, in milliseconds; some minutes without it. */
  patience?: number | undefined;
  /** Whether a run before this one, of the same restore, was cut short. */
  begun?: boolean | undefined;
  /** Told of each object that is done with. */
  onObject?: ((item: RestoredItem) => void) | undefined;
  log: Log;
}

/**
 * Brings back what is selected of an archive, all of it by default. What exists already is left as it
 * is and counted unless the policy says otherwise, so that a restore that was killed can be run again.
 *
 * What is refused for a reason that time heals is tried again, as long as the patience lasts. What the
 * API server refuses of single objects is in the report; what ends the whole (the server is away, the
 * archive is damaged, the signal aborts) is thrown.
 *
 * @throws {OperatorError} before anything is written, where the selection selects nothing.
 */
export async function restoreArchive(options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
  const { client, archive, log, existing = "skip", dryRun, begun = false, restoreStatus = false } = options;
  const {
    deletionLimit = DELETION_LIMIT,
    definitionsLimit = DEFINITIONS_LIMIT,
    patience = PATIENCE,
  } = options;
  const report = new RestoreReport(options.onObject);
  const withStatus = restoreStatus && dryRun === undefined;
  const objects = new ArchivedObjects({ ...options, withStatus });
  const inUse = objects.whole ? undefined : await objects.inUse(signal);
  if (inUse?.any === false) {
    throw new OperatorError(`Cannot restore: nothing in ${archive.name} is selected`, {
      advice: "Check namespaces, kinds, names and selectors; a selector must fit labels as they were then",
    });
  }
  noteBackup(objects, { report, log, dryRun });
  const served = await ServedResources.discover(client, signal);
  const uids = new OwnerUids(client, served);
  const handBack = new HandBack(client, report);
  const statuses = withStatus ? new StatusWrites(client, report) : undefined;
  const inFlight = new AdaptiveInFlight(client.traffic);
  const waiting = new WaitingObjects({ uids, report, inFlight });
  const settings = { existing, dryRun, begun, deletionLimit, retryInternalErrors: false };
  const shared = { client, report, uids, handBack, statuses, waiting, log, inFlight, ...settings };
  const readNamespaces = (signal: AbortSignal) => objects.namespaces(inUse?.namespaces, signal);
  const namespaces = await restoreNamespaces(shared, readNamespaces, signal);
  const restore: Restore = { ...shared, objects, served, namespaces, defined: new Set() };
  for (const stage of stagesOf(objects.resourceNames())) {
    // What can refuse objects must find what answers for it, and judges none that were there before it.
    if (stage.some(isAdmission)) await waiting.restoreOwned(signal);
    const isDefinitions = stage.includes(DEFINITIONS_NAME);
    if (isDefinitions) await restoreDefinitions(restore, definitionsLimit, signal);
    else await restoreStage(restore, stage, signal);
    log.debug({ resources: stage, created: report.total("created") }, "Restored");
  }
  await laterRounds(waiting, { log, patience }, signal);
  handBack.note();
  statuses?.note();
  noteClaims(report, dryRun);
  return report;
}
