import { hash } from "node:crypto";
import type { ApiClient } from "../cluster/api-client.ts";
import { jsonEqual, parseJson } from "../cluster/json.ts";
import { listPages } from "../cluster/list.ts";
import { readObject } from "../cluster/objects.ts";
import type { ObjectKey, Resource } from "../cluster/resource.ts";
import { portable } from "../objects/portable.ts";

/** What is in the cluster already, of one resource. */
export interface LiveObjects {
  /** Whether there is such an object, as far as a list taken before can say. */
  has(key: ObjectKey): boolean;
  /** Whether the object in the cluster equals this one, but for what backups leave out. */
  equals(key: ObjectKey, text: string, signal: AbortSignal): Promise<boolean>;
}

/**
 * Lists what the cluster has of a resource in some namespaces. Of each object only a digest is kept,
 * so that a million of them fit in memory.
 *
 * @param namespaces where to look; with none of them, nothing is asked.
 */
export async function readLiveObjects(
  client: ApiClient,
  resource: Resource,
  namespaces: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<LiveObjects> {
  const digests = new Map<string, string>();
  if (namespaces.size > 0 || !resource.namespaced) {
    for await (const page of listPages(client, resource, {}, signal)) {
      for (const item of page.items) {
        const object = portable(resource.kind, item, resource.namespaced ? namespaces : undefined);
        if (object !== undefined) digests.set(keyOf(object), digest(object.text));
      }
    }
  }
  return {
    has: (key) => digests.has(keyOf(key)),
    equals: async (key, text, signal) => {
      if (digests.get(keyOf(key)) === digest(text)) return true;
      // Another order of keys, another server version: equal objects may be written differently.
      const live = await readObject(client, resource, key, signal);
      const cleaned = live === undefined ? undefined : portable(resource.kind, live);
      return cleaned !== undefined && jsonEqual(parseJson(cleaned.text), parseJson(text));
    },
  };
}

function keyOf({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ""}/${name}`;
}

function digest(text: string): string {
  return hash("sha256", text, "base64url");
}
