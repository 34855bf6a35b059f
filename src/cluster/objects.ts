import { asWrittenByGo, type JsonObject, parseJson } from "../kubernetes/json.ts";
import {
  collectionPath,
  NAMESPACES,
  type ObjectKey,
  objectPath,
  objectTitle,
  type Resource,
} from "../kubernetes/resource.ts";
import type { ApiClient } from "./requests/api-client.ts";
import { ApiError } from "./requests/api-error.ts";

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
  /** Fields that this server does not know and has left out, `spec.replicsa`; in a dry run, would leave out. */
  unknownFields: string[];
  /** The object as it is now, as JSON; where it was not created, undefined. */
  text: string | undefined;
}

/** An object to be written. */
export interface Write {
  resource: Resource;
  key: ObjectKey;
  /** The object as JSON text. */
  body: string;
  /** Whether the server is only asked: admission and validation run, and nothing is stored. */
  dryRun?: boolean | undefined;
  /** The name under which the API server records the fields that are written; ours without it. */
  fieldManager?: string | undefined;
  /** Whether an internal error is tried again, as it is without it: a webhook that is not up yet answers so. */
  retryInternalErrors?: boolean | undefined;
}

/** Creates one object, unless one of that name is there already. */
export async function createObject(
  client: ApiClient,
  { resource, key, body, dryRun, fieldManager, retryInternalErrors }: Write,
  signal: AbortSignal,
): Promise<Creation> {
  try {
    const { warnings, text } = await client.send(
      {
        what: `create ${objectTitle(resource.kind.toLowerCase(), key)}`,
        method: "POST",
        path: collectionPath(resource, key.namespace),
        query: writeQuery({ dryRun, fieldManager }),
        secret: resource.kind === "Secret",
        retryInternalErrors,
        body: asWrittenByGo(body),
      },
      signal,
    );
    return { created: true, unknownFields: unknownFieldsOf(warnings), text };
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
    const unknownFields = dryRun === true ? unknownFieldsOf(error.warnings) : [];
    return { created: false, unknownFields, text: undefined };
  }
}

/** What an update came to. */
export interface Update {
  /** Fields that this server does not know and has left out. */
  unknownFields: string[];
  /** The object as it is now, as JSON. */
  text: string;
}

/**
 * Writes one object over the one that is there. With a resource version in the body, only over that
 * state of it.
 *
 * @throws {ApiError} with the status 409 where the object has changed meanwhile, 404 where it is gone.
 */
export async function updateObject(
  client: ApiClient,
  { resource, key, body, dryRun, fieldManager, retryInternalErrors }: Write,
  signal: AbortSignal,
): Promise<Update> {
  const { warnings, text } = await client.send(
    {
      what: `update ${objectTitle(resource.kind.toLowerCase(), key)}`,
      method: "PUT",
      path: objectPath(resource, key),
      query: writeQuery({ dryRun, fieldManager }),
      secret: resource.kind === "Secret",
      retryInternalErrors,
      body: asWrittenByGo(body),
    },
    signal,
  );
  return { unknownFields: unknownFieldsOf(warnings), text };
}

/**
 * Writes some fields of an object: those of a JSON merge patch (RFC 7386).
 *
 * @param write with the patch as its body.
 * @throws {ApiError} as {@link updateObject}.
 */
export async function patchObject(
  client: ApiClient,
  { resource, key, body, fieldManager, retryInternalErrors }: Omit<Write, "dryRun">,
  signal: AbortSignal,
): Promise<void> {
  await client.send(
    {
      what: `patch ${objectTitle(resource.kind.toLowerCase(), key)}`,
      method: "PATCH",
      path: objectPath(resource, key),
      query: writeQuery({ fieldManager }),
      headers: { "content-type": "application/merge-patch+json" },
      secret: resource.kind === "Secret",
      retryInternalErrors,
      body: asWrittenByGo(body),
    },
    signal,
  );
}

/** A status that is written through the subresource of its object. */
export interface StatusWrite extends Pick<Write, "resource" | "key" | "fieldManager"> {
  /** Written only over this state of the object. */
  resourceVersion: string;
  /** The whole of the status. */
  status: unknown;
}

/**
 * Writes an object's status, and nothing else of it. A JSON patch (RFC 6902) does so without the rest of the
 * object, and leaves null as it is, which a merge patch takes for a deletion.
 *
 * @returns the object as it is now, as JSON.
 * @throws {ApiError} as {@link updateObject}; an internal error is not tried again.
 */
export async function patchStatus(
  client: ApiClient,
  { resource, key, fieldManager, resourceVersion, status }: StatusWrite,
  signal: AbortSignal,
): Promise<string> {
  const patch = [
    { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
    { op: "add", path: "/status", value: status },
  ];
  const { text } = await client.send(
    {
      what: `write the status of ${objectTitle(resource.kind.toLowerCase(), key)}`,
      method: "PATCH",
      path: `${objectPath(resource, key)}/status`,
      query: writeQuery({ fieldManager }),
      headers: { "content-type": "application/json-patch+json" },
      secret: resource.kind === "Secret",
      retryInternalErrors: false,
      body: asWrittenByGo(JSON.stringify(patch)),
    },
    signal,
  );
  return text;
}

/** Options of {@link deleteObject}. */
export interface DeleteOptions {
  resource: Resource;
  key: ObjectKey;
  /** Only the object of this uid, and at this resource version: not one that came or changed meanwhile. */
  preconditions?: { uid?: string; resourceVersion?: string } | undefined;
  /** What becomes of the objects that it owns; the server's default otherwise. */
  propagation?: "Orphan" | "Background" | "Foreground" | undefined;
  dryRun?: boolean | undefined;
}

/**
 * Asks for an object's deletion; finalizers may keep it for a while after that.
 *
 * @returns false where there is none such.
 * @throws {ApiError} with the status 409 where the preconditions do not hold.
 */
export async function deleteObject(
  client: ApiClient,
  { resource, key, preconditions, propagation, dryRun }: DeleteOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const options = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    preconditions,
    propagationPolicy: propagation,
    // Not in the query: where there is a body, the API server reads no options from there, and deletes.
    ...(dryRun === true ? { dryRun: ["All"] } : {}),
  };
  try {
    await client.send(
      {
        what: `delete ${objectTitle(resource.kind.toLowerCase(), key)}`,
        method: "DELETE",
        path: objectPath(resource, key),
        secret: resource.kind === "Secret",
        body: JSON.stringify(options),
      },
      signal,
    );
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

/** The name under which the API server records what we write. */
export const FIELD_MANAGER = "kube-backup";

function writeQuery({
  dryRun,
  fieldManager = FIELD_MANAGER,
}: Pick<Write, "dryRun" | "fieldManager">): Record<string, string> {
  return {
    fieldManager,
    fieldValidation: "Warn",
    ...(dryRun === true ? { dryRun: "All" } : {}),
  };
}

/** Only this sort of warnings is passed on: others are of the author's concern, and may quote values. */
function unknownFieldsOf(warnings: readonly string[]): string[] {
  const fields = warnings.map((warning) => /^unknown field "([^"]+)"/.exec(warning)?.[1]);
  return fields.filter((field) => field !== undefined);
}
