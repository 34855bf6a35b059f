import type { JsonObject } from "../kubernetes/json.ts";
import { isJsonObject } from "../kubernetes/json.ts";
import { member } from "../kubernetes/object-facts.ts";
import type { Resource } from "../kubernetes/resource.ts";

/** A rule that removes a field from backed-up objects. */
export interface FieldRule {
  /** Kind of the objects, and its API group, empty for the core group. Without a kind, the rule is for all kinds. */
  kind?: string;
  group?: string;
  /** The field and the condition, as in docs/left-out.md. */
  what: string;
  reason: string;
  /** Removes the field from the object. Rules for one kind run while the object still has all its metadata. */
  remove: (object: JsonObject, resource: Pick<Resource, "statusVersions">) => void;
}

/** Removes annotations, and the map of annotations where it is empty then. */
export function removeAnnotations(object: JsonObject, names: readonly string[]): void {
  const metadata = member(object, "metadata");
  const annotations = metadata["annotations"];
  if (!isJsonObject(annotations) || !names.some((name) => name in annotations)) return;
  for (const name of names) delete annotations[name];
  if (Object.keys(annotations).length === 0) delete metadata["annotations"];
}

/** Removes the finalizers that match, and the list of finalizers where it is empty then. */
export function removeFinalizers(object: JsonObject, pattern: RegExp): void {
  const metadata = member(object, "metadata");
  const finalizers = metadata["finalizers"];
  if (!Array.isArray(finalizers)) return;
  const kept = finalizers.filter((finalizer) => !pattern.test(String(finalizer)));
  if (kept.length === 0) delete metadata["finalizers"];
  else metadata["finalizers"] = kept;
}
