import { listPages } from "../cluster/lists/list.ts";
import type { ListPage } from "../cluster/lists/list-page.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { textMembers } from "../objects/text-members.ts";

/** Resources whose first page is prefetched while an earlier resource is captured: it hides the latency of the API server. */
const PREFETCHED_RESOURCES = 3;

/** A page of a list, and whether the list is pinned to the requested revision. */
export interface PageAtRevision extends ListPage {
  pinned: boolean;
}

/** Which objects to list. */
export interface PagesOptions {
  revision: string;
  /** The namespaces to list one by one; the whole cluster by default. */
  namespaces?: readonly string[] | undefined;
}

/** Yields the pages of each resource in order, all at one revision, and prefetches the first pages of the next resources. */
export function* prefetchPages<R extends Resource>(
  client: ApiClient,
  resources: readonly R[],
  where: PagesOptions,
  signal: AbortSignal,
): Generator<{ resource: R; pages: AsyncIterable<PageAtRevision> }> {
  const prefetched: AsyncIterable<PageAtRevision>[] = [];
  for (const [index, resource] of resources.entries()) {
    for (const next of resources.slice(index + prefetched.length, index + 1 + PREFETCHED_RESOURCES)) {
      prefetched.push(prefetchFirst(pagesAtRevision(client, next, where, signal)));
    }
    const pages = prefetched.shift();
    if (pages !== undefined) yield { resource, pages };
  }
}

/** Requests the first item now. A failure is thrown to the consumer, and ignored without a consumer. */
function prefetchFirst<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  first.catch(() => {});
  return (async function* () {
    for (let item = await first; item.done !== true; item = await iterator.next()) yield item.value;
  })();
}

/** Yields the pages of a resource, of all namespaces or of one after the other. */
async function* pagesAtRevision(
  client: ApiClient,
  resource: Resource,
  { revision, namespaces }: PagesOptions,
  signal: AbortSignal,
): AsyncGenerator<PageAtRevision> {
  const scopes = resource.namespaced && namespaces !== undefined ? namespaces : [undefined];
  for (const namespace of scopes) yield* pagesOfScope(client, resource, { revision, namespace }, signal);
}

/**
 * Yields the pages of a resource at a revision, or at the current revision and not pinned where the server
 * cannot list at a past revision (an aggregated API server with its own storage). Falls back only before the
 * first page, while the archive has no object of the resource.
 */
async function* pagesOfScope(
  client: ApiClient,
  resource: Resource,
  { revision, namespace }: { revision: string; namespace: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<PageAtRevision> {
  const asText = textMembers(resource);
  let firstPageRead = false;
  try {
    for await (const page of listPages(client, resource, { revision, namespace, asText }, signal)) {
      firstPageRead = true;
      yield { ...page, pinned: true };
    }
    return;
  } catch (error) {
    if (firstPageRead || !cannotListAtRevision(error)) throw error;
  }
  for await (const page of listPages(client, resource, { namespace, asText }, signal))
    yield { ...page, pinned: false };
}

/** Whether the server refused the request itself, not the credentials or the rate. */
function cannotListAtRevision(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && ![401, 403, 404, 429].includes(error.status);
}
