import type { ManifestFile } from "../../archive/format/manifest.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import { concurrently } from "../concurrency/concurrently.ts";
import { CRD_RESOURCE } from "../live/crd-facts.ts";
import { type LiveDigests, readLiveDigests } from "../live/live-digests.ts";
import { waitUntilServed } from "../live/wait-for-crds.ts";
import type { RestoreResult } from "../object/object-to-restore.ts";
import type { ResourceTarget } from "../object/restore-context.ts";
import { restoreObject } from "../object/restore-object.ts";
import type { ArchivedObject } from "../source/archived-objects.ts";
import { ownersToComeAfter } from "./pass.ts";
import type { RoundContext } from "./round-context.ts";
import type { RestorableFile } from "./waiting.ts";

/** Outcomes after which the API server does not go by a CRD at once. */
const WRITTEN: readonly RestoreResult["outcome"][] = ["created", "updated", "replaced"];

/** A CRD that was written, and is not served yet. */
interface WrittenCrd {
  file: RestorableFile;
  result: RestoreResult;
  /** Its owners, which come later. */
  owners: readonly Owner[] | undefined;
}

/**
 * Restores CustomResourceDefinitions, and waits until the API server serves what the CRDs define. A CRD that does
 * not get there has failed, with the CRD's conditions as the reason.
 *
 * @param timeout how long all CRDs together are waited for, in milliseconds.
 */
export async function restoreCrds(
  context: RoundContext,
  timeout: number,
  signal: AbortSignal,
): Promise<void> {
  const { client, source, served, crds, waiting } = context;
  const files = source.files(CRD_RESOURCE);
  const resource = served.named(CRD_RESOURCE);
  if (files.length === 0 || resource === undefined) return;
  const live = await readLiveDigests(client, resource, signal);
  const target = { context, resource };
  const wait = (names: readonly string[]) => waitForCrds(context, names, timeout, signal);
  const written = new Map<string, WrittenCrd>();
  for (const archived of files) {
    await restoreFile(context, { target, live, archived, wait, written }, signal);
  }
  const failures = await wait([...written.keys()]);
  for (const [name, { file, result, owners }] of written) {
    if (failures.has(name)) crds.delete(name);
    const settled = { result: resultAfterWait(result, failures.get(name)), owners };
    const key = { namespace: undefined, name };
    await waiting.settle(file, key, { ...settled, ownersLater: owners !== undefined }, signal);
  }
}

interface CrdFile {
  target: ResourceTarget;
  live: LiveDigests;
  archived: ManifestFile;
  /** Waits until CRDs are served; tells of those that did not get there in time, why. */
  wait: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  written: Map<string, WrittenCrd>;
}

async function restoreFile(
  context: RoundContext,
  { target, live, archived, wait, written }: CrdFile,
  signal: AbortSignal,
): Promise<void> {
  const { source, waiting, crds, inFlight, existing } = context;
  const { resource } = target;
  const file: RestorableFile = {
    resource,
    read: (signal) => source.objects(archived, signal),
    restore: async (object, signal) => {
      const { name } = object.key;
      const result = await restoreObject(target, { ...object, live: live.of(object.key) }, signal);
      return isPending(context, name, result)
        ? resultAfterWait(result, (await wait([name])).get(name))
        : result;
    },
    setOwners: async (key, owners, signal) => {
      await context.ownerReferences.write({ resource, key, owners }, signal);
    },
  };
  const restoreOne = async (object: ArchivedObject) => {
    const { key } = object;
    const { name } = key;
    crds.add(name);
    const owners = ownersToComeAfter(context, CRD_RESOURCE, object);
    const { exists, holdsOurs } = live.of(key);
    if (owners !== undefined && exists && (existing !== "skip" || holdsOurs))
      return waiting.add(file, key, { owners });
    const ownersLater = owners !== undefined && !exists;
    const restored = { ...object, live: live.of(key), owners: [], ownersLater };
    const result = await restoreObject(target, restored, signal);
    if (isPending(context, name, result)) {
      written.set(name, { file, result, owners: ownersLater ? owners : undefined });
      return;
    }
    if (result.outcome === "failed" && result.waitsFor === undefined) crds.delete(name);
    await waiting.settle(file, key, { result, ...(ownersLater ? { owners, ownersLater } : {}) }, signal);
  };
  await concurrently(file.read(signal), inFlight, restoreOne, ({ text }) => text.length);
}

/** Whether a CRD exists now, and may not be served yet. */
function isPending({ writer, served }: RoundContext, name: string, { outcome }: RestoreResult): boolean {
  return (
    writer.stores && (WRITTEN.includes(outcome) || (outcome !== "failed" && served.named(name) === undefined))
  );
}

function resultAfterWait(result: RestoreResult, failure: string | undefined): RestoreResult {
  return failure === undefined ? result : { outcome: "failed", reason: failure };
}

async function waitForCrds(
  { client, served, log, inFlight }: RoundContext,
  names: readonly string[],
  timeout: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  return await waitUntilServed({ client, served, log, inFlight, timeout }, names, signal);
}
