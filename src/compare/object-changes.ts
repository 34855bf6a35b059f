import { isSecrets } from "../kubernetes/built-in-kinds.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { Resource } from "../kubernetes/resource.ts";
import type { FieldDifference } from "./document.ts";
import { changesOf } from "./field-changes.ts";
import { maskSecret, secretChangesOf } from "./secret-changes.ts";

/** Revision counters that the cluster increments when the Pod template of an object changes. */
const REVISION_COUNTERS: Readonly<Record<string, string>> = {
  Deployment: 'metadata.annotations["deployment.kubernetes.io/revision"]',
  DaemonSet: 'metadata.annotations["deprecated.daemonset.template.generation"]',
};

/** A resource as far as it decides how objects are compared. */
type ComparedResource = Pick<Resource, "group" | "resource" | "kind">;

/** The fields in which two objects of a resource differ. Consequences of other fields come last. */
export function objectChangesOf(
  resource: ComparedResource,
  left: JsonObject,
  right: JsonObject,
): FieldDifference[] {
  const { kind } = resource;
  if ([left, right].some((side) => holdsSecret(resource, side["kind"]))) return secretChangesOf(left, right);
  const changes = changesOf(left, right);
  const counter = changes.find(({ path }) => path === REVISION_COUNTERS[kind]);
  // A change of the counter alone says that the template was changed and changed back.
  if (counter === undefined || !changes.some(({ path }) => path.startsWith("spec.template."))) return changes;
  return [...changes.filter((change) => change !== counter), { ...counter, follows: true }];
}

/** An object with the values of a Secret masked. */
export function shownObject(resource: ComparedResource, object: JsonObject): JsonObject {
  return holdsSecret(resource, object["kind"]) ? maskSecret(object) : object;
}

/** Whether the resource, or what a side calls the kind, is that of Secrets. */
function holdsSecret(resource: ComparedResource, kind: unknown): boolean {
  return isSecrets(resource) || kind === "Secret";
}
