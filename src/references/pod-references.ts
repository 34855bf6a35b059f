import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import { type Reference, referenceTo, referenceToKind, withNeed } from "./reference.ts";

const STORAGE_CLASSES = "storageclasses.storage.k8s.io";

/** Volumes with a reference to a Secret of their namespace, and its field: an object with a name, or the name itself. */
const VOLUME_SECRETS: readonly (readonly [volume: string, field: string])[] = [
  ["csi", "nodePublishSecretRef"],
  ["cephfs", "secretRef"],
  ["rbd", "secretRef"],
  ["iscsi", "secretRef"],
  ["flexVolume", "secretRef"],
  ["azureFile", "secretName"],
];

/**
 * The references of a Pod: its ServiceAccount, PVCs, ConfigMaps, Secrets, classes, devices. Optional references are left
 * out, and so is the ServiceAccount `default`, which every namespace has.
 */
export function podReferences(spec: JsonObject, namespace: string): Reference[] {
  const found: Reference[] = [];
  if (spec["serviceAccountName"] !== "default") {
    found.push(...referenceTo("serviceaccounts", namespace, spec["serviceAccountName"]));
  }
  for (const { name } of items(spec, "imagePullSecrets"))
    found.push(...withNeed("pull", referenceTo("secrets", namespace, name)));
  // Every cluster has the PriorityClasses of the system.
  if (!String(spec["priorityClassName"]).startsWith("system-")) {
    found.push(...referenceTo("priorityclasses.scheduling.k8s.io", undefined, spec["priorityClassName"]));
  }
  found.push(...referenceTo("runtimeclasses.node.k8s.io", undefined, spec["runtimeClassName"]));
  for (const claim of items(spec, "resourceClaims")) {
    found.push(
      ...referenceTo("resourceclaims.resource.k8s.io", namespace, claim["resourceClaimName"]),
      ...referenceTo("resourceclaimtemplates.resource.k8s.io", namespace, claim["resourceClaimTemplateName"]),
    );
  }
  for (const volume of items(spec, "volumes")) found.push(...volumeReferences(volume, namespace));
  for (const containers of ["initContainers", "containers"]) {
    for (const container of items(spec, containers)) found.push(...containerReferences(container, namespace));
  }
  return found;
}

/** What a PVC, or a template of PVCs, needs: its class, and the snapshot or claim that it is filled from. */
export function claimReferences(spec: JsonObject, namespace: string): Reference[] {
  const found = [
    ...referenceTo(STORAGE_CLASSES, undefined, spec["storageClassName"]),
    ...referenceTo("volumeattributesclasses.storage.k8s.io", undefined, spec["volumeAttributesClassName"]),
    ...referenceTo("persistentvolumes", undefined, spec["volumeName"]),
  ];
  // The API server sets the one to the other where both can hold it.
  const source = isJsonObject(spec["dataSourceRef"]) ? spec["dataSourceRef"] : member(spec, "dataSource");
  const of = { group: source["apiGroup"], kind: source["kind"] };
  const home = typeof source["namespace"] === "string" ? source["namespace"] : namespace;
  return [...found, ...referenceToKind(of, home, source["name"])];
}

function volumeReferences(volume: JsonObject, namespace: string): Reference[] {
  const found = sourceReferences(volume, namespace);
  const claim = member(volume, "persistentVolumeClaim");
  found.push(...referenceTo("persistentvolumeclaims", namespace, claim["claimName"]));
  for (const source of items(member(volume, "projected"), "sources"))
    found.push(...sourceReferences(source, namespace));
  const template = member(member(volume, "ephemeral"), "volumeClaimTemplate");
  found.push(...claimReferences(member(template, "spec"), namespace));
  for (const [kind, field] of VOLUME_SECRETS) {
    const value = member(volume, kind)[field];
    found.push(...referenceTo("secrets", namespace, isJsonObject(value) ? value["name"] : value));
  }
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

function unlessOptional(
  resource: string,
  namespace: string,
  reference: JsonObject,
  name: unknown,
): Reference[] {
  return reference["optional"] === true ? [] : referenceTo(resource, namespace, name);
}
