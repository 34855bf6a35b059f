import { isJsonObject, type JsonObject, jsonEqual, parseJson } from "../kubernetes/json.ts";
import { applyMergePatch } from "../kubernetes/merge-patch.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import type { Owner } from "../kubernetes/owners.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { SYSTEM_NAMESPACE } from "../objects/kept-system-objects.ts";
import { leftOut } from "../objects/left-out.ts";
import { removeFieldsAgain } from "../objects/left-out-again.ts";
import { pauseObject, pausing } from "../objects/paused.ts";
import { type ApplyOperations, applyJsonPatch } from "./json-patch.ts";
import { isTarget } from "./patch-target.ts";
import type { Patch, Transform } from "./transform-file.ts";

/** What is done to objects of a backup. */
export interface Changes {
  transforms: readonly Transform[];
  /** Whether workloads are paused after that. */
  paused: boolean;
  /** The library that applies JSON patches. */
  apply: ApplyOperations;
}

/** What became of an object. */
export interface Changed {
  /** The object as JSON; as it was where nothing has changed, or something is wrong. */
  text: string;
  /** The patches whose target the object is. */
  matched: readonly Patch[];
  /** The files that have changed the object. */
  files: readonly string[];
  /** Whether the object was paused. */
  paused: boolean;
  /** Whether fields that backups leave out were taken out of it again. */
  dropped: boolean;
  /** What is wrong, without any value of the object. */
  fault?: string | undefined;
}

/** An object of a backup. */
export interface ObjectToChange {
  resource: Pick<Resource, "group" | "version" | "kind" | "statusVersions">;
  /** The object as JSON. */
  text: string;
  /** The same, parsed. It is not changed. */
  object: JsonObject;
  owners: readonly Owner[];
}

/**
 * Changes an object. What no backup would hold, and what is of kube-system, is passed on as it is: whoever reads it passes
 * it over, and a patch must not make it something else.
 */
export function changeObject(changes: Changes, given: ObjectToChange): Changed {
  const { resource, text, object: original } = given;
  const unchanged: Changed = { text, matched: [], files: [], paused: false, dropped: false };
  const isPatched = changes.transforms.some(({ patches }) =>
    patches.some(({ target }) => isTarget(target, resource, keyOf(original), original)),
  );
  if (!isPatched && !(changes.paused && pausing(resource) === "paused")) return unchanged;
  if (isUntouchable(given)) return unchanged;
  // Numbers stay as they were written.
  const object = parseJson(text) as JsonObject;
  const matched: Patch[] = [];
  const files: string[] = [];
  let dropped = false;
  for (const transform of changes.transforms) {
    const result = applyTransform(object, transform, given, changes.apply);
    matched.push(...result.matched);
    if (result.fault !== undefined) return { ...unchanged, matched, fault: result.fault };
    if (result.changed) files.push(transform.file);
    dropped ||= result.dropped;
  }
  const paused = changes.paused && pauseObject(resource, object, given.owners);
  if (files.length === 0 && !paused) return { ...unchanged, matched, dropped };
  return { text: JSON.stringify(object), matched, files, paused, dropped };
}

/** Applies the patches of a file to an object, in place. After a fault the object may be changed in part. */
function applyTransform(
  object: JsonObject,
  { file, patches }: Transform,
  given: ObjectToChange,
  apply: ApplyOperations,
): Pick<Changed, "matched" | "dropped" | "fault"> & { changed: boolean } {
  const { resource, object: original } = given;
  const was = JSON.stringify(object);
  const matched: Patch[] = [];
  const failed = (fault: string) => ({ matched, dropped: false, changed: false, fault });
  for (const patch of patches) {
    // As in kustomize, a patch may be for what an earlier one has labelled.
    if (!isTarget(patch.target, resource, keyOf(original), object)) continue;
    if ("edit" in patch.change) {
      if (patch.change.edit(object)) matched.push(patch);
      continue;
    }
    matched.push(patch);
    const fault = applyPatch(object, patch, apply) ?? identityFault(object, original);
    if (fault !== undefined) return failed(`${patch.title}${fault}`);
  }
  if (matched.length === 0) return { matched, dropped: false, changed: false };
  const patched = JSON.stringify(object);
  removeFieldsAgain(resource, object);
  const dropped = !jsonEqual(object, parseJson(patched));
  const rule = leftOutRule({ ...given, object });
  if (rule !== undefined) return failed(`${file} makes it what no backup holds: ${rule}`);
  return { matched, dropped, changed: !jsonEqual(object, parseJson(was)) };
}

/** Returns what is wrong, to follow the title of the patch. */
function applyPatch(object: JsonObject, { change }: Patch, apply: ApplyOperations): string | undefined {
  if ("edit" in change) return undefined;
  if ("merge" in change) {
    applyMergePatch(object, change.merge);
    return undefined;
  }
  const fault = applyJsonPatch(object, change.operations, apply);
  return fault === undefined ? undefined : `, ${fault}`;
}

/** What says which object it is, and whose. */
function identityFault(object: JsonObject, original: JsonObject): string | undefined {
  const { metadata } = object;
  const before = original["metadata"] as JsonObject;
  if (!isJsonObject(metadata)) return " makes metadata something else than an object";
  for (const field of ["apiVersion", "kind"])
    if (object[field] !== original[field]) return ` changes ${field}, which no patch may`;
  for (const field of ["name", "namespace"])
    if (metadata[field] !== before[field]) return ` changes metadata.${field}, which no patch may`;
  return Object.hasOwn(metadata, "ownerReferences")
    ? " sets metadata.ownerReferences: owners are those of the backup"
    : undefined;
}

function isUntouchable(given: ObjectToChange): boolean {
  return keyOf(given.object).namespace === SYSTEM_NAMESPACE || leftOutRule(given) !== undefined;
}

/** The rule by which no backup holds an object. Whether finished ones are kept is a setting of the backup. */
function leftOutRule({ resource: { kind }, object, owners }: ObjectToChange): string | undefined {
  const metadata = isJsonObject(object["metadata"]) ? object["metadata"] : {};
  const owned =
    owners.length === 0 ? object : { ...object, metadata: { ...metadata, ownerReferences: owners } };
  const candidate = { kind, ...keyOf(object), object: owned, statusIsApart: false };
  return leftOut(candidate, { keepFinished: true })?.what;
}
