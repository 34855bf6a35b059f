import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { groupOf, items, member } from "../kubernetes/object-facts.ts";

/** An object that another one names and cannot do without. */
export interface Reference {
  /** `serviceaccounts`, `storageclasses.storage.k8s.io`. */
  resource: string;
  /** Undefined for cluster-scoped ones. */
  namespace: string | undefined;
  name: string;
}

const CLAIMS = "persistentvolumeclaims";
const STORAGE_CLASSES = "storageclasses.storage.k8s.io";

/** Where each kind of workload has its Pod's template, by group and kind. */
const TEMPLATES = new Map<string, readonly string[]>([
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
 * What a workload names: its ServiceAccount, claims, ConfigMaps, Secrets, classes. What it calls optional
 * is not among it, nor is the ServiceAccount `default`, which every namespace has by itself.
 */
export function referencesOf(kind: string, object: JsonObject): Reference[] {
  const id = `${groupOf(object)}/${kind}`;
  const namespace = String(member(object, "metadata")["namespace"] ?? "");
  const found: Reference[] = [];
  const place = TEMPLATES.get(id);
  if (place !== undefined) found.push(...ofPod(member(at(object, place), "spec"), namespace));
  if (id === "apps/StatefulSet") found.push(...ofClaimTemplates(object, namespace));
  if (id === "/PersistentVolumeClaim") {
    found.push(...named(STORAGE_CLASSES, undefined, member(object, "spec")["storageClassName"]));
  }
  if (id === "networking.k8s.io/Ingress") {
    const spec = member(object, "spec");
    found.push(...named("ingressclasses.networking.k8s.io", undefined, spec["ingressClassName"]));
    for (const { secretName } of items(spec, "tls")) found.push(...named("secrets", namespace, secretName));
  }
  return found;
}

function ofPod(spec: JsonObject, namespace: string): Reference[] {
  const found: Reference[] = [];
  if (spec["serviceAccountName"] !== "default") {
    found.push(...named("serviceaccounts", namespace, spec["serviceAccountName"]));
  }
  for (const { name } of items(spec, "imagePullSecrets")) found.push(...named("secrets", namespace, name));
  // Those of the system are in every cluster.
  if (!String(spec["priorityClassName"]).startsWith("system-")) {
    found.push(...named("priorityclasses.scheduling.k8s.io", undefined, spec["priorityClassName"]));
  }
  found.push(...named("runtimeclasses.node.k8s.io", undefined, spec["runtimeClassName"]));
  for (const volume of items(spec, "volumes")) found.push(...ofVolume(volume, namespace));
  for (const containers of ["initContainers", "containers"]) {
    for (const container of items(spec, containers)) found.push(...ofContainer(container, namespace));
  }
  return found;
}

function ofVolume(volume: JsonObject, namespace: string): Reference[] {
  const found = ofSource(volume, namespace);
  found.push(...named(CLAIMS, namespace, member(volume, "persistentVolumeClaim")["claimName"]));
  for (const source of items(member(volume, "projected"), "sources"))
    found.push(...ofSource(source, namespace));
  const template = member(member(volume, "ephemeral"), "volumeClaimTemplate");
  found.push(...named(STORAGE_CLASSES, undefined, member(template, "spec")["storageClassName"]));
  return found;
}

/** A volume's or a projected volume's ConfigMap or Secret, which name themselves in two ways. */
function ofSource(source: JsonObject, namespace: string): Reference[] {
  const configMap = member(source, "configMap");
  const secret = member(source, "secret");
  return [
    ...required("configmaps", namespace, configMap, configMap["name"]),
    ...required("secrets", namespace, secret, secret["secretName"] ?? secret["name"]),
  ];
}

function ofContainer(container: JsonObject, namespace: string): Reference[] {
  const found: Reference[] = [];
  const froms = [
    ...items(container, "env").map((variable) => member(variable, "valueFrom")),
    ...items(container, "envFrom"),
  ];
  for (const from of froms) {
    for (const key of ["configMapKeyRef", "configMapRef"]) {
      const reference = member(from, key);
      found.push(...required("configmaps", namespace, reference, reference["name"]));
    }
    for (const key of ["secretKeyRef", "secretRef"]) {
      const reference = member(from, key);
      found.push(...required("secrets", namespace, reference, reference["name"]));
    }
  }
  return found;
}

/** The claims that the controller made of a StatefulSet's templates hold its data. */
function ofClaimTemplates(object: JsonObject, namespace: string): Reference[] {
  const spec = member(object, "spec");
  const set = String(member(object, "metadata")["name"]);
  const start = Number(member(spec, "ordinals")["start"] ?? 0);
  const replicas = Number(spec["replicas"] ?? 1);
  const found: Reference[] = [];
  for (const template of items(spec, "volumeClaimTemplates")) {
    const name = String(member(template, "metadata")["name"]);
    found.push(...named(STORAGE_CLASSES, undefined, member(template, "spec")["storageClassName"]));
    for (let ordinal = start; ordinal < start + replicas; ordinal += 1) {
      found.push({ resource: CLAIMS, namespace, name: `${name}-${set}-${ordinal}` });
    }
  }
  return found;
}

function required(resource: string, namespace: string, reference: JsonObject, name: unknown): Reference[] {
  return reference["optional"] === true ? [] : named(resource, namespace, name);
}

function named(resource: string, namespace: string | undefined, name: unknown): Reference[] {
  return typeof name === "string" && name !== "" ? [{ resource, namespace, name }] : [];
}

function at(object: JsonObject, path: readonly string[]): JsonObject {
  let value: JsonObject = object;
  for (const step of path) {
    const next = value[step];
    if (!isJsonObject(next)) return {};
    value = next;
  }
  return value;
}
