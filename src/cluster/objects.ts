import type { OperatorError } from "../errors.ts";
import { isSecrets } from "../kubernetes/built-in-kinds.ts";
import { asWrittenByGo, isJsonObject, type JsonObject, parseJson } from "../kubernetes/json.ts";
import { isPathSegment } from "../kubernetes/names.ts";
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
import { foreignAnswerError } from "./requests/parse-answer.ts";

/** The version of the API server, `v1.36.3`. */
export async function readVersion(client: ApiClient, signal: AbortSignal): Promise<string> {
  const request = { what: "ask the API server's version", path: "/version" };
  const { gitVersion } = await client.get<{ gitVersion?: unknown }>(request, signal);
  if (typeof gitVersion !== "string") throw foreign(client, request, "a version");
  return gitVersion;
}

/**
 * The uid of kube-system, which identifies a cluster for its lifetime. Undefined where this user may not read that
 * namespace, as somebody with rights in other namespaces alone.
 */
export async function readClusterId(client: ApiClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const path = objectPath(NAMESPACES, { namespace: undefined, name: "kube-system" });
    const request = { what: "read namespace kube-system", path };
    const { metadata } = await client.get<{ metadata?: { uid?: unknown } | null }>(request, signal);
    if (typeof metadata?.uid !== "string") throw foreign(client, request, "a namespace");
    return metadata.uid;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

/** Reads one object, or returns undefined where there is none. Numbers stay as they were written. */
export async function readObject<T = JsonObject>(
  client: ApiClient,
  resource: Resource,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<T | undefined> {
  // No object can have such a name. Owners and references of an archive's objects may hold any text.
  if (![key.name, key.namespace ?? key.name].every(isPathSegment)) return undefined;
  const request = {
    what: `read ${objectTitle(resource.kind.toLowerCase(), key)}`,
    method: "GET",
    path: objectPath(resource, key),
    secret: isSecrets(resource),
  } as const;
  try {
    const { text } = await client.send(request, signal);
    const object = parseObject(text);
    if (object === undefined) throw foreign(client, request, "an object");
    return object as T;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Parses an object; undefined where the text is none. */
function parseObject(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    // The message of a SyntaxError quotes the text.
  }
  return isJsonObject(value) && isJsonObject(value["metadata"]) ? value : undefined;
}

/** The error where the answer to a request is none that an API server gives. */
function foreign(
  { server }: ApiClient,
  { what, path }: { what: string; path: string },
  expected: string,
): OperatorError {
  return foreignAnswerError(`Cannot ${what}: ${server}${path}`, expected);
}

/** The result of a create. */
export interface Creation {
  /** False where an object of the name exists. */
  created: boolean;
  /** Fields that the API server does not know and has dropped, `spec.replicsa`; in a dry run, would drop. */
  unknownFields: string[];
  /** The created object as JSON; undefined where none was created. */
  text: string | undefined;
}

/** An object to write. */
export interface Write {
  resource: Resource;
  key: ObjectKey;
  /** The object as JSON text. */
  body: string;
  /** Whether the write is a dry run: admission and validation run, and nothing is stored. */
  dryRun?: boolean | undefined;
  /** The field manager of the write; kube-backup by default. */
  fieldManager?: string | undefined;
  /** Whether an internal error is retried, as it is by default: a webhook that is not up yet causes one. */
  retryInternalErrors?: boolean | undefined;
}

/** Creates one object, unless an object of the name exists. */
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
        secret: isSecrets(resource),
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

/** The result of an update. */
export interface Update {
  /** Fields that the API server does not know and has dropped. */
  unknownFields: string[];
  /** The updated object as JSON. */
  text: string;
}

/**
 * Updates one object. A resource version in the body binds the update to that state of the object: optimistic
 * concurrency.
 *
 * @throws {ApiError} with the status 409 where the object has changed meanwhile, 404 where the object is gone.
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
      secret: isSecrets(resource),
      retryInternalErrors,
      body: asWrittenByGo(body),
    },
    signal,
  );
  return { unknownFields: unknownFieldsOf(warnings), text };
}

/**
 * Patches an object with a JSON merge patch (RFC 7386).
 *
 * @param write with the patch as its body.
 * @throws {ApiError} as {@link updateObject}.
 */
export async function patchObject(
  client: ApiClient,
  { resource, key, body, dryRun, fieldManager, retryInternalErrors }: Write,
  signal: AbortSignal,
): Promise<Update> {
  const { warnings, text } = await client.send(
    {
      what: `patch ${objectTitle(resource.kind.toLowerCase(), key)}`,
      method: "PATCH",
      path: objectPath(resource, key),
      query: writeQuery({ dryRun, fieldManager }),
      headers: { "content-type": "application/merge-patch+json" },
      secret: isSecrets(resource),
      retryInternalErrors,
      body: asWrittenByGo(body),
    },
    signal,
  );
  return { unknownFields: unknownFieldsOf(warnings), text };
}

/** A write of a status through the status subresource. */
export interface StatusWrite extends Pick<Write, "resource" | "key" | "fieldManager"> {
  /** The resource version that the object must have. */
  resourceVersion: string;
  /** The whole status. */
  status: unknown;
}

/**
 * Writes the status of an object, and nothing else. A JSON patch (RFC 6902) needs no other part of the object, and
 * keeps null, which a merge patch takes for a deletion.
 *
 * @returns the object with the new status, as JSON.
 * @throws {ApiError} as {@link updateObject}; an internal error is not retried.
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
      secret: isSecrets(resource),
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
  /** The uid and the resource version that the object must have. */
  preconditions?: { uid?: string; resourceVersion?: string } | undefined;
  /** What becomes of the dependents; the API server's default otherwise. */
  propagation?: "Orphan" | "Background" | "Foreground" | undefined;
  dryRun?: boolean | undefined;
}

/**
 * Deletes an object. Finalizers may keep the object for a while.
 *
 * @returns false where there is no such object.
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
    // Not in the query: with a body, the API server ignores options in the query, and would delete.
    ...(dryRun === true ? { dryRun: ["All"] } : {}),
  };
  try {
    await client.send(
      {
        what: `delete ${objectTitle(resource.kind.toLowerCase(), key)}`,
        method: "DELETE",
        path: objectPath(resource, key),
        secret: isSecrets(resource),
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

/** The name of kube-backup as a field manager. */
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

/** Only these warnings are returned: others concern the author of the object, and may quote values. */
function unknownFieldsOf(warnings: readonly string[]): string[] {
  const fields = warnings.map((warning) => /^unknown field "([^"]+)"/.exec(warning)?.[1]);
  return fields.filter((field) => field !== undefined);
}
