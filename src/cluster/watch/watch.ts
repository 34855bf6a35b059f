import type { Buffer } from "node:buffer";
import { OperatorError } from "../../errors.ts";
import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { member } from "../../kubernetes/object-facts.ts";
import { collectionPath, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { RevisionCompactedError } from "../lists/list-page.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { LineStream } from "./line-stream.ts";

/** An event of a watch. */
export interface WatchEvent {
  /** `BOOKMARK`: everything up to the revision has come. */
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  /** The resource version of the event. */
  revision: string;
  /** The object, with apiVersion and kind first, as a list has it. Of a deleted one, its last state. */
  object: JsonObject;
}

/** Options of {@link watch}. */
export interface WatchOptions {
  /** Events after this resource version. */
  revision: string;
  /** How long the API server keeps the watch open, in seconds. */
  seconds: number;
  /** Whether a watch that breaks is begun again at the same resource version: events may then come twice. */
  retries: boolean;
  /** How long the connection may be silent, in milliseconds; a little longer than the watch is open by default. */
  silence?: number | undefined;
}

const TYPES: readonly string[] = ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"];

/** How much longer than a watch its connection may be silent by default, in milliseconds. */
const SLACK = 15_000;

/**
 * Watches a resource in all namespaces, until the API server ends the watch. Yields the events that have come, in order.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 *
 * @throws {RevisionCompactedError} where the resource version is too old (410).
 * @throws {OperatorError} where the answer is no watch.
 */
export async function* watch(
  client: ApiClient,
  resource: Resource,
  { revision, seconds, retries, silence = seconds * 1000 + SLACK }: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly WatchEvent[]> {
  const stopped = new AbortController();
  const what = `watch ${resourceName(resource)}`;
  const lines = new LineStream((receiver) =>
    client.send(
      {
        ...{ what, method: "GET", path: collectionPath(resource), secret: isSecrets(resource), receiver },
        retries,
        query: {
          watch: "1",
          allowWatchBookmarks: "true",
          resourceVersion: revision,
          timeoutSeconds: seconds,
        },
        idleTimeout: silence,
      },
      AbortSignal.any([signal, stopped.signal]),
    ),
  );
  try {
    for (;;) {
      const read = await lines.read().catch((error: unknown) => {
        if (isGone(error)) throw new RevisionCompactedError(String(error), { cause: error, next: undefined });
        throw error;
      });
      if (read === undefined) return;
      yield read.map((line) => parseEvent(line, resource, what));
    }
  } finally {
    // Whoever stops early leaves the request behind.
    stopped.abort();
  }
}

function parseEvent(line: Buffer, { kind }: Resource, what: string): WatchEvent {
  const event = readObject(line);
  const { type, object } = event ?? {};
  if (type === "ERROR" && isJsonObject(object)) {
    const message = `Cannot ${what}: ${String(object["message"])}`;
    if (object["code"] === 410) throw new RevisionCompactedError(message, { cause: object, next: undefined });
    throw new OperatorError(message);
  }
  const revision = isJsonObject(object) ? member(object, "metadata")["resourceVersion"] : undefined;
  if (!TYPES.includes(String(type)) || !isJsonObject(object) || typeof revision !== "string")
    throw new OperatorError(`Cannot ${what}: the API server sent something that is no event`);
  const { apiVersion, kind: named = kind, ...rest } = object;
  return { type: type as WatchEvent["type"], revision, object: { apiVersion, kind: named, ...rest } };
}

function readObject(line: Buffer): JsonObject | undefined {
  try {
    const event = parseJson(line.toString());
    return isJsonObject(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function isGone(error: unknown): boolean {
  return (error as { status?: unknown }).status === 410;
}
