import type { ApiClient } from "./api-client.ts";
import { ApiError } from "./api-error.ts";
import { type JsonObject, parseJson } from "./json.ts";
import {
  collectionPath,
  NAMESPACES,
  type ObjectKey,
  objectPath,
  objectTitle,
  type Resource,
} from "./resource.ts";

/** The API server's version, `v1.36.3`. */
export async function readVersion(client: ApiClient, signal: AbortSignal): Promise<string> {
  const version = await client.get<{ gitVersion: string }>(
    { what: "ask the API server's version", path: "/version" },
    signal,
  );
  return version.gitVersion;
}

/** The uid of kube-system, which names a cluster for its lifetime. */
export async function readClusterId(client: ApiClient, signal: AbortSignal): Promise<string> {
  const namespace = await client.get<{ metadata: { uid: string } }>(
    {
      what: "read namespace kube-system",
      path: objectPath(NAMESPACES, { namespace: undefined, name: "kube-system" }),
    },
    signal,
  );
  return namespace.metadata.uid;
}

/** Reads one object, or returns undefined where there is none; its numbers are as they were written. */
export async function readObject<T = JsonObject>(
  client: ApiClient,
  resource: Resource,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<T | undefined> {
  const what = `read ${objectTitle(resource.kind.toLowerCase(), key)}`;
  const secret = resource.kind === "Secret";
  try {
    const { text } = await client.send(
      { what, method: "GET", path: objectPath(resource, key), secret },
      signal,
    );
    return parseJson(text) as T;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** What became of an object that was to be created. */
export interface Creation {
  /** False where one of that name is there already. */
  created: boolean;
  /** Fields that this server does not know and has left out, `spec.replicsa`. */
  unknownFields: string[];
}

/**
 * Creates one object, unless one of that name is there already.
 *
 * @param body the object as JSON text.
 */
export async function createObject(
  client: ApiClient,
  resource: Resource,
  key: ObjectKey,
  body: string,
  signal: AbortSignal,
): Promise<Creation> {
  try {
    const { warnings } = await client.send(
      {
        what: `create ${objectTitle(resource.kind.toLowerCase(), key)}`,
        method: "POST",
        path: collectionPath(resource, key.namespace),
        query: { fieldManager: FIELD_MANAGER, fieldValidation: "Warn" },
        secret: resource.kind === "Secret",
        body,
      },
      signal,
    );
    // Only this sort is passed on: other warnings are of the author's concern, and may quote values.
    const unknownFields = warnings.map((warning) => /^unknown field "([^"]+)"/.exec(warning)?.[1]);
    return { created: true, unknownFields: unknownFields.filter((field) => field !== undefined) };
  } catch (error) {
    if (error instanceof ApiError && error.reason === "AlreadyExists")
      return { created: false, unknownFields: [] };
    throw error;
  }
}

/** The name under which the API server records what we write. */
export const FIELD_MANAGER = "kube-backup";
