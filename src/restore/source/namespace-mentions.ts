/** Finds what in an object names a namespace, whether or not the field is known: what does not follow a mapping is noted. */

import { memberPath } from "../../kubernetes/field-path.ts";
import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import { NAME_LABEL } from "./namespace-fields.ts";
import type { NamespaceMapping } from "./namespace-mapping.ts";

/** A value that names a mapped namespace. */
interface Mention {
  /** Keys and indexes from the object to the value. */
  steps: readonly string[];
  value: string;
}

/** A field whose name says that it holds the name of a namespace: `targetNamespace`, `csi.storage.k8s.io/node-stage-secret-namespace`. */
const NAMESPACE_KEY = /namespaces?$|^matchNames$/i;

/** The DNS name of a Service, and of a Pod of a headless Service, in any text: the label before `svc` is the namespace. */
const SERVICE_NAMES = /(?<![a-z0-9.-])[a-z0-9*-]+(?:\.[a-z0-9-]+)?\.([a-z0-9-]+)\.svc(?![a-z0-9-])/g;

/** Deeper than any object of a person. */
const MAX_DEPTH = 64;

/** The values that name a mapped namespace. The annotation of `kubectl apply` repeats the object, and is passed over. */
export function findMentions(object: JsonObject, mapping: NamespaceMapping): Mention[] {
  const found: Mention[] = [];
  visit(object, [], false);
  return found;

  /** @param named whether the field holds names of namespaces. */
  function visit(value: unknown, steps: readonly string[], named: boolean): void {
    if (typeof value === "string") {
      if ((named && mapping.has(value)) || namesService(value, mapping)) found.push({ steps, value });
      return;
    }
    if (typeof value !== "object" || value === null || steps.length > MAX_DEPTH) return;
    const ofLabel = isJsonObject(value) && value["key"] === NAME_LABEL;
    for (const [key, child] of Object.entries(value)) {
      if (isPassedOver(steps, key)) continue;
      const inList = Array.isArray(value) && named;
      visit(
        child,
        [...steps, key],
        inList || NAMESPACE_KEY.test(key) || key === NAME_LABEL || (ofLabel && key === "values"),
      );
    }
  }
}

function isPassedOver(steps: readonly string[], key: string): boolean {
  return steps.join(".") === "metadata.annotations" && key.endsWith("/last-applied-configuration");
}

function namesService(text: string, mapping: NamespaceMapping): boolean {
  if (!text.includes(".svc")) return false;
  for (const [, namespace = ""] of text.matchAll(SERVICE_NAMES)) if (mapping.has(namespace)) return true;
  return false;
}

/**
 * The paths of the mentions that are as they were after the object was mapped, each once: `spec.rules[].namespace`.
 *
 * @param object the object after the mapping, which keeps its form.
 */
export function mentionsLeft(object: JsonObject, mentions: readonly Mention[]): string[] {
  const left = mentions.filter(({ steps, value }) => valueAt(object, steps) === value);
  return [...new Set(left.map(({ steps }) => pathOf(object, steps)))];
}

function valueAt(object: JsonObject, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    object,
  );
}

/** The path for people. All items of a list have one path. */
function pathOf(object: JsonObject, steps: readonly string[]): string {
  let path = "";
  let value: unknown = object;
  for (const step of steps) {
    path = Array.isArray(value) ? `${path}[]` : memberPath(path, step);
    value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  }
  return path;
}
