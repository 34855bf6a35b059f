import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { items, member } from "../../kubernetes/object-facts.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";

/** The API server's own words: what it says of a node port that it cannot give. */
const REFUSED =
  /spec\.ports\[(\d+)\]\.nodePort: Invalid value: (\d+): (provided port is (?:already allocated|not in the valid range))/g;

/** A node port of a Service that this cluster cannot give. */
export interface RefusedNodePort {
  /** Its place in `spec.ports`. */
  index: number;
  nodePort: number;
  /** Why, in the API server's words. */
  reason: string;
}

/** The node ports that the API server refuses, by what it said. */
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

/** A Service without these node ports, so that the API server chooses others; undefined where it has none of them. */
export function withoutNodePorts(text: string, refused: readonly RefusedNodePort[]): string | undefined {
  const service = parseJson(text);
  if (!isJsonObject(service)) return undefined;
  const ports = portsOf(service);
  const given = refused.filter(({ index }) => ports[index]?.["nodePort"] !== undefined);
  for (const { index } of given) delete ports[index]?.["nodePort"];
  return given.length > 0 ? JSON.stringify(service) : undefined;
}

/** What a report says of them; undefined where there are none. */
export function describeRefused(refused: readonly RefusedNodePort[]): string | undefined {
  if (refused.length === 0) return undefined;
  const ports = refused.map(({ nodePort, reason }) => `${nodePort} (${reason})`);
  return `another node port than ${ports.join(", ")}, which this cluster cannot give`;
}

/**
 * A Service without the node ports that the live one of its name holds itself: asked whether it would
 * create the Service, the API server finds these taken.
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
 * When an object comes back among those of its resource, from 0 on. The API server gives any port that is free,
 * also one that a Service which comes later was made with: Services that are given a port come after those that
 * are not, and of the former those last that ask for none.
 *
 * What is given a port: Kubernetes, pkg/registry/core/service/storage/alloc.go.
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
