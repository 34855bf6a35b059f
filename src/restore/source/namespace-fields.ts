/** The fields that name namespaces, which a namespace mapping rewrites. */

import { CUSTOM_NAMESPACE_FIELDS } from "./custom-namespace-fields.ts";

/** A field that names a namespace. */
export interface NamespaceField {
  /** API group of the kinds, empty for the core group; absent for all groups. */
  group?: string;
  /** Kinds that have the field; absent for all kinds. */
  kinds?: readonly string[];
  /**
   * The path of the field. `*` stands for every item of a list or every member, `*Ref` for every member whose name ends
   * so, and `**` for any number of steps.
   */
  path: readonly string[];
  /** How the field holds the name; `name` by default. */
  form?: NamespaceForm;
}

/** How a field holds the name of a namespace. */
export type NamespaceForm =
  | "name"
  | "names"
  /** A selector of namespaces by labels. */
  | "label"
  /** `system:serviceaccount:shop:web`. */
  | "service account"
  /** `web.shop.svc.cluster.local`. */
  | "service DNS name"
  /** `shop/web`. */
  | "namespace/name"
  /** `cluster.local/ns/shop/sa/web`. */
  | "principal";

/** The label that the API server puts on each namespace, for selectors. */
export const NAME_LABEL = "kubernetes.io/metadata.name";

const ADMISSION = "admissionregistration.k8s.io";
const WEBHOOKS = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const POLICIES = ["MutatingAdmissionPolicy", "ValidatingAdmissionPolicy"];
const POLICY_BINDINGS = ["MutatingAdmissionPolicyBinding", "ValidatingAdmissionPolicyBinding"];
const RBAC = "rbac.authorization.k8s.io";
const BINDINGS = ["RoleBinding", "ClusterRoleBinding"];
const NETWORKING = "networking.k8s.io";
const FLOW_CONTROL = "flowcontrol.apiserver.k8s.io";
const SUBJECTS = ["spec", "rules", "*", "subjects", "*"];

/**
 * All such fields. A name inside a text (an address in a ConfigMap, an argument, an environment variable) stays as it is,
 * and is noted: nobody can tell whether the text means the namespace.
 */
export const NAMESPACE_FIELDS: readonly NamespaceField[] = [
  { path: ["metadata", "namespace"] },
  { group: "", kinds: ["Namespace"], path: ["metadata", "name"] },
  { group: "", kinds: ["Namespace"], path: ["metadata", "labels", NAME_LABEL] },
  { group: RBAC, kinds: BINDINGS, path: ["subjects", "*", "namespace"] },
  { group: RBAC, kinds: BINDINGS, path: ["subjects", "*", "name"], form: "service account" },
  { group: ADMISSION, kinds: WEBHOOKS, path: ["webhooks", "*", "clientConfig", "service", "namespace"] },
  { group: ADMISSION, kinds: WEBHOOKS, path: ["webhooks", "*", "namespaceSelector"], form: "label" },
  {
    group: ADMISSION,
    kinds: POLICIES,
    path: ["spec", "matchConstraints", "namespaceSelector"],
    form: "label",
  },
  {
    group: ADMISSION,
    kinds: POLICY_BINDINGS,
    path: ["spec", "matchResources", "namespaceSelector"],
    form: "label",
  },
  { group: ADMISSION, kinds: POLICY_BINDINGS, path: ["spec", "paramRef", "namespace"] },
  { group: "apiregistration.k8s.io", kinds: ["APIService"], path: ["spec", "service", "namespace"] },
  {
    group: "apiextensions.k8s.io",
    kinds: ["CustomResourceDefinition"],
    path: ["spec", "conversion", "webhook", "clientConfig", "service", "namespace"],
  },
  { group: "", kinds: ["PersistentVolume"], path: ["spec", "claimRef", "namespace"] },
  { group: "", kinds: ["PersistentVolume"], path: ["spec", "*", "*Ref", "namespace"] },
  { group: "", kinds: ["PersistentVolume"], path: ["spec", "azureFile", "secretNamespace"] },
  { group: "", kinds: ["PersistentVolumeClaim"], path: ["spec", "dataSourceRef", "namespace"] },
  {
    group: "apps",
    kinds: ["StatefulSet"],
    path: ["spec", "volumeClaimTemplates", "*", "spec", "dataSourceRef", "namespace"],
  },
  { group: "storage.k8s.io", kinds: ["StorageClass"], path: ["parameters", "*-secret-namespace"] },
  { group: "", kinds: ["Service"], path: ["spec", "externalName"], form: "service DNS name" },
  { group: "", kinds: ["ServiceAccount"], path: ["secrets", "*", "namespace"] },
  { group: "", kinds: ["Endpoints"], path: ["subsets", "*", "*", "*", "targetRef", "namespace"] },
  {
    group: "discovery.k8s.io",
    kinds: ["EndpointSlice"],
    path: ["endpoints", "*", "targetRef", "namespace"],
  },
  { group: NETWORKING, kinds: ["IngressClass"], path: ["spec", "parameters", "namespace"] },
  {
    group: NETWORKING,
    kinds: ["NetworkPolicy"],
    path: ["spec", "ingress", "*", "from", "*", "namespaceSelector"],
    form: "label",
  },
  {
    group: NETWORKING,
    kinds: ["NetworkPolicy"],
    path: ["spec", "egress", "*", "to", "*", "namespaceSelector"],
    form: "label",
  },
  { group: FLOW_CONTROL, kinds: ["FlowSchema"], path: [...SUBJECTS, "serviceAccount", "namespace"] },
  {
    group: FLOW_CONTROL,
    kinds: ["FlowSchema"],
    path: [...SUBJECTS, "user", "name"],
    form: "service account",
  },
  {
    group: FLOW_CONTROL,
    kinds: ["FlowSchema"],
    path: [...SUBJECTS, "group", "name"],
    form: "service account",
  },
  {
    group: FLOW_CONTROL,
    kinds: ["FlowSchema"],
    path: ["spec", "rules", "*", "resourceRules", "*", "namespaces"],
    form: "names",
  },
  ...podFields(),
  ...CUSTOM_NAMESPACE_FIELDS,
];

/** Terms of Pod affinity to Pods of other namespaces, in Pods and in Pod templates. */
function podFields(): NamespaceField[] {
  const templates: [group: string, kinds: readonly string[], spec: readonly string[]][] = [
    ["", ["Pod"], ["spec"]],
    ["", ["PodTemplate"], ["template", "spec"]],
    ["", ["ReplicationController"], ["spec", "template", "spec"]],
    ["apps", ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"], ["spec", "template", "spec"]],
    ["batch", ["Job"], ["spec", "template", "spec"]],
    ["batch", ["CronJob"], ["spec", "jobTemplate", "spec", "template", "spec"]],
  ];
  return templates.flatMap(([group, kinds, spec]) =>
    ["podAffinity", "podAntiAffinity"].flatMap((affinity) =>
      [
        ["requiredDuringSchedulingIgnoredDuringExecution", "*"],
        ["preferredDuringSchedulingIgnoredDuringExecution", "*", "podAffinityTerm"],
      ].flatMap((term): NamespaceField[] => [
        { group, kinds, path: [...spec, "affinity", affinity, ...term, "namespaces"], form: "names" },
        { group, kinds, path: [...spec, "affinity", affinity, ...term, "namespaceSelector"], form: "label" },
      ]),
    ),
  );
}
