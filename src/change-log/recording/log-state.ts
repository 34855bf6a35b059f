import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { SYSTEM_NAMESPACE } from "../../objects/kept-system-objects.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import type { Observation } from "./observation.ts";

/** Kinds whose label leaves out what they have made, too. */
const MAKERS: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet", "CronJob"]);

/** What becomes of an observation: a record, nothing, or a new base, since the change concerns other objects too. */
export type Applied = { record: ChangeRecord | undefined } | { newBase: string };

/** What a log state starts with: what a backup holds, and what it leaves out by label. */
export interface LogStateStart {
  /** Digests by {@link stateKey}. */
  digests: ReadonlyMap<string, string>;
  /** Names of the Namespaces that a label leaves out. */
  excludedNamespaces: ReadonlySet<string>;
  isExcludedOwner: (uid: string) => boolean;
  /** Whether objects of a namespace are backed up at all. */
  isInScope: (namespace: string) => boolean;
}

const NOTHING: Applied = { record: undefined };

/**
 * What would be in a backup at a resource version, by digests. Observations come in the order of their resource versions.
 * The state holds objects of namespaces, too, that are being deleted: whoever reads it leaves them out.
 */
export class LogState {
  readonly #digests: Map<string, string>;
  readonly #excludedNamespaces: Set<string>;
  readonly #excludedOwners = new Set<string>();
  readonly #rules: Pick<LogStateStart, "isExcludedOwner" | "isInScope">;

  constructor({ digests, excludedNamespaces, ...rules }: LogStateStart) {
    this.#rules = rules;
    this.#digests = new Map(digests);
    this.#excludedNamespaces = new Set(excludedNamespaces);
  }

  /** Applies an observation. After a result with `newBase`, nothing else may be applied. */
  apply(observation: Observation, time: string): Applied {
    const { key, kept } = observation;
    const known = this.#digests.get(key);
    const flip = this.#labelFlip(observation, known !== undefined);
    if (flip !== undefined) return { newBase: flip };
    if (kept === undefined || this.#leavesOut(observation)) {
      if (known === undefined) return NOTHING;
      this.#digests.delete(key);
      return { record: recordOf(observation, "delete", time) };
    }
    if (known === kept.digest) return NOTHING;
    this.#digests.set(key, kept.digest);
    return { record: recordOf(observation, known === undefined ? "create" : "update", time) };
  }

  /** The digests of what a backup of this moment holds. */
  *inBackup(): Generator<[key: string, digest: string]> {
    const namespaces = new Set<string>();
    for (const key of this.#digests.keys()) {
      if (key.startsWith("namespaces /")) namespaces.add(key.slice("namespaces /".length));
    }
    for (const entry of this.#digests) {
      const path = entry[0].slice(entry[0].indexOf(" ") + 1);
      const namespace = path.slice(0, path.indexOf("/"));
      // What is kept of kube-system is of no namespace of the backup.
      if (namespace === "" || namespace === SYSTEM_NAMESPACE || namespaces.has(namespace)) yield entry;
    }
  }

  /**
   * Why a change of a label needs a new base: it concerns objects that have not changed themselves. Notes what carries a
   * label from now on.
   */
  #labelFlip(
    { isNamespace, name, uid, hasExcludeLabel, isDeletion, resource }: Observation,
    isKnown: boolean,
  ): string | undefined {
    if (isNamespace) {
      if (hasExcludeLabel && !isDeletion) this.#excludedNamespaces.add(name);
      else if (this.#excludedNamespaces.delete(name) && !isDeletion)
        return `a label no longer leaves out the namespace ${name}`;
      return undefined;
    }
    if (!MAKERS.has(resource.kind)) return undefined;
    const wasExcluded = this.#isExcludedOwner(uid);
    if (hasExcludeLabel && !isDeletion) {
      this.#excludedOwners.add(uid);
      return isKnown ? `a label leaves out what an object of ${resource.resource} has made` : undefined;
    }
    return wasExcluded && !isDeletion
      ? `a label no longer leaves out what an object of ${resource.resource} has made`
      : undefined;
  }

  #leavesOut({ namespace, controller, isNamespace, name }: Observation): boolean {
    if (isNamespace) return !this.#rules.isInScope(name);
    if (controller !== undefined && this.#isExcludedOwner(controller)) return true;
    // The rules of the object itself decide what is kept of kube-system.
    if (namespace === undefined || namespace === SYSTEM_NAMESPACE) return false;
    return this.#excludedNamespaces.has(namespace) || !this.#rules.isInScope(namespace);
  }

  #isExcludedOwner(uid: string): boolean {
    return this.#excludedOwners.has(uid) || this.#rules.isExcludedOwner(uid);
  }
}

function recordOf(
  { revision, resource, namespace, name, manager, deletionTimestamp, kept }: Observation,
  operation: ChangeRecord["operation"],
  time: string,
): ChangeRecord {
  const { group, resource: plural, kind } = resource;
  const head = {
    ...{ revision, time, operation },
    ...{ resource: group === "" ? plural : `${plural}.${group}`, kind },
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(deletionTimestamp === undefined || operation !== "delete" ? {} : { deletionTimestamp }),
    ...(manager === undefined || operation === "delete" ? {} : { manager }),
  };
  if (operation === "delete" || kept === undefined) return head;
  const { owners, managers, status, text } = kept.object;
  return {
    ...head,
    ...(owners.length === 0 ? {} : { owners }),
    ...(managers === undefined ? {} : { managers }),
    ...(status === undefined ? {} : { status }),
    object: parseJson(text) as JsonObject,
  };
}
