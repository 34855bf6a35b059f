/** What a Service asks for of what a cluster allocates (ports, addresses, IP families), and this cluster cannot give. */

import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { items, member } from "../../kubernetes/object-facts.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";

/** A value of a Service that this cluster cannot give. */
export interface RefusedAllocation {
  kind: keyof typeof TITLES;
  /** The value, for people. */
  value: string;
  /** The index in `spec.ports` or `spec.ipFamilies`. */
  index?: number;
  /** The reason, in the API server's words. */
  reason: string;
}

const TITLES = {
  nodePort: "another node port",
  healthCheckNodePort: "another health check node port",
  ipFamilies: "other IP families",
  ipFamilyPolicy: "another IP family policy",
  clusterIP: "another cluster IP",
};

// The API server's words: Kubernetes, pkg/registry/core/service/storage/alloc.go and pkg/apis/core/validation.
const PORT_REASON = "(provided port is (?:already allocated|not in the valid range))";
const NODE_PORT = new RegExp(
  `spec\\.ports\\[(\\d+)\\]\\.nodePort: Invalid value: (\\d+): ${PORT_REASON}`,
  "g",
);
const HEALTH_CHECK = new RegExp(`failed to allocate requested HealthCheck NodePort (\\d+): ${PORT_REASON}`);
const FAMILY = /spec\.ipFamilies\[(\d+)\]: Invalid value: "(\w+)": (not configured on this cluster)/g;
const POLICY =
  /spec\.ipFamilyPolicy: Invalid value: "(\w+)": (this cluster is not configured for dual-stack services)/;
const ADDRESS =
  /spec\.clusterIPs?(?:\[\d+\])?: Invalid value: (?:\["([^\]]*)"\]|"([^"]*)"): (?:failed to allocate IP \S+: )?([^,\]]+?)(?: \(HTTP \d+\))?(?:[,\]]|$)/;

/** What the API server refuses to allocate, from its message. */
export function refusedAllocations(
  resource: Pick<Resource, "group" | "resource">,
  said: string,
): RefusedAllocation[] {
  if (resourceName(resource) !== "services") return [];
  const refused: RefusedAllocation[] = [];
  for (const [, index, value = "", reason = ""] of said.matchAll(NODE_PORT))
    refused.push({ kind: "nodePort", value, index: Number(index), reason });
  for (const [, index, value = "", reason = ""] of said.matchAll(FAMILY))
    refused.push({ kind: "ipFamilies", value, index: Number(index), reason });
  const [, healthCheck, ofPort = ""] = HEALTH_CHECK.exec(said) ?? [];
  if (healthCheck !== undefined)
    refused.push({ kind: "healthCheckNodePort", value: healthCheck, reason: ofPort });
  const [, policy, ofPolicy = ""] = POLICY.exec(said) ?? [];
  if (policy !== undefined) refused.push({ kind: "ipFamilyPolicy", value: policy, reason: ofPolicy });
  const [, list, single = "", ofAddress = ""] = ADDRESS.exec(said) ?? [];
  const value = list?.replaceAll('","', ", ") ?? single;
  if (value !== "") refused.push({ kind: "clusterIP", value, reason: ofAddress.trim() });
  return refused;
}

/**
 * A Service without what is refused, so that the API server allocates something else; undefined where the Service
 * asks for none of that.
 */
export function withoutRefused(text: string, refused: readonly RefusedAllocation[]): string | undefined {
  const service = parseJson(text);
  if (!isJsonObject(service)) return undefined;
  const removed = refused.filter((each) => remove(service, each));
  dropFamilies(member(service, "spec"), removed);
  return removed.length > 0 ? JSON.stringify(service) : undefined;
}

/** Removes a refused value. The families are removed at last, all at once, since each is known by its index. */
function remove(service: JsonObject, { kind, index = -1 }: RefusedAllocation): boolean {
  const spec = member(service, "spec");
  // A headless Service has no address, and would get one.
  if (kind === "clusterIP" && spec["clusterIP"] === "None") return false;
  const families = spec["ipFamilies"];
  if (kind === "ipFamilies") return Array.isArray(families) && index < families.length;
  const holder = kind === "nodePort" ? items(spec, "ports")[index] : spec;
  if (holder?.[kind] === undefined) return false;
  delete holder[kind];
  if (kind === "clusterIP") delete spec["clusterIPs"];
  return true;
}

function dropFamilies(spec: JsonObject, removed: readonly RefusedAllocation[]): void {
  const refused = new Set(removed.filter(({ kind }) => kind === "ipFamilies").map(({ index }) => index));
  const families = spec["ipFamilies"];
  if (refused.size === 0 || !Array.isArray(families)) return;
  const kept = families.filter((_, index) => !refused.has(index));
  if (kept.length > 0) spec["ipFamilies"] = kept;
  else delete spec["ipFamilies"];
}

/** The note on what was refused; undefined where nothing was. */
export function describeRefused(refused: readonly RefusedAllocation[]): string | undefined {
  const notes = Object.entries(TITLES).flatMap(([kind, title]) => {
    const values = refused.filter((each) => each.kind === kind);
    if (values.length === 0) return [];
    const named = values.map(({ value, reason }) => `${value} (${reason})`).join(", ");
    return [`${title} than ${named}, which this cluster cannot give`];
  });
  return notes.length > 0 ? notes.join("; ") : undefined;
}

/**
 * A Service without the ports and addresses that the live Service of the same name has: a dry-run create would find
 * them allocated.
 */
export function withoutOwnAllocations(kind: string, live: JsonObject, wanted: JsonObject): JsonObject {
  if (kind !== "Service" || !isJsonObject(wanted["spec"])) return wanted;
  const liveSpec = member(live, "spec");
  const own = new Set(items(liveSpec, "ports").map((port) => port["nodePort"]));
  const ports = items(wanted["spec"], "ports").map((port) => {
    const { nodePort, ...rest } = port;
    return own.has(nodePort) ? rest : port;
  });
  const spec: JsonObject = { ...wanted["spec"], ...(ports.length > 0 ? { ports } : {}) };
  if (spec["healthCheckNodePort"] === liveSpec["healthCheckNodePort"]) delete spec["healthCheckNodePort"];
  if (spec["clusterIP"] !== "None" && spec["clusterIP"] === liveSpec["clusterIP"]) {
    delete spec["clusterIP"];
    delete spec["clusterIPs"];
  }
  return { ...wanted, spec };
}
