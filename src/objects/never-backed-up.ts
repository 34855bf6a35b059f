import type { JsonObject } from "../kubernetes/json.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import { type Candidate, member } from "../kubernetes/object-facts.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { isNamespaces, objectTitle, type Resource, resourceName } from "../kubernetes/resource.ts";
import { type KeepsSystemObject, SYSTEM_NAMESPACE } from "./kept-system-objects.ts";
import { leftOut } from "./left-out.ts";

/** How many objects are told apart: a file may be read several times. */
const TOLD_APART = 10_000;
/** How many objects are named. */
const NAMED = 5;

/** Kinds of kube-system that KEEP_KUBE_SYSTEM may name: whether a backup holds one is a matter of settings. */
const SYSTEM_RESOURCES = ["configmaps", "secrets"];

/**
 * Objects of an archive that no backup holds, by the rules of what backups leave out. Whoever can write to the store can
 * make an archive of them: the flag of the restore gate, a DaemonSet of kube-system, a token. None of them is restored.
 */
export class NeverBackedUp {
  readonly #keeps: KeepsSystemObject;
  readonly #keepFinished: ReadonlySet<string>;
  /** Namespaces that are never backed up themselves, and so what is in them. */
  readonly #namespaces = new Set<string>();
  readonly #found = new Map<string, string>();

  /**
   * @param keeps which objects of kube-system are kept.
   * @param keepFinished names of the resources of which finished objects are kept.
   */
  constructor({
    keeps,
    keepFinished = [],
  }: {
    keeps: KeepsSystemObject;
    keepFinished?: readonly string[] | undefined;
  }) {
    this.#keeps = keeps;
    this.#keepFinished = new Set(keepFinished);
  }

  /**
   * Whether an object is passed over. Namespaces must be asked about before what is in them.
   *
   * @param owners those of the object, which an archive keeps beside the object.
   */
  has(resource: Resource, object: JsonObject, owners: readonly Owner[] = []): boolean {
    const { namespace, name } = keyOf(object);
    const candidate: Candidate = {
      kind: resource.kind,
      namespace,
      name,
      object: owners.length === 0 ? object : withOwners(object, owners),
      // A status that is apart is not in the object: what has one here comes back with it.
      statusIsApart: false,
    };
    const keepFinished = this.#keepFinished.size > 0 && this.#keepFinished.has(resourceName(resource));
    const rule = leftOut(candidate, { keeps: this.#keeps, keepFinished });
    if (rule === undefined && (namespace === undefined || !this.#namespaces.has(namespace))) return false;
    if (isNamespaces(resource)) this.#namespaces.add(name);
    this.#note(resource, candidate);
    return true;
  }

  /** How many objects were passed over, up to a bound, and the titles of the first of them. */
  get found(): { count: number; more: boolean; titles: string[] } {
    const count = this.#found.size;
    return { count, more: count === TOLD_APART, titles: [...this.#found.values()].slice(0, NAMED) };
  }

  #note(resource: Resource, { namespace, name }: Candidate): void {
    if (namespace === SYSTEM_NAMESPACE && SYSTEM_RESOURCES.includes(resourceName(resource))) return;
    if (this.#found.size >= TOLD_APART) return;
    const key = `${resourceName(resource)}/${namespace ?? ""}/${name}`;
    this.#found.set(key, objectTitle(resource.kind, { namespace, name }));
  }
}

function withOwners(object: JsonObject, ownerReferences: readonly Owner[]): JsonObject {
  return { ...object, metadata: { ...member(object, "metadata"), ownerReferences } };
}
