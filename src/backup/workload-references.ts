import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { groupOf, items, member } from "../kubernetes/object-facts.ts";

/** A reference of an object to another object that the object requires. */
export interface Reference {
  /** `serviceaccounts`, `storageclasses.storage.k8s.io`. */
  resource: string;
  /** Undefined for cluster-scoped objects. */
  namespace: string | undefined;
  name: string;
}

const PVCS = "persistentvolumeclaims";
const STORAGE_CLASSES = "storageclasses.storage.k8s.io";

/** The path of the Pod template of each kind of workload, by group and kind. */
const POD_TEMPLATE_PATHS = new Map<string, readonly string[]>([
  ["/Pod", []],
  ["/PodTemplate", ["template"]],
  ["/ReplicationController", ["spec", "template"]],
  ["apps/Deployment", ["spec", "template"]],
  ["apps/ReplicaSet", ["spec", "template"]],
  ["apps/StatefulSet", ["spec", "template"]],
  ["apps/DaemonSet", ["spec", "template"]],
  ["batch/Job", ["spec", "template"]],
  ["batch/CronJob", ["spec", "jobTemplate", "spec", "template"]],
]);

/**
 * The references of a workload: its ServiceAccount, PVCs, ConfigMaps, Secrets, classes. Optional references
 * are left out, and so is the ServiceAccount `default`, which every namespace has.
 */
export function referencesOf(kind: string, object: JsonObject): Reference[] {
  const id = `${groupOf(object)}/${kind}`;
  const namespace = String(member(object, "metadata")["namespace"] ?? "");
  const found: Reference[] = [];
  const path = POD_TEMPLATE_PATHS.get(id);
  if (path !== undefined) found.push(...podReferences(member(memberAt(object, path), "spec"), namespace));
  if (id === "apps/StatefulSet") found.push(...claimTemplateReferences(object, namespace));
  if (id === "/PersistentVolumeClaim") {
    found.push(...referenceTo(STORAGE_CLASSES, undefined, member(object, "spec")["storageClassName"]));
  }
  if (id === "networking.k8s.io/Ingress") {
    const spec = member(object, "spec");
    found.push(...referenceTo("ingressclasses.networking.k8s.io", undefined, spec["ingressClassName"]));
    for (const { secretName } of items(spec, "tls"))
      found.push(...referenceTo("secrets", namespace, secretName));
  }
  return found;
}

function podReferences(spec: JsonObject, namespace: string): Reference[] {
  const found: Reference[] = [];
  if (spec["serviceAccountName"] !== "default") {
    found.push(...referenceTo("serviceaccounts", namespace, spec["serviceAccountName"]));
  }
  for (const { name } of items(spec, "imagePullSecrets"))
    found.push(...referenceTo("secrets", namespace, name));
  // Every cluster has the PriorityClasses of the system.
  if (!String(spec["priorityClassName"]).startsWith("system-")) {
    found.push(...referenceTo("priorityclasses.scheduling.k8s.io", undefined, spec["priorityClassName"]));
  }
  found.push(...referenceTo("runtimeclasses.node.k8s.io", undefined, spec["runtimeClassName"]));
  for (const volume of items(spec, "volumes")) found.push(...volumeReferences(volume, namespace));
  for (const containers of ["initContainers", "containers"]) {
    for (const container of items(spec, containers)) found.push(...containerReferences(container, namespace));
  }
  return found;
}

function volumeReferences(volume: JsonObject, namespace: string): Reference[] {
  const found = sourceReferences(volume, namespace);
  found.push(...referenceTo(PVCS, namespace, member(volume, "persistentVolumeClaim")["claimName"]));
  for (const source of items(member(volume, "projected"), "sources"))
    found.push(...sourceReferences(source, namespace));
  const template = member(member(volume, "ephemeral"), "volumeClaimTemplate");
  found.push(...referenceTo(STORAGE_CLASSES, undefined, member(template, "spec")["storageClassName"]));
  return found;
}

/** The ConfigMap or Secret of a volume (field secretName) or of a source of a projected volume (field name). */
function sourceReferences(source: JsonObject, namespace: string): Reference[] {
  const configMap = member(source, "configMap");
  const secret = member(source, "secret");
  return [
    ...unlessOptional("configmaps", namespace, configMap, configMap["name"]),
    ...unlessOptional("secrets", namespace, secret, secret["secretName"] ?? secret["name"]),
  ];
}

function containerReferences(container: JsonObject, namespace: string): Reference[] {
  const found: Reference[] = [];
  const sources = [
    ...items(container, "env").map((variable) => member(variable, "valueFrom")),
    ...items(container, "envFrom"),
  ];
  for (const source of sources) {
    for (const key of ["configMapKeyRef", "configMapRef"]) {
      const reference = member(source, key);
      found.push(...unlessOptional("configmaps", namespace, reference, reference["name"]));
    }
    for (const key of ["secretKeyRef", "secretRef"]) {
      const reference = member(source, key);
      found.push(...unlessOptional("secrets", namespace, reference, reference["name"]));
    }
  }
  return found;
}

/** The PVCs that the controller created from a StatefulSet's templates, which have the data of the StatefulSet. */
function claimTemplateReferences(object: JsonObject, namespace: string): Reference[] {
  const spec = member(object, "spec");
  const set = String(member(object, "metadata")["name"]);
  const start = Number(member(spec, "ordinals")["start"] ?? 0);
  const replicas = Number(spec["replicas"] ?? 1);
  const found: Reference[] = [];
  for (const template of items(spec, "volumeClaimTemplates")) {
    const name = String(member(template, "metadata")["name"]);
    found.push(...referenceTo(STORAGE_CLASSES, undefined, member(template, "spec")["storageClassName"]));
    for (let ordinal = start; ordinal < start + replicas; ordinal += 1) {
      found.push({ resource: PVCS, namespace, name: `${name}-${set}-${ordinal}` });
    }
  }
  return found;
}

function unlessOptional(
  resource: string,
  namespace: string,
  reference: JsonObject,
  name: unknown,
): Reference[] {
  return reference["optional"] === true ? [] : referenceTo(resource, namespace, name);
}

function referenceTo(resource: string, namespace: string | undefined, name: unknown): Reference[] {
  return typeof name === "string" && name !== "" ? [{ resource, namespace, name }] : [];
}

function memberAt(object: JsonObject, path: readonly string[]): JsonObject {
  let value: JsonObject = object;
  for (const step of path) {
    const next = value[step];
    if (!isJsonObject(next)) return {};
    value = next;
  }
  return value;
}
