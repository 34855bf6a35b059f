import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";

/**
 * The ports of a Service, as `80/TCP`, whose node port a client set: the API server records a field manager
 * for node ports of a request, and none for node ports that it allocates. Undefined where the Service has no
 * managed fields.
 */
export function ownedPorts(service: JsonObject): Set<string> | undefined {
  const managed = items(member(service, "metadata"), "managedFields");
  if (managed.length === 0) return undefined;
  const owned = new Set<string>();
  for (const { fieldsV1 } of managed) {
    if (!isJsonObject(fieldsV1)) continue;
    for (const [key, fields] of Object.entries(member(member(fieldsV1, "f:spec"), "f:ports"))) {
      if (!key.startsWith("k:") || !isJsonObject(fields) || fields["f:nodePort"] === undefined) continue;
      const { port, protocol } = JSON.parse(key.slice(2)) as { port?: number; protocol?: string };
      owned.add(`${port}/${protocol ?? "TCP"}`);
    }
  }
  return owned;
}
