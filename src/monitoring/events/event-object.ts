import { createHash } from "node:crypto";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import type { EventText } from "./event-text.ts";

/** Events, in the version that kubectl describes objects with. */
export const EVENTS: Resource = {
  group: "",
  version: "v1",
  resource: "events",
  kind: "Event",
  namespaced: true,
};

const COMPONENT = "kube-backup";

/** For so long the same is told once, in milliseconds: a program that ends at each start would tell it each time. */
const SAME_WITHIN = 10 * 60_000;

/** The API server refuses longer ones. */
const MOST_CHARACTERS = 1_024;

/** The workload that events are about. */
export interface Workload {
  namespace: string;
  name: string;
  uid: string;
}

/** An event as the API server takes it. Its name is that of what it says: the same within ten minutes exists already. */
export function eventObject(
  { type, reason, message }: EventText,
  { workload, pod, at }: { workload: Workload; pod: string; at: Date },
): { key: ObjectKey & { namespace: string }; object: JsonObject } {
  const { namespace, name, uid } = workload;
  const period = Math.floor(at.getTime() / SAME_WITHIN);
  const digest = createHash("sha256").update([uid, reason, message, period].join("\n")).digest("hex");
  const key = { namespace, name: `${name}.${digest.slice(0, 16)}` };
  const time = at.toISOString().replace(/\.\d+Z$/, "Z");
  return {
    key,
    object: {
      apiVersion: "v1",
      kind: "Event",
      metadata: { ...key },
      involvedObject: { apiVersion: "apps/v1", kind: "Deployment", namespace, name, uid },
      type,
      reason,
      message: message.length <= MOST_CHARACTERS ? message : `${message.slice(0, MOST_CHARACTERS - 1)}…`,
      source: { component: COMPONENT },
      reportingComponent: COMPONENT,
      reportingInstance: pod,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    },
  };
}

/**
 * The Deployment of a pod among those with the program's label: the one whose name the pod's begins with, and the only one
 * otherwise.
 */
export function workloadOf(workloads: readonly Workload[], pod: string): Workload | undefined {
  const named = workloads
    .filter(({ name }) => pod.startsWith(`${name}-`))
    .toSorted((one, other) => other.name.length - one.name.length);
  return named[0] ?? (workloads.length === 1 ? workloads[0] : undefined);
}
