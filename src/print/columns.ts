/**
 * The columns of object tables: the columns of `kubectl get` that do not need the object's status. A backup has no
 * status and no AGE, so READY and similar columns show the desired number.
 *
 * No column shows the value of a Secret.
 */

import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { formatPorts, formatSelector, hostsOf, imagesOf, ingressPorts } from "./column-values.ts";

/** A column of the table of a resource. */
export interface ObjectColumn {
  title: string;
  wide?: true;
  value: (object: JsonObject) => string;
}

const NONE = "<none>";

const NAME: ObjectColumn = { title: "NAME", value: (object) => text(at(object, "metadata", "name")) };

const WORKLOAD: readonly ObjectColumn[] = [
  { title: "CONTAINERS", wide: true, value: (object) => imagesOf(template(object), "name") },
  { title: "IMAGES", wide: true, value: (object) => imagesOf(template(object), "image") },
];

const SELECTOR: ObjectColumn = {
  title: "SELECTOR",
  wide: true,
  value: (object) => formatSelector(at(object, "spec", "selector")),
};

/** A column with the number of replicas. The API server's default is 1. */
function replicas(title: string): ObjectColumn {
  return { title, value: (object) => text(at(object, "spec", "replicas"), "1") };
}

const COLUMNS: Readonly<Record<string, readonly ObjectColumn[]>> = {
  configmaps: [{ title: "DATA", value: (object) => String(entries(object, "data", "binaryData")) }],
  secrets: [
    { title: "TYPE", value: (object) => text(at(object, "type"), "Opaque") },
    { title: "DATA", value: (object) => String(entries(object, "data")) },
  ],
  services: [
    { title: "TYPE", value: (object) => text(at(object, "spec", "type"), "ClusterIP") },
    { title: "CLUSTER-IP", value: clusterIp },
    { title: "EXTERNAL-IP", value: externalIp },
    { title: "PORT(S)", value: (object) => formatPorts(at(object, "spec", "ports")) },
    { title: "SELECTOR", wide: true, value: (object) => formatSelector(at(object, "spec", "selector")) },
  ],
  "ingresses.networking.k8s.io": [
    { title: "CLASS", value: (object) => text(at(object, "spec", "ingressClassName")) },
    { title: "HOSTS", value: (object) => hostsOf(at(object, "spec", "rules")) },
    { title: "PORTS", value: (object) => ingressPorts(at(object, "spec", "tls")) },
  ],
  "replicasets.apps": [replicas("DESIRED"), ...WORKLOAD, SELECTOR],
  "deployments.apps": [replicas("REPLICAS"), ...WORKLOAD, SELECTOR],
  "statefulsets.apps": [replicas("REPLICAS"), ...WORKLOAD],
  "daemonsets.apps": [
    {
      title: "NODE SELECTOR",
      value: (object) => formatSelector(at(template(object), "spec", "nodeSelector")),
    },
    ...WORKLOAD,
    SELECTOR,
  ],
};

/**
 * The columns for a resource. Unknown resources have the column NAME alone.
 *
 * @param resource `deployments.apps`.
 */
export function columnsOf(resource: string, { wide }: { wide: boolean }): ObjectColumn[] {
  const own = Object.hasOwn(COLUMNS, resource) ? (COLUMNS[resource] ?? []) : [];
  return [NAME, ...own.filter((column) => wide || column.wide !== true)];
}

/** Backups omit addresses that the target cluster assigns: `<unset>`. */
function clusterIp(object: JsonObject): string {
  if (at(object, "spec", "type") === "ExternalName") return NONE;
  return text(at(object, "spec", "clusterIP"), "<unset>");
}

function externalIp(object: JsonObject): string {
  if (at(object, "spec", "type") === "ExternalName") return text(at(object, "spec", "externalName"));
  const addresses = at(object, "spec", "externalIPs");
  return Array.isArray(addresses) && addresses.length > 0 ? addresses.map(String).join(",") : NONE;
}

function template(object: JsonObject): unknown {
  return at(object, "spec", "template");
}

function entries(object: JsonObject, ...fields: readonly string[]): number {
  const counts = fields.map((field) => at(object, field)).filter(isJsonObject);
  return counts.reduce((sum, map) => sum + Object.keys(map).length, 0);
}

function at(object: unknown, ...steps: readonly string[]): unknown {
  let value = object;
  for (const step of steps) value = isJsonObject(value) ? value[step] : undefined;
  return value;
}

function text(value: unknown, otherwise = NONE): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : otherwise;
}
