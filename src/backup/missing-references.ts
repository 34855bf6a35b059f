import type { ManifestLacking } from "../archive/format/manifest.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { isBuiltIn } from "../kubernetes/built-in-groups.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { type Candidate, isOf } from "../kubernetes/object-facts.ts";
import { type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { listKeys, referenceKey } from "../references/list-keys.ts";
import type { Reference } from "../references/reference.ts";
import { referencesOf } from "../references/workload-references.ts";

const CRDS = "customresourcedefinitions.apiextensions.k8s.io";

/** Why a referenced object is not in the backup. */
type Lack = ManifestLacking["why"];

/** References to objects of one resource that the backup lacks for one reason. */
interface Lacking {
  resource: string;
  lack: Lack;
  /** The referenced objects, each with the numbers of the objects that name it. */
  names: Map<string, number[]>;
}

/**
 * Collects references to objects that are not backed up, so that the operator learns before the disaster what a
 * restore would lack.
 */
export class MissingReferences {
  readonly #backedUp: ReadonlySet<string>;
  readonly #byKind: ReadonlyMap<string, string>;
  /** Objects of backed-up resources that are left out and not made again, by resource. Secrets come before workloads. */
  readonly #leftOut = new Map<string, Map<string, Lack>>();
  readonly #lacking = new Map<string, Lacking>();
  /** Number of objects that were added. */
  #added = 0;

  /**
   * @param backedUp names of the resources in the backup.
   * @param served all resources that the API server serves.
   */
  constructor(backedUp: Iterable<string>, served: readonly ServedResource[]) {
    this.#backedUp = new Set(backedUp);
    this.#byKind = new Map(served.map((each) => [`${each.group}/${each.kind}`, resourceName(each)]));
  }

  /** Adds an object of the backup. Objects with a controller need not be added: their owner has the same references. */
  add(kind: string, object: JsonObject): void {
    this.#added += 1;
    for (const reference of referencesOf(kind, object)) this.#addReference(reference);
  }

  /** Adds an object that the backup leaves out: a token that a person asked for, or whatever a label leaves out. */
  addLeftOut(resource: Resource, candidate: Candidate, { byLabel }: { byLabel: boolean }): void {
    const isToken =
      isOf(candidate, "", "Secret") && candidate.object["type"] === "kubernetes.io/service-account-token";
    if (!byLabel && !isToken) return;
    const name = resourceName(resource);
    const keys = this.#leftOut.get(name) ?? new Map<string, Lack>();
    this.#leftOut.set(name, keys.set(referenceKey(candidate), byLabel ? "label" : "token"));
  }

  /** Adds a resource that the backup holds objects of: a custom resource needs its definition. */
  addResource(resource: Resource): void {
    if (isBuiltIn(resource.group)) return;
    const name = resourceName(resource);
    this.#added += 1;
    this.#addReference({ resource: CRDS, namespace: undefined, name });
  }

  /**
   * The referenced objects that exist in the cluster, by resource. Where these credentials may not list the resource,
   * all its referenced objects count as existing.
   */
  async lacking(
    client: ApiClient,
    served: readonly ServedResource[],
    signal: AbortSignal,
  ): Promise<ManifestLacking[]> {
    const found: ManifestLacking[] = [];
    for (const { resource, lack, names } of this.#lacking.values()) {
      const servedResource = served.find((each) => resourceName(each) === resource);
      if (servedResource === undefined) continue;
      const existing = lack === "kind" ? await listKeys(client, servedResource, {}, signal) : undefined;
      const missing = [...names].filter(([key]) => existing?.has(key) ?? true);
      const objects = new Set(missing.flatMap(([, numbers]) => numbers)).size;
      const keys = missing.map(([key]) => key);
      if (keys.length > 0) found.push({ resource, why: lack, names: keys, count: keys.length, objects });
    }
    return found;
  }

  /** Counts a reference of the object that was added last, where the backup lacks what it names. */
  #addReference(reference: Reference): void {
    const resource =
      "resource" in reference ? reference.resource : this.#byKind.get(`${reference.group}/${reference.kind}`);
    if (resource === undefined) return;
    const lack = this.#backedUp.has(resource)
      ? this.#leftOut.get(resource)?.get(referenceKey(reference))
      : "kind";
    if (lack === undefined) return;
    const id = `${lack} ${resource}`;
    const lacking = this.#lacking.get(id) ?? { resource, lack, names: new Map<string, number[]>() };
    this.#lacking.set(id, lacking);
    const key = referenceKey(reference);
    const numbers = lacking.names.get(key) ?? [];
    if (numbers.at(-1) !== this.#added) numbers.push(this.#added);
    lacking.names.set(key, numbers);
  }
}
