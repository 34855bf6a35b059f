/** References of objects to other objects that they require. */

/** The resource of the referenced object: by name, `storageclasses.storage.k8s.io`, or by group and kind. */
type ReferencedResource = { resource: string } | { group: string; kind: string };

/** A reference of an object to another object that the object requires. */
export type Reference = ReferencedResource & {
  /** Undefined for cluster-scoped objects. */
  namespace: string | undefined;
  name: string;
  /**
   * What comes of it where the referenced object does not exist, if not that the object does not work: `pull`: images
   * may not be pulled; `empty`: a controller makes the object anew, without what was in it.
   */
  need?: "pull" | "empty";
};

/** The reference to an object; none without a name. */
export function referenceTo(resource: string, namespace: string | undefined, name: unknown): Reference[] {
  return isName(name) ? [{ resource, namespace, name }] : [];
}

/** The reference to an object by kind; none without a kind or name. */
export function referenceToKind(
  { group, kind }: { group: unknown; kind: unknown },
  namespace: string | undefined,
  name: unknown,
): Reference[] {
  if (!isName(kind) || !isName(name)) return [];
  return [{ group: typeof group === "string" ? group : "", kind, namespace, name }];
}

/** References with what comes of it where they lead nowhere. */
export function withNeed(need: "pull" | "empty", references: readonly Reference[]): Reference[] {
  return references.map((reference) => ({ ...reference, need }));
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
