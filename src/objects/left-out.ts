/**
 * What a backup leaves out, as a table with the reason for each row. docs/left-out.md is this table
 * for people; a test holds the two together.
 */

import { isJsonObject, type JsonObject } from "../cluster/json.ts";

/** The namespace whose existence says that this cluster must not be restored into. */
export const FLAG_NAMESPACE = "backuprestore-donotuse";

/** An object as rules see it. */
export interface Candidate {
  kind: string;
  namespace: string | undefined;
  name: string;
  object: JsonObject;
}

/** A rule that leaves objects out. */
export interface ObjectRule {
  /** What is left out, for people. */
  what: string;
  reason: string;
  applies: (candidate: Candidate) => boolean;
}

/** A rule that leaves a field out of the objects that remain. */
export interface FieldRule {
  /** Kinds that have it; absent for all. */
  kind?: string;
  /** The field, and when, for people. */
  what: string;
  reason: string;
  /** Takes the field out of the object. */
  remove: (object: JsonObject) => void;
}

/** Objects that belong to this cluster alone, or that it makes by itself. */
export const OBJECTS_LEFT_OUT: readonly ObjectRule[] = [
  {
    what: "The namespace `kube-system` and what is in it",
    reason: "It is the cluster's own, and where this program runs",
    applies: ({ kind, namespace, name }) => (kind === "Namespace" ? name : namespace) === "kube-system",
  },
  {
    what: `The namespace \`${FLAG_NAMESPACE}\` and what is in it`,
    reason: "It is the flag of the restore gate: restored, it would forbid every restore",
    applies: ({ kind, namespace, name }) => (kind === "Namespace" ? name : namespace) === FLAG_NAMESPACE,
  },
  {
    what: "Namespaces that are being deleted, and what is in them",
    reason: "Somebody wanted them gone: a restore would bring them back",
    applies: ({ kind, object }) => kind === "Namespace" && isBeingDeleted(object),
  },
  {
    what: "Objects that are being deleted",
    reason: "Somebody wanted them gone: a restore would bring them back",
    applies: ({ object }) => isBeingDeleted(object),
  },
  {
    what: "The Service `default/kubernetes`",
    reason: "Every API server makes its own, with its own address",
    applies: ({ kind, namespace, name }) =>
      kind === "Service" && namespace === "default" && name === "kubernetes",
  },
  {
    what: "ConfigMaps named `kube-root-ca.crt`",
    reason: "The cluster puts its own certificate authority into every namespace",
    applies: ({ kind, name }) => kind === "ConfigMap" && name === "kube-root-ca.crt",
  },
  {
    what: "Secrets of the type `kubernetes.io/service-account-token`",
    reason:
      "They are signed by this cluster for a ServiceAccount's uid: the cluster makes them, and no other accepts them",
    applies: ({ kind, object }) =>
      kind === "Secret" && object["type"] === "kubernetes.io/service-account-token",
  },
];

/** Fields that the API server or a controller of this cluster writes, and writes anew after a restore. */
export const FIELDS_LEFT_OUT: readonly FieldRule[] = [
  ...metadataRules({
    uid: "Names this one object for its lifetime; the restored one gets its own",
    resourceVersion: "Counts the writes to this cluster's etcd",
    generation: "Counts the changes to this object; starts again at 1",
    creationTimestamp: "The API server writes the time of the restore",
    selfLink: "Not served since Kubernetes 1.20",
    managedFields: "Who wrote which field here; the API server keeps its own record from the restore on",
    ownerReferences:
      "They hold uids of this cluster: kept in a file of their own beside the objects, by kind and name",
  }),
  {
    what: "`status`",
    reason: "What controllers have seen; they look again",
    remove: (object) => {
      delete object["status"];
    },
  },
  {
    kind: "Namespace",
    what: "`spec.finalizers`, where it holds `kubernetes` only",
    reason: "Every API server puts it there",
    remove: (object) => {
      const spec = object["spec"];
      if (!isJsonObject(spec) || !Array.isArray(spec["finalizers"])) return;
      if (spec["finalizers"].every((finalizer) => finalizer === "kubernetes")) delete spec["finalizers"];
      if (Object.keys(spec).length === 0) delete object["spec"];
    },
  },
  {
    kind: "Service",
    what: "`spec.clusterIP` and `spec.clusterIPs`, unless headless (`None`)",
    reason: "Addresses of this cluster's range, which the next one may not have or may have given away",
    remove: (object) => {
      const spec = object["spec"];
      if (!isJsonObject(spec) || spec["clusterIP"] === "None") return;
      delete spec["clusterIP"];
      delete spec["clusterIPs"];
    },
  },
  {
    kind: "Service",
    what: "`spec.healthCheckNodePort`",
    reason: "A port of this cluster's range; the API server gives a new one",
    remove: (object) => {
      const spec = object["spec"];
      if (isJsonObject(spec)) delete spec["healthCheckNodePort"];
    },
  },
];

/** Why an object is left out: the rule's `what`, or undefined for one that is kept. */
export function leftOut(candidate: Candidate): string | undefined {
  return OBJECTS_LEFT_OUT.find((rule) => rule.applies(candidate))?.what;
}

/** Takes out of an object, in place, the fields that belong to this cluster alone. */
export function removeFields(kind: string, object: JsonObject): void {
  for (const rule of FIELDS_LEFT_OUT) {
    if (rule.kind === undefined || rule.kind === kind) rule.remove(object);
  }
}

function isBeingDeleted(object: JsonObject): boolean {
  const metadata = object["metadata"];
  return isJsonObject(metadata) && metadata["deletionTimestamp"] !== undefined;
}

function metadataRules(reasons: Record<string, string>): FieldRule[] {
  return Object.entries(reasons).map(([field, reason]) => ({
    what: `\`metadata.${field}\``,
    reason,
    remove: (object) => {
      const metadata = object["metadata"];
      if (isJsonObject(metadata)) delete metadata[field];
    },
  }));
}
