import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { items, member } from "../../kubernetes/object-facts.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";

/** The API server's words for a node port that the API server cannot allocate. */
const REFUSED =
  /spec\.ports\[(\d+)\]\.nodePort: Invalid value: (\d+): (provided port is (?:already allocated|not in the valid range))/g;

/** A node port of a Service that this cluster cannot allocate. */
export interface RefusedNodePort {
  /** The index in `spec.ports`. */
  index: number;
  nodePort: number;
  /** The reason, in the API server's words. */
  reason: string;
}

/** The node ports that the API server refuses, from its message. */
export function refusedNodePorts(
  resource: Pick<Resource, "group" | "resource">,
  said: string,
): RefusedNodePort[] {
  if (resourceName(resource) !== "services") return [];
  return [...said.matchAll(REFUSED)].map(([, index, nodePort, reason = ""]) => ({
    index: Number(index),
    nodePort: Number(nodePort),
    reason,
  }));
}

/** A Service without these node ports, so that the API server allocates others; undefined where the Service has none of them. */
export function withoutNodePorts(text: string, refused: readonly RefusedNodePort[]): string | undefined {
  const service = parseJson(text);
  if (!isJsonObject(service)) return undefined;
  const ports = portsOf(service);
  const given = refused.filter(({ index }) => ports[index]?.["nodePort"] !== undefined);
  for (const { index } of given) delete ports[index]?.["nodePort"];
  return given.length > 0 ? JSON.stringify(service) : undefined;
}

/** The note on refused node ports; undefined where there are none. */
export function describeRefused(refused: readonly RefusedNodePort[]): string | undefined {
  if (refused.length === 0) return undefined;
  const ports = refused.map(({ nodePort, reason }) => `${nodePort} (${reason})`);
  return `another node port than ${ports.join(", ")}, which this cluster cannot give`;
}

/**
 * A Service without the node ports that the live Service of the same name has: a dry-run create would find those
 * ports allocated.
 */
export function withoutOwnNodePorts(kind: string, live: JsonObject, wanted: JsonObject): JsonObject {
  if (kind !== "Service" || !isJsonObject(wanted["spec"])) return wanted;
  const own = new Set(portsOf(live).map((port) => port["nodePort"]));
  const ports = portsOf(wanted).map((port) => {
    const { nodePort, ...rest } = port;
    return own.has(nodePort) ? rest : port;
  });
  return { ...wanted, spec: { ...wanted["spec"], ...(ports.length > 0 ? { ports } : {}) } };
}

/**
 * The turn of an object among the objects of its resource, from 0 on. The API server allocates any free node port,
 * also one that a later Service of the backup has. Services that are allocated a port therefore come after those
 * that are not, and among the former those that ask for no port come last.
 *
 * When a port is allocated: Kubernetes, pkg/registry/core/service/storage/alloc.go.
 */
export function nodePortTurn(resource: Pick<Resource, "group" | "resource">, text: string): number {
  if (resourceName(resource) !== "services") return 0;
  const service = parseJson(text);
  if (!isJsonObject(service)) return 0;
  const ports = portsOf(service);
  const asked = ports.filter(({ nodePort }) => nodePort !== undefined).length;
  const { type, allocateLoadBalancerNodePorts, externalTrafficPolicy, healthCheckNodePort } = member(
    service,
    "spec",
  );
  const isBalanced = type === "LoadBalancer";
  const isGivenEach = type === "NodePort" || (isBalanced && allocateLoadBalancerNodePorts !== false);
  const isGivenHealthCheck =
    isBalanced && externalTrafficPolicy === "Local" && healthCheckNodePort === undefined;
  if (!isGivenHealthCheck && (!isGivenEach || asked === ports.length)) return 0;
  return asked > 0 ? 1 : 2;
}

function portsOf(service: JsonObject): JsonObject[] {
  return items(member(service, "spec"), "ports");
}
