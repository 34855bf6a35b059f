import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import type { NamespaceMapping } from "./namespace-mapping.ts";

/** A field that names a namespace. */
interface NamespaceReference {
  /** Kinds that have the field; absent for all kinds. */
  kinds?: readonly string[];
  /** The path of the field; `*` stands for every item of a list, or every member. */
  path: readonly string[];
  /** How the field holds the name; `name` by default. */
  form?: "name" | "names" | "label" | "service account" | "service DNS name";
}

/** The label that the API server puts on each namespace, for selectors. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** The annotation in which `kubectl apply` keeps the object as it was applied. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

const WEBHOOKS = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const BINDINGS = ["RoleBinding", "ClusterRoleBinding"];

/**
 * The fields that name namespaces, which a mapping rewrites. A name inside a text (an address in a ConfigMap, an
 * argument, an environment variable) stays as it is: nobody can tell whether the text means the namespace.
 */
const NAMESPACE_REFERENCES: readonly NamespaceReference[] = [
  { path: ["metadata", "namespace"] },
  { kinds: ["Namespace"], path: ["metadata", "name"] },
  { kinds: ["Namespace"], path: ["metadata", "labels", NAME_LABEL] },
  { kinds: BINDINGS, path: ["subjects", "*", "namespace"] },
  { kinds: BINDINGS, path: ["subjects", "*", "name"], form: "service account" },
  { kinds: WEBHOOKS, path: ["webhooks", "*", "clientConfig", "service", "namespace"] },
  { kinds: WEBHOOKS, path: ["webhooks", "*", "namespaceSelector"], form: "label" },
  { kinds: ["APIService"], path: ["spec", "service", "namespace"] },
  {
    kinds: ["CustomResourceDefinition"],
    path: ["spec", "conversion", "webhook", "clientConfig", "service", "namespace"],
  },
  { kinds: ["PersistentVolume"], path: ["spec", "claimRef", "namespace"] },
  { kinds: ["PersistentVolumeClaim"], path: ["spec", "dataSourceRef", "namespace"] },
  { kinds: ["Service"], path: ["spec", "externalName"], form: "service DNS name" },
  {
    kinds: ["NetworkPolicy"],
    path: ["spec", "ingress", "*", "from", "*", "namespaceSelector"],
    form: "label",
  },
  { kinds: ["NetworkPolicy"], path: ["spec", "egress", "*", "to", "*", "namespaceSelector"], form: "label" },
  ...podReferences(),
];

/** Terms of Pod affinity to Pods of other namespaces, in Pods and in Pod templates. */
function podReferences(): NamespaceReference[] {
  const templates: [readonly string[], readonly string[]][] = [
    [["Pod"], ["spec"]],
    [
      ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "ReplicationController", "Job"],
      ["spec", "template", "spec"],
    ],
    [["CronJob"], ["spec", "jobTemplate", "spec", "template", "spec"]],
  ];
  return templates.flatMap(([kinds, spec]) =>
    ["podAffinity", "podAntiAffinity"].flatMap((affinity) =>
      [
        ["requiredDuringSchedulingIgnoredDuringExecution", "*"],
        ["preferredDuringSchedulingIgnoredDuringExecution", "*", "podAffinityTerm"],
      ].flatMap((term): NamespaceReference[] => [
        { kinds, path: [...spec, "affinity", affinity, ...term, "namespaces"], form: "names" },
        { kinds, path: [...spec, "affinity", affinity, ...term, "namespaceSelector"], form: "label" },
      ]),
    ),
  );
}

/**
 * Rewrites the namespace of an object, and the namespaces that the object refers to.
 *
 * @param text the object as JSON.
 * @returns the same text where nothing in the object is mapped.
 */
export function mapNamespaces(kind: string, text: string, mapping: NamespaceMapping): string {
  if (mapping.size === 0) return text;
  const object = parseJson(text);
  return isJsonObject(object) && mapObject(kind, object, mapping) ? JSON.stringify(object) : text;
}

