import type { Buffer } from "node:buffer";
import type { ApiClient } from "./api-client.ts";
import { ApiError } from "./api-error.ts";
import type { JsonObject } from "./json.ts";
import { parseList } from "./list-text.ts";
import { collectionPath, type Resource, resourceName } from "./resource.ts";

/** Objects in the first page of a list, before their size is known. */
const FIRST_LIMIT = 100;
/** Bytes of JSON that a page aims at: it is in memory as a whole, parsed, and the next one beside it. */
const PAGE_BYTES = 1024 * 1024;
const LEAST_LIMIT = 10;
const MOST_LIMIT = 1_000;

/** A page of a list. */
export interface ListPage {
  /** The objects, with the kind and apiVersion that lists leave out of them. */
  items: JsonObject[];
  /** The resource version at which the whole list stands. */
  revision: string;
}

/** Options of {@link listPages}. */
export interface ListOptions {
  /** Read at exactly this resource version; otherwise at the newest. */
  revision?: string | undefined;
  /** Only within this namespace. */
  namespace?: string | undefined;
  /** Members of the objects that stay text where they can; see {@link parseList}. */
  asText?: readonly string[] | undefined;
}

/** The revision that a list was asked for, or was being read at, is compacted away. */
export class RevisionCompactedError extends Error {
  override name = "RevisionCompactedError";
}

/**
 * Lists a resource page by page, all pages at one resource version; the next page is on its way
 * while one is being worked on.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 *
 * @throws {RevisionCompactedError} when that version is no longer there (410).
 */
export async function* listPages(
  client: ApiClient,
  resource: Resource,
  options: ListOptions,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  let page = await readPage(client, resource, { ...options, limit: FIRST_LIMIT }, signal);
  let limit = FIRST_LIMIT;
  while (page.next !== undefined) {
    limit = nextLimit(limit, page);
    // With `continue`, neither the revision nor how to match it may be sent: the token holds both.
    const { namespace, asText } = options;
    const next = readPage(client, resource, { namespace, asText, next: page.next, limit }, signal);
    // Whoever stops reading early leaves this request behind: its failure is then nobody's.
    next.catch(() => {});
    yield page;
    page = await next;
  }
  yield page;
}

/** How many objects the next page should hold, so that it is neither too large nor too small. */
export function nextLimit(limit: number, page: { items: readonly unknown[]; bytes: number }): number {
  if (page.items.length === 0) return limit;
  const fitting = Math.floor(PAGE_BYTES / (page.bytes / page.items.length));
  // Sizes vary: growing step by step keeps a few small objects from calling for a thousand large ones.
  return Math.max(LEAST_LIMIT, Math.min(MOST_LIMIT, limit * 5, fitting));
}

interface PageOptions extends ListOptions {
  limit: number;
  next?: string;
}

async function readPage(
  client: ApiClient,
  resource: Resource,
  { revision, namespace, asText, limit, next }: PageOptions,
  signal: AbortSignal,
): Promise<ListPage & { next: string | undefined; bytes: number }> {
  const query = {
    limit,
    continue: next,
    ...(revision === undefined ? {} : { resourceVersion: revision, resourceVersionMatch: "Exact" }),
  };
  const what = `list ${resourceName(resource)}`;
  const secret = resource.kind === "Secret";
  let body: Buffer;
  try {
    ({ body } = await client.send(
      { what, method: "GET", path: collectionPath(resource, namespace), query, secret },
      signal,
    ));
  } catch (error) {
    if (error instanceof ApiError && error.status === 410)
      throw new RevisionCompactedError(error.message, { cause: error });
    throw error;
  }
  const list = parseList(body, asText ?? []);
  const { items } = list;
  const head = { apiVersion: list.apiVersion, kind: resource.kind };
  for (const [index, item] of items.entries()) {
    items[index] = { ...head, ...item };
  }
  return {
    items,
    revision: list.metadata.resourceVersion,
    next: list.metadata.continue || undefined,
    bytes: body.length,
  };
}
