import { ApiError } from "../../cluster/requests/api-error.ts";
import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import {
  apiVersion,
  type ObjectKey,
  type Resource,
  resourceName,
  type ServedResource,
} from "../../kubernetes/resource.ts";
import { inApiVersion } from "../field-managers/managed-fields.ts";
import { readCrd } from "../live/crd-facts.ts";
import { type LiveObjects, readLiveObjects } from "../live/live-objects.ts";
import { statusInApiVersion, withStatusApart } from "../object/archived-status.ts";
import type { ObjectToRestore, RestoreResult } from "../object/object-to-restore.ts";
import type { ResourceTarget } from "../object/restore-context.ts";
import { chooseVersion } from "./choose-version.ts";
import type { RoundContext } from "./round-context.ts";

/** The target of a resource, or the result of all its objects where the API server does not serve the resource. */
export type FoundTarget =
  | { target: ResourceTarget; conversion: Conversion | undefined }
  | { result: RestoreResult };

/** The apiVersion that objects have in the backup, and the one in which they are written. */
interface Conversion {
  from: string;
  to: string;
}

/** Stands for a list that the API server cannot answer: each object is asked for. */
const NOTHING_KNOWN: LiveObjects = {
  isKnown: false,
  has: () => false,
  hasEqual: () => false,
  hasOwners: () => false,
  holdsOurs: () => false,
  hasStatus: () => false,
};

/** The target of one resource. The target may only be known once the resource's CRD is established. */
export class TargetLookup {
  readonly #context: RoundContext;
  readonly #name: string;
  #found: FoundTarget;
  #search: Promise<FoundTarget> | undefined;

  /** @param found the answer of {@link findTarget}. */
  constructor(context: RoundContext, { name, found }: { name: string; found: FoundTarget }) {
    this.#context = context;
    this.#name = name;
    this.#found = found;
  }

  /** Whether an object is known to exist in the cluster. */
  has(key: ObjectKey): boolean {
    return "target" in this.#found && this.#found.target.live.has(key);
  }

  /** Whether kube-backup manages fields of the object in the cluster, most often as an interrupted restore left it. */
  holdsOurs(key: ObjectKey): boolean {
    return "target" in this.#found && this.#found.target.live.holdsOurs(key);
  }

  /** The target; the API server is asked again while the CRD is missing, once for all objects that ask at a time. */
  async find(signal: AbortSignal): Promise<FoundTarget> {
    if ("result" in this.#found && this.#found.result.waitsFor !== undefined) {
      this.#search ??= findTarget(this.#context, this.#name, signal).finally(() => {
        this.#search = undefined;
      });
      this.#found = await this.#search;
    }
    return this.#found;
  }
}

/** An object as its target takes the object: in the target's version, with the status apart where it is a subresource. */
export function forTarget(
  { target, conversion }: Extract<FoundTarget, { target: unknown }>,
  object: ObjectToRestore,
): ObjectToRestore {
  const apart = withStatusApart(target.resource, object);
  if (conversion === undefined) return apart;
  return {
    ...apart,
    text: withApiVersion(apart.text, conversion.to),
    managers: inApiVersion(apart.managers, conversion),
    status: statusInApiVersion(apart.status, conversion),
  };
}

/** Finds the target of a resource. */
export async function findTarget(
  context: RoundContext,
  name: string,
  signal: AbortSignal,
): Promise<FoundTarget> {
  const { source, served, report, writer, crds } = context;
  const archived = source.resource(name);
  const here = served.named(name);
  if (archived === undefined || here === undefined) {
    const reason = `the API server does not serve ${name}`;
    if (!crds.has(name)) return { result: { outcome: "failed", reason } };
    const assumed = writer.assumeCreated("the CustomResourceDefinition does not exist yet");
    const waitsFor = "the CustomResourceDefinition is not there yet";
    return { result: assumed ?? { outcome: "failed", reason, waitsFor } };
  }
  const choice = await choose(context, { archived, here }, signal);
  if ("reason" in choice) return { result: { outcome: "failed", reason: choice.reason } };
  const resource = { ...here, version: choice.version };
  const isSame = choice.version === archived.version;
  const conversion = isSame ? undefined : { from: apiVersion(archived), to: apiVersion(resource) };
  if (conversion !== undefined) {
    report.notes.push(
      `${name} ${writer.stores ? "come" : "would come"} back as ${conversion.to}: the backup has them as ${conversion.from}, which this API server does not serve, and which differs in name only`,
    );
  }
  return { target: { context, resource, live: await readLive(context, resource, signal) }, conversion };
}

async function choose(
  { client, source }: RoundContext,
  { archived, here }: { archived: Resource; here: ServedResource },
  signal: AbortSignal,
): Promise<ReturnType<typeof chooseVersion>> {
  const facts = { archived, served: here.versions };
  if (here.versions.includes(archived.version)) return chooseVersion(facts);
  const name = `${here.resource}.${here.group}`;
  const inCluster = await readCrd(client, name, signal);
  return chooseVersion({ ...facts, inCluster, inBackup: await source.crd(name, signal) });
}

async function readLive(
  { client, namespacesBefore, source, log, statuses, report, keepFinished }: RoundContext,
  resource: Resource,
  signal: AbortSignal,
): Promise<LiveObjects> {
  const where = {
    namespaces: namespacesBefore,
    part: !source.whole,
    withStatus: statuses !== undefined,
    keepFinished,
  };
  try {
    return await readLiveObjects(client, resource, where, signal);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 403) {
      report.notes.push(
        `Which ${resourceName(resource)} exist is not known before each is asked for: ${error.said}`,
      );
      return NOTHING_KNOWN;
    }
    if (error.waitsFor === undefined) throw error;
    log.debug({ reason: error.said }, `Cannot list ${resource.resource}: each is asked for`);
    return NOTHING_KNOWN;
  }
}

function withApiVersion(text: string, apiVersion: string): string {
  const object = parseJson(text);
  return isJsonObject(object) ? JSON.stringify({ ...object, apiVersion }) : text;
}