/** Rewrites an object in place; returns whether anything changed. */
function mapObject(kind: string, object: JsonObject, mapping: NamespaceMapping): boolean {
  let changed = false;
  for (const { kinds, path, form = "name" } of NAMESPACE_REFERENCES) {
    if (kinds !== undefined && !kinds.includes(kind)) continue;
    changed = rewriteAt(object, path, (value) => FORMS[form](value, mapping)) || changed;
  }
  return (
    rewriteAt(object, ["metadata", "annotations", LAST_APPLIED], (value) =>
      mapApplied(kind, value, mapping),
    ) || changed
  );
}

/** Rewrites the values at a path, in place; returns whether any value changed. */
function rewriteAt(parent: unknown, path: readonly string[], rewrite: (value: unknown) => unknown): boolean {
  const [step, ...rest] = path;
  if (step === undefined || typeof parent !== "object" || parent === null) return false;
  const children = parent as Record<string, unknown>;
  let changed = false;
  for (const key of step === "*" ? Object.keys(children) : [step]) {
    if (!Object.hasOwn(children, key)) continue;
    if (rest.length > 0) {
      changed = rewriteAt(children[key], rest, rewrite) || changed;
      continue;
    }
    const value = rewrite(children[key]);
    if (value === children[key]) continue;
    children[key] = value;
    changed = true;
  }
  return changed;
}

/** Each returns the value that was given where the value is not mapped. */
const FORMS: Record<
  NonNullable<NamespaceReference["form"]>,
  (value: unknown, mapping: NamespaceMapping) => unknown
> = {
  name: mapName,
  names: mapNames,
  label: mapSelector,
  "service account": (value, mapping) => {
    // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
    const parts = typeof value === "string" ? value.split(":") : [];
    const [system, word, namespace] = parts;
    const known = word === "serviceaccount" || (word === "serviceaccounts" && parts.length === 3);
    if (system !== "system" || !known || namespace === undefined || !mapping.has(namespace)) return value;
    return [system, word, mapping.get(namespace), ...parts.slice(3)].join(":");
  },
  "service DNS name": (value, mapping) => {
    const [service, namespace, svc, ...rest] = typeof value === "string" ? value.split(".") : [];
    if (svc !== "svc" || namespace === undefined || !mapping.has(namespace)) return value;
    return [service, mapping.get(namespace), svc, ...rest].join(".");
  },
};

function mapName(value: unknown, mapping: NamespaceMapping): unknown {
  return typeof value === "string" ? (mapping.get(value) ?? value) : value;
}

function mapNames(value: unknown, mapping: NamespaceMapping): unknown {
  if (!Array.isArray(value)) return value;
  const names = value.map((name) => mapName(name, mapping));
  return names.every((name, index) => name === value[index]) ? value : names;
}

/** Rewrites a label selector that selects namespaces by name. */
function mapSelector(value: unknown, mapping: NamespaceMapping): unknown {
  const byLabels = rewriteAt(value, ["matchLabels", NAME_LABEL], (name) => mapName(name, mapping));
  const expressions = isJsonObject(value) ? value["matchExpressions"] : undefined;
  const byExpressions = (Array.isArray(expressions) ? expressions : []).filter(
    (expression) =>
      isJsonObject(expression) &&
      expression["key"] === NAME_LABEL &&
      rewriteAt(expression, ["values"], (names) => mapNames(names, mapping)),
  );
  return isJsonObject(value) && (byLabels || byExpressions.length > 0) ? { ...value } : value;
}

/** Rewrites the annotation of `kubectl apply`: a later apply would find the old namespace there. */
function mapApplied(kind: string, value: unknown, mapping: NamespaceMapping): unknown {
  if (typeof value !== "string") return value;
  try {
    const object = parseJson(value);
    if (!isJsonObject(object) || !mapObject(kind, object, mapping)) return value;
    return `${JSON.stringify(object)}${value.endsWith("\n") ? "\n" : ""}`;
  } catch {
    // The annotation does not hold what kubectl writes.
    return value;
  }
}
