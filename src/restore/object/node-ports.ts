import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { items, member } from "../../kubernetes/object-facts.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";

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
