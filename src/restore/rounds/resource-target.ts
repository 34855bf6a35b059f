import { ApiError } from "../../cluster/requests/api-error.ts";
import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import { apiVersion, type ObjectKey, type Resource, type ServedResource } from "../../kubernetes/resource.ts";
import { inApiVersion } from "../field-managers/field-managers.ts";
import { readDefinition } from "../live/crd-facts.ts";
import { type LiveObjects, readLiveObjects } from "../live/live-objects.ts";
import { statusInApiVersion, withStatusApart } from "../object/archived-status.ts";
import { restoreObject } from "../object/restore-object.ts";
import type { ObjectToRestore, RestoreTarget, Settled } from "../object/target.ts";
import { chooseVersion } from "./choose-version.ts";
import type { Restore } from "./context.ts";

/** What came of the search for a way to bring a resource's objects back. */
export type Found = { target: RestoreTarget; sent: string | undefined } | { settled: Settled };

/** An API server whose list cannot be had is asked about each object. */
const NOTHING_KNOWN: LiveObjects = {
  has: () => false,
  hasEqual: () => false,
  holdsOurs: () => false,
  hasStatus: () => false,
};

/** The way on which objects of one resource come back, which may be found later only. */
export class WayBack {
  readonly #restore: Restore;
  readonly #name: string;
  readonly #resource: Resource;
  #found: Found;
  #search: Promise<Found> | undefined;

  constructor(
    restore: Restore,
    { name, resource, found }: { name: string; resource: Resource; found: Found },
  ) {
    this.#restore = restore;
    this.#name = name;
    this.#resource = resource;
    this.#found = found;
  }

  /** Whether an object is known to be in the cluster. */
  has(key: ObjectKey): boolean {
    return "target" in this.#found && this.#found.target.live.has(key);
  }

  async bringBack(object: ObjectToRestore, signal: AbortSignal): Promise<Settled> {
    if ("settled" in this.#found && this.#found.settled.waitsFor !== undefined) {
      this.#search ??= findTarget(this.#restore, this.#name, signal).finally(() => {
        this.#search = undefined;
      });
      this.#found = await this.#search;
    }
    if ("settled" in this.#found) return this.#found.settled;
    const { target, sent } = this.#found;
    const taken = withStatusApart(target.resource, object);
    if (sent === undefined) return await restoreObject(target, taken, signal);
    const text = withApiVersion(taken.text, sent);
    const versions = { from: apiVersion(this.#resource), to: sent };
    const managers = inApiVersion(taken.managers, versions);
    const status = statusInApiVersion(taken.status, versions);
    return await restoreObject(target, { ...taken, text, managers, status }, signal);
  }
}

/** How a resource is brought back here, or what becomes of its objects as it is not. */
export async function findTarget(restore: Restore, name: string, signal: AbortSignal): Promise<Found> {
  const { objects, served, report, dryRun, defined } = restore;
  const archived = objects.resource(name);
  const here = served.named(name);
  if (archived === undefined || here === undefined) {
    const reason = `the API server does not serve ${name}`;
    if (!defined.has(name)) return { settled: { outcome: "failed", reason } };
    const waitsFor = "the CustomResourceDefinition is not there yet";
    if (dryRun === undefined) return { settled: { outcome: "failed", reason, waitsFor } };
    const notAsked = "not asked: the CustomResourceDefinition does not exist yet";
    return { settled: { outcome: "created", reason: dryRun === "server" ? notAsked : undefined } };
  }
  const choice = await choose(restore, { archived, here }, signal);
  if ("reason" in choice) return { settled: { outcome: "failed", reason: choice.reason } };
  const resource = { ...here, version: choice.version };
  const sent = choice.version === archived.version ? undefined : apiVersion(resource);
  if (sent !== undefined) {
    report.notes.push(
      `${name} ${dryRun === undefined ? "come" : "would come"} back as ${sent}: the backup has them as ${apiVersion(archived)}, which this API server does not serve, and which differs in name only`,
    );
  }
  return { target: { ...restore, resource, live: await readLive(restore, resource, signal) }, sent };
}

async function choose(
  { client, objects }: Restore,
  { archived, here }: { archived: Resource; here: ServedResource },
  signal: AbortSignal,
): Promise<ReturnType<typeof chooseVersion>> {
  const facts = { archived, served: here.versions };
  if (here.versions.includes(archived.version)) return chooseVersion(facts);
  const name = `${here.resource}.${here.group}`;
  const inCluster = await readDefinition(client, name, signal);
  return chooseVersion({ ...facts, inCluster, inBackup: await objects.definition(name, signal) });
}

async function readLive(
  { client, namespaces, objects, log, statuses }: Restore,
  resource: Resource,
  signal: AbortSignal,
): Promise<LiveObjects> {
  try {
    return await readLiveObjects(
      client,
      resource,
      { namespaces, part: !objects.whole, withStatus: statuses !== undefined },
      signal,
    );
  } catch (error) {
    if (!(error instanceof ApiError) || error.waitsFor === undefined) throw error;
    log.debug({ reason: error.said }, `Cannot list ${resource.resource}: each is asked for`);
    return NOTHING_KNOWN;
  }
}

function withApiVersion(text: string, apiVersion: string): string {
  const object = parseJson(text);
  return isJsonObject(object) ? JSON.stringify({ ...object, apiVersion }) : text;
}
