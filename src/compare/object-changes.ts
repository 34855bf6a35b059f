import type { JsonObject } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { changesOf } from "./field-changes.ts";
import { isSecret, maskSecret, secretChangesOf } from "./secret-changes.ts";

/** Revision counters that the cluster increments when the Pod template of an object changes. */
const REVISION_COUNTERS: Readonly<Record<string, string>> = {
  Deployment: 'metadata.annotations["deployment.kubernetes.io/revision"]',
  DaemonSet: 'metadata.annotations["deprecated.daemonset.template.generation"]',
};

/** The fields in which two objects of a kind differ. Consequences of other fields come last. */
export function objectChangesOf(kind: string, left: JsonObject, right: JsonObject): FieldDifference[] {
  if (isSecret(kind)) return secretChangesOf(left, right);
  const changes = changesOf(left, right);
  const counter = changes.find(({ path }) => path === REVISION_COUNTERS[kind]);
  // A change of the counter alone says that the template was changed and changed back.
  if (counter === undefined || !changes.some(({ path }) => path.startsWith("spec.template."))) return changes;
  return [...changes.filter((change) => change !== counter), { ...counter, follows: true }];
}

/** An object with the values of a Secret masked. */
export function shownObject(kind: string, object: JsonObject): JsonObject {
  return isSecret(kind) ? maskSecret(object) : object;
}
