import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
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
  /** The objects, with kind and apiVersion, which lists omit. */
  items: JsonObject[];
  /** The resource version of the whole list. */
  revision: string;
}

/** A page, and what is needed to request the next page. */
export interface ReadPage extends ListPage {
  next: string | undefined;
  /** Size of the JSON text. */
  bytes: number;
  /** The API server's time of the answer; undefined where the answer does not say. */
  time: Date | undefined;
}

/** Options of `listPages`. */
export interface ListOptions {
  /** Lists at exactly this resource version; at the newest by default. */
  revision?: string | undefined;
  /** Lists only this namespace. */
  namespace?: string | undefined;
  /** Members of the objects that stay text where possible; see {@link parseList}. */
  asText?: readonly string[] | undefined;
  /** The target size of a page, in bytes: 1 MiB by default, and 16 MiB where pages are parsed as they arrive. */
  pageBytes?: number | undefined;
}

/** Which page to request. */
export interface PageOptions extends ListOptions {
  /** The most objects. */
  limit: number;
  /** The continue token of the page before; undefined for the first page. */
  next?: string | undefined;
}

/** The resource version of a list was compacted (410): the list cannot be read, or continued. */
export class RevisionCompactedError extends Error {
  override name = "RevisionCompactedError";
  /** The continue token for the rest of the list as it is now, where the list was under way. */
  readonly next: string | undefined;

  constructor(message: string, { cause, next }: { cause: unknown; next: string | undefined }) {
    super(message, { cause });
    this.next = next;
  }
}

/** Reads a whole page. */
export async function readPage(
  client: ApiClient,
  resource: Resource,
  options: PageOptions,
  signal: AbortSignal,
): Promise<ReadPage> {
  const { body, time } = await askForPage(client, resource, options, undefined, signal);
  const list = parseList(body, options.asText ?? []);
  return {
    items: withKind(list.items, list, resource),
    revision: list.metadata.resourceVersion,
    next: list.metadata.continue || undefined,
    bytes: body.length,
    time,
    // One page is small: its body is left to garbage collection.
    [Symbol.dispose]: ownsNothing,
  };
}

/**
 * Requests a page.
 *
 * @param receiver takes the text as it arrives.
 * @throws {RevisionCompactedError} where the resource version was compacted (410).
 */
export async function askForPage(
  client: ApiClient,
  resource: Resource,
  { revision, namespace, limit, next }: PageOptions,
  receiver: BodyReceiver | undefined,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  // With `continue`, neither the resource version nor how to match it may be sent: the token holds both.
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
        secret: isSecrets(resource),
        ...(receiver === undefined ? {} : { receiver }),
      },
      signal,
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 410)
      throw new RevisionCompactedError(error.message, { cause: error, next: error.continueToken });
    throw error;
  }
}

/** Adds the apiVersion and the kind, which lists omit. */
export function withKind(items: JsonObject[], { apiVersion }: ListHead, { kind }: Resource): JsonObject[] {
  const head = { apiVersion, kind };
  for (const [index, item] of items.entries()) items[index] = { ...head, ...item };
  return items;
}
