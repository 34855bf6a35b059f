import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { NAME_LABEL, NAMESPACE_FIELDS, type NamespaceForm } from "./namespace-fields.ts";
import type { NamespaceMapping } from "./namespace-mapping.ts";
import { findMentions, mentionsLeft } from "./namespace-mentions.ts";

/** The kind of an object, with its API group: Knative has Services too. */
type GroupKind = Pick<Resource, "group" | "kind">;

/** The annotation in which `kubectl apply` keeps the object as it was applied. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** An object under its names in the cluster. */
export interface MappedObject {
  text: string;
  /** Paths of the fields that still name a namespace that is mapped: `spec.rules[].namespace`. */
  left: readonly string[];
}

/**
 * Rewrites the namespace of an object, and the namespaces that the object refers to in fields that are known.
 *
 * @param text the object as JSON.
 * @returns the same text where nothing in the object is mapped.
 */
export function mapNamespaces(of: GroupKind, text: string, mapping: NamespaceMapping): MappedObject {
  if (mapping.size === 0) return { text, left: [] };
  const object = parseJson(text);
  if (!isJsonObject(object)) return { text, left: [] };
  const mentions = findMentions(object, mapping);
  const changed = mapObject(of, object, mapping);
  return { text: changed ? JSON.stringify(object) : text, left: mentionsLeft(object, mentions) };
}

/** Rewrites an object in place; returns whether anything changed. */
function mapObject(of: GroupKind, object: JsonObject, mapping: NamespaceMapping): boolean {
  let changed = false;
  for (const { group, kinds, path, form = "name" } of NAMESPACE_FIELDS) {
    if (group !== undefined && group !== of.group) continue;
    if (kinds !== undefined && !kinds.includes(of.kind)) continue;
    changed = rewriteAt(object, path, (value) => FORMS[form](value, mapping)) || changed;
  }
  return (
    rewriteAt(object, ["metadata", "annotations", LAST_APPLIED], (value) => mapApplied(of, value, mapping)) ||
    changed
  );
}

/** Rewrites the values at a path, in place; returns whether any value changed. */
function rewriteAt(parent: unknown, path: readonly string[], rewrite: (value: unknown) => unknown): boolean {
  const [step, ...rest] = path;
  if (step === undefined || typeof parent !== "object" || parent === null) return false;
  const children = parent as Record<string, unknown>;
  let changed = false;
  if (step === "**") {
    changed = rewriteAt(parent, rest, rewrite);
    for (const child of Object.values(children)) changed = rewriteAt(child, path, rewrite) || changed;
    return changed;
  }
  for (const key of keysFor(step, children)) {
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

/** The keys that a step of a path stands for. */
function keysFor(step: string, children: Record<string, unknown>): string[] {
  if (!step.startsWith("*")) return [step];
  const end = step.slice(1);
  return Object.keys(children).filter((key) => key.endsWith(end));
}

/** Each returns the value that was given where the value is not mapped. */
const FORMS: Record<NamespaceForm, (value: unknown, mapping: NamespaceMapping) => unknown> = {
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
  "service DNS name": mapServiceName,
  "namespace/name": (value, mapping) => {
    const [namespace, name, ...rest] = typeof value === "string" ? value.split("/") : [];
    if (namespace === undefined || name === undefined || rest.length > 0) return value;
    // A host of Istio can be a Service of that namespace.
    return `${mapName(namespace, mapping)}/${mapServiceName(name, mapping)}`;
  },
  principal: (value, mapping) =>
    typeof value === "string"
      ? value.replace(/(\/ns\/)([^/]+)(\/sa\/)/, (whole, before, namespace, after) =>
          mapping.has(namespace) ? `${before}${mapping.get(namespace)}${after}` : whole,
        )
      : value,
};

function mapServiceName(value: unknown, mapping: NamespaceMapping): unknown {
  const [service, namespace, svc, ...rest] = typeof value === "string" ? value.split(".") : [];
  if (svc !== "svc" || namespace === undefined || !mapping.has(namespace)) return value;
  return [service, mapping.get(namespace), svc, ...rest].join(".");
}

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
function mapApplied(of: GroupKind, value: unknown, mapping: NamespaceMapping): unknown {
  if (typeof value !== "string") return value;
  try {
    const object = parseJson(value);
    if (!isJsonObject(object) || !mapObject(of, object, mapping)) return value;
    return `${JSON.stringify(object)}${value.endsWith("\n") ? "\n" : ""}`;
  } catch {
    // The annotation does not hold what kubectl writes.
    return value;
  }
}
