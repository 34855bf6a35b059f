import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";

const NONE = "<none>";

/** `80/TCP,443:30443/TCP`: the ports of a Service with their node ports. */
export function formatPorts(ports: unknown): string {
  const shown = objects(ports).map(({ port, nodePort, protocol = "TCP" }) => {
    const node = typeof nodePort === "number" && nodePort > 0 ? `:${nodePort}` : "";
    return `${port}${node}/${protocol}`;
  });
  return joined(shown);
}

/** `app=web,tier in (a,b)`: a map of labels, or the label selector of a workload. */
export function formatSelector(selector: unknown): string {
  if (!isJsonObject(selector)) return NONE;
  const { matchLabels, matchExpressions } = selector;
  if (!isJsonObject(matchLabels) && !Array.isArray(matchExpressions)) return joined(labels(selector));
  return joined([
    ...(isJsonObject(matchLabels) ? labels(matchLabels) : []),
    ...objects(matchExpressions).map(expression),
  ]);
}

/** The names or images of the containers of a pod template. */
export function imagesOf(template: unknown, field: "name" | "image"): string {
  const spec = isJsonObject(template) ? template["spec"] : undefined;
  return joined(
    objects(isJsonObject(spec) ? spec["containers"] : undefined).map((each) => String(each[field])),
  );
}

/** The hosts of an Ingress, or `*` for all hosts. Like kubectl, names three hosts and counts the rest. */
export function hostsOf(rules: unknown): string {
  const hosts = objects(rules).map(({ host }) => (typeof host === "string" && host !== "" ? host : "*"));
  if (hosts.length === 0) return "*";
  return hosts.length <= 3 ? hosts.join(",") : `${hosts.slice(0, 3).join(",")} + ${hosts.length - 3} more...`;
}

/** The ports of an Ingress; 443 only with TLS certificates. */
export function ingressPorts(tls: unknown): string {
  return objects(tls).length > 0 ? "80, 443" : "80";
}

function expression({ key, operator, values }: JsonObject): string {
  const list = Array.isArray(values) ? `(${values.map(String).join(",")})` : "";
  switch (operator) {
    case "Exists":
      return String(key);
    case "DoesNotExist":
      return `!${key}`;
    default:
      return `${key} ${String(operator).toLowerCase()} ${list}`;
  }
}

function labels(map: JsonObject): string[] {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${map[key]}`);
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function joined(parts: readonly string[]): string {
  return parts.length === 0 ? NONE : parts.join(",");
}
