import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { groupOf, items, member } from "../kubernetes/object-facts.ts";
import { parseApiVersion } from "../kubernetes/resource.ts";
import { claimReferences, podReferences } from "./pod-references.ts";
import { type Reference, referenceTo, referenceToKind, withNeed } from "./reference.ts";

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

/** What objects of other kinds require, by group and kind. */
const OTHER_REFERENCES = new Map<string, (object: JsonObject, namespace: string) => Reference[]>([
  ["apps/StatefulSet", claimTemplateReferences],
  ["/PersistentVolumeClaim", (object, namespace) => claimReferences(member(object, "spec"), namespace)],
  ["/Service", serviceReferences],
  ["/ServiceAccount", accountReferences],
  ["networking.k8s.io/Ingress", ingressReferences],
  ["networking.k8s.io/IngressClass", ingressClassReferences],
  ["autoscaling/HorizontalPodAutoscaler", targetReferences],
  ["rbac.authorization.k8s.io/RoleBinding", bindingReferences],
  ["rbac.authorization.k8s.io/ClusterRoleBinding", bindingReferences],
  ["admissionregistration.k8s.io/MutatingWebhookConfiguration", webhookReferences],
  ["admissionregistration.k8s.io/ValidatingWebhookConfiguration", webhookReferences],
  [
    "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
    (object) => policyReferences(object, "mutatingadmissionpolicies"),
  ],
  [
    "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
    (object) => policyReferences(object, "validatingadmissionpolicies"),
  ],
  ["apiregistration.k8s.io/APIService", (object) => serviceOf(member(object, "spec"))],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    (object) => serviceOf(memberAt(object, ["spec", "conversion", "webhook", "clientConfig"])),
  ],
]);

/** Roles that every API server makes for itself. */
const OWN_ROLES = /^(system:.*|cluster-admin|admin|edit|view)$/;

/** Whether objects of a kind name others at all: `pods` where Pods are made of them, or are what the object is. */
export function namesOthers({ group, kind }: { group: string; kind: string }): "pods" | "others" | undefined {
  const id = `${group}/${kind}`;
  if (POD_TEMPLATE_PATHS.has(id)) return "pods";
  return OTHER_REFERENCES.has(id) ? "others" : undefined;
}

/** The references of an object to what it requires, without those that are optional or that every cluster fulfills. */
export function referencesOf(kind: string, object: JsonObject): Reference[] {
  const id = `${groupOf(object)}/${kind}`;
  const namespace = String(member(object, "metadata")["namespace"] ?? "");
  const path = POD_TEMPLATE_PATHS.get(id);
  const ofPod = path === undefined ? [] : podReferences(member(memberAt(object, path), "spec"), namespace);
  return [...ofPod, ...(OTHER_REFERENCES.get(id)?.(object, namespace) ?? [])];
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
    found.push(...claimReferences(member(template, "spec"), namespace));
    for (let ordinal = start; ordinal < start + replicas; ordinal += 1) {
      const claims = referenceTo("persistentvolumeclaims", namespace, `${name}-${set}-${ordinal}`);
      found.push(...withNeed("empty", claims));
    }
  }
  return found;
}

/** A Service without a selector has its addresses from Endpoints or EndpointSlices that a person wrote. */
function serviceReferences(object: JsonObject, namespace: string): Reference[] {
  const spec = member(object, "spec");
  if (spec["type"] === "ExternalName" || Object.keys(member(spec, "selector")).length > 0) return [];
  const { name } = member(object, "metadata");
  return [
    ...referenceTo("endpoints", namespace, name),
    ...referenceTo("endpointslices.discovery.k8s.io", namespace, name),
  ];
}

function accountReferences(object: JsonObject, namespace: string): Reference[] {
  const secrets = items(object, "imagePullSecrets").flatMap(({ name }) =>
    referenceTo("secrets", namespace, name),
  );
  return withNeed("pull", secrets);
}

function ingressReferences(object: JsonObject, namespace: string): Reference[] {
  const spec = member(object, "spec");
  const paths = items(spec, "rules").flatMap((rule) => items(member(rule, "http"), "paths"));
  const backends = [member(spec, "defaultBackend"), ...paths.map((path) => member(path, "backend"))];
  return [
    ...referenceTo("ingressclasses.networking.k8s.io", undefined, spec["ingressClassName"]),
    ...items(spec, "tls").flatMap(({ secretName }) => referenceTo("secrets", namespace, secretName)),
    ...backends.flatMap((backend) => {
      const resource = member(backend, "resource");
      const of = { group: resource["apiGroup"], kind: resource["kind"] };
      return [
        ...referenceTo("services", namespace, member(backend, "service")["name"]),
        ...referenceToKind(of, namespace, resource["name"]),
      ];
    }),
  ];
}

function ingressClassReferences(object: JsonObject): Reference[] {
  const parameters = member(member(object, "spec"), "parameters");
  const { namespace } = parameters;
  const of = { group: parameters["apiGroup"], kind: parameters["kind"] };
  return referenceToKind(of, typeof namespace === "string" ? namespace : undefined, parameters["name"]);
}

function targetReferences(object: JsonObject, namespace: string): Reference[] {
  const target = member(member(object, "spec"), "scaleTargetRef");
  const { group } = parseApiVersion(String(target["apiVersion"] ?? ""));
  return referenceToKind({ group, kind: target["kind"] }, namespace, target["name"]);
}

function bindingReferences(object: JsonObject, namespace: string): Reference[] {
  const role = member(object, "roleRef");
  const own = OWN_ROLES.test(String(role["name"]));
  const home = role["kind"] === "ClusterRole" ? undefined : namespace;
  return [
    ...(own ? [] : referenceToKind({ group: role["apiGroup"], kind: role["kind"] }, home, role["name"])),
    ...items(object, "subjects")
      .filter(({ kind, name, namespace: of }) => {
        return kind === "ServiceAccount" && name !== "default" && of !== "kube-system";
      })
      .flatMap((subject) =>
        referenceTo("serviceaccounts", String(subject["namespace"] ?? namespace), subject["name"]),
      ),
  ];
}

function webhookReferences(object: JsonObject): Reference[] {
  return items(object, "webhooks").flatMap((webhook) => serviceOf(member(webhook, "clientConfig")));
}

function policyReferences(object: JsonObject, policies: string): Reference[] {
  return referenceTo(
    `${policies}.admissionregistration.k8s.io`,
    undefined,
    member(object, "spec")["policyName"],
  );
}

/** The Service of a webhook or an APIService. */
function serviceOf(client: JsonObject): Reference[] {
  const { namespace, name } = member(client, "service");
  return typeof namespace === "string" ? referenceTo("services", namespace, name) : [];
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
