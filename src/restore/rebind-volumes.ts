/**
 * PersistentVolumes that a claim of the backup gets back. A volume that is retained keeps, after its claim is gone, the
 * uid of that claim: no other claim is ever bound to it, not even one of the same name.
 *
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#retain
 */

import { listPages } from "../cluster/lists/list.ts";
import { patchObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { metadataOf } from "../kubernetes/metadata.ts";
import { member } from "../kubernetes/object-facts.ts";
import { objectTitle, type ServedResource } from "../kubernetes/resource.ts";
import { deadClaimOf, releaseCommand } from "../objects/released-volume.ts";
import type { ServedResources } from "./live/served-resources.ts";
import type { RestoreReport } from "./report/report.ts";
import type { ArchivedObjects } from "./source/archived-objects.ts";

const VOLUMES = "persistentvolumes";
const CLAIMS = "persistentvolumeclaims";

/** What the binding needs. */
export interface RebindOptions {
  client: ApiClient;
  served: ServedResources;
  source: ArchivedObjects;
  report: RestoreReport;
  /** Whether volumes whose claims existed before the restore are bound too. */
  existing: boolean;
}

/**
 * Has volumes of the backup bind to claims of the backup again, where the claim waits for a volume and the volume for a
 * claim that is gone. A volume that the backup has not, or that is not selected, is only named.
 */
export async function rebindVolumes(options: RebindOptions, signal: AbortSignal): Promise<void> {
  const { client, served, source, report, existing } = options;
  const volumes = served.named(VOLUMES);
  const archived = await volumesOf(source, signal);
  if (volumes === undefined || (report.createdClaims.size === 0 && !(existing && archived.size > 0))) return;
  try {
    for await (const page of listPages(client, volumes, {}, signal))
      for (const volume of page.items) await rebind(options, { volumes, volume, archived }, signal);
  } catch (error) {
    // Who may not read volumes has not restored any.
    if (!(error instanceof ApiError) || !error.lacksRight) throw error;
  }
}

async function rebind(
  { client, served, report, existing }: RebindOptions,
  {
    volumes,
    volume,
    archived,
  }: { volumes: ServedResource; volume: JsonObject; archived: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<void> {
  const dead = deadClaimOf(volume);
  const claims = served.named(CLAIMS);
  if (dead === undefined || claims === undefined) return;
  const { namespace, name: claimName } = dead;
  const isNew = report.createdClaims.has(`${namespace}/${claimName}`);
  if (!isNew && !existing) return;
  const { name, uid, resourceVersion } = metadataOf(volume);
  const claim: JsonObject | undefined = await readObject(
    client,
    claims,
    { namespace, name: claimName },
    signal,
  );
  const waits = claim !== undefined && member(claim, "status")["phase"] === "Pending";
  if (!waits || metadataOf(claim).uid === dead.uid || !isFor(claim, name)) return;
  const titles = `PersistentVolume ${name} named a claim that is gone; ${objectTitle("PersistentVolumeClaim", { namespace, name: claimName })}`;
  if (!archived.has(name)) {
    report.notes.push(
      `${titles} waits for it, and the volume is not restored here: ${releaseCommand(name)} binds them`,
    );
    return;
  }
  const patch = {
    metadata: { uid, resourceVersion },
    spec: { claimRef: { uid: null, resourceVersion: null } },
  };
  try {
    await patchObject(
      client,
      { resource: volumes, key: { namespace: undefined, name }, body: JSON.stringify(patch) },
      signal,
    );
    report.notes.push(`${titles} gets it back`);
  } catch (error) {
    if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
    report.notes.push(`${titles} waits for it (${error.said}): ${releaseCommand(name)} binds them`);
  }
}

/** Whether a claim asks for this volume, or for none by name. */
function isFor(claim: JsonObject, volume: string): boolean {
  const { volumeName } = member(claim, "spec");
  return volumeName === undefined || volumeName === "" || volumeName === volume;
}

/** Names of the volumes that are restored. */
async function volumesOf(source: ArchivedObjects, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  if (!source.resourceNames().includes(VOLUMES)) return names;
  for (const file of source.files(VOLUMES))
    for await (const { key } of source.objects(file, signal)) names.add(key.name);
  return names;
}
