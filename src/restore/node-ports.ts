import { isJsonObject, type JsonObject } from "../cluster/json.ts";

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

function portsOf({ spec }: JsonObject): JsonObject[] {
  const ports = isJsonObject(spec) ? spec["ports"] : undefined;
  return Array.isArray(ports) ? ports.filter(isJsonObject) : [];
}
