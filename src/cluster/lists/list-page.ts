import type { JsonObject } from "../../kubernetes/json.ts";
import { collectionPath, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ApiAnswer, ApiClient } from "../requests/api-client.ts";
import { ApiError } from "../requests/api-error.ts";
import type { BodyReceiver } from "../requests/body-stream.ts";
import { type ListHead, ownsNothing, parseList } from "./list-text.ts";

/**
 * A page of a list. The page owns the memory of the members that stay text. Disposing of the page frees that memory
 * at once, and reading these members throws from then on; otherwise garbage collection frees the memory.
 */
export interface ListPage extends Disposable {
  /** The objects, with the kind and apiVersion that lists leave out of them. */
  items: JsonObject[];
  /** The resource version at which the whole list stands. */
  revision: string;
}

/** A page, and what is needed to ask for the next. */
export interface ReadPage extends ListPage {
  next: string | undefined;
  /** Size of its text. */
  bytes: number;
}

/** Options of `listPages`. */
export interface ListOptions {
  /** Read at exactly this resource version; otherwise at the newest. */
  revision?: string | undefined;
  /** Only within this namespace. */
  namespace?: string | undefined;
  /** Members of the objects that stay text where they can; see {@link parseList}. */
  asText?: readonly string[] | undefined;
}

/** Which page is asked for. */
export interface PageOptions extends ListOptions {
  /** Objects at most. */
  limit: number;
  /** What the page before said that asks for it; undefined for the first. */
  next?: string;
}

/** The revision that a list was asked for, or was being read at, is compacted away. */
export class RevisionCompactedError extends Error {
  override name = "RevisionCompactedError";
}

/** Reads a page as a whole. */
export async function readPage(
  client: ApiClient,
  resource: Resource,
  options: PageOptions,
  signal: AbortSignal,
): Promise<ReadPage> {
  const { body } = await askForPage(client, resource, options, undefined, signal);
  const list = parseList(body, options.asText ?? []);
  return {
    items: withKind(list.items, list, resource),
    revision: list.metadata.resourceVersion,
    next: list.metadata.continue || undefined,
    bytes: body.length,
    // One page is small: its body is left to garbage collection.
    [Symbol.dispose]: ownsNothing,
  };
}

/**
 * Asks for a page.
 *
 * @param receiver takes its text while it comes.
 * @throws {RevisionCompactedError} when its resource version is no longer there (410).
 */
export async function askForPage(
  client: ApiClient,
  resource: Resource,
  { revision, namespace, limit, next }: PageOptions,
  receiver: BodyReceiver | undefined,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  // With `continue`, neither the revision nor how to match it may be sent: the token holds both.
  const moment =
    revision === undefined || next !== undefined
      ? {}
      : { resourceVersion: revision, resourceVersionMatch: "Exact" };
  try {
    return await client.send(
      {
        what: `list ${resourceName(resource)}`,
        method: "GET",
        path: collectionPath(resource, namespace),
        query: { limit, continue: next, ...moment },
        secret: resource.kind === "Secret",
        ...(receiver === undefined ? {} : { receiver }),
      },
      signal,
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 410)
      throw new RevisionCompactedError(error.message, { cause: error });
    throw error;
  }
}

/** Puts in what lists leave out of their items. */
export function withKind(items: JsonObject[], { apiVersion }: ListHead, { kind }: Resource): JsonObject[] {
  const head = { apiVersion, kind };
  for (const [index, item] of items.entries()) items[index] = { ...head, ...item };
  return items;
}
