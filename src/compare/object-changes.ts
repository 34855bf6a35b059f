import type { JsonObject } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { changesOf } from "./field-changes.ts";
import { isSecret, maskSecret, secretChangesOf } from "./secret-changes.ts";

/** Fields that the cluster counts up by itself when an object's template changes. */
const COUNTERS: Readonly<Record<string, string>> = {
  Deployment: 'metadata.annotations["deployment.kubernetes.io/revision"]',
  DaemonSet: 'metadata.annotations["deprecated.daemonset.template.generation"]',
};

/** The fields in which two objects of a kind differ; those that only follow from others come last. */
export function objectChangesOf(kind: string, left: JsonObject, right: JsonObject): FieldDifference[] {
  if (isSecret(kind)) return secretChangesOf(left, right);
  const changes = changesOf(left, right);
  const counter = changes.find(({ path }) => path === COUNTERS[kind]);
  // Alone, it tells that the template was another one meanwhile.
  if (counter === undefined || !changes.some(({ path }) => path.startsWith("spec.template."))) return changes;
  return [...changes.filter((change) => change !== counter), { ...counter, follows: true }];
}

/** An object as it may be shown. */
export function shownObject(kind: string, object: JsonObject): JsonObject {
  return isSecret(kind) ? maskSecret(object) : object;
}
