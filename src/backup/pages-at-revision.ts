import { listPages } from "../cluster/lists/list.ts";
import type { ListPage } from "../cluster/lists/list-page.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { textMembers } from "../objects/text-members.ts";

/** Resources whose first page is asked for while one before them is worked on: a cluster may be far away. */
const AHEAD = 3;

/** A page of a list, and whether it is of the moment that was asked for. */
export interface MomentPage extends ListPage {
  pinned: boolean;
}

/** The pages of each resource in turn, all at one revision; those of the next ones are begun meanwhile. */
export function* pagesOfResources<R extends Resource>(
  client: ApiClient,
  resources: readonly R[],
  revision: string,
  signal: AbortSignal,
): Generator<{ resource: R; pages: AsyncIterable<MomentPage> }> {
  const begun: AsyncIterable<MomentPage>[] = [];
  for (const [index, resource] of resources.entries()) {
    for (const next of resources.slice(index + begun.length, index + 1 + AHEAD)) {
      begun.push(begin(pagesOfMoment(client, next, revision, signal)));
    }
    const pages = begun.shift();
    if (pages !== undefined) yield { resource, pages };
  }
}

/** Asks for the first item at once. Its failure is thrown where it is taken, and nobody's where it is not. */
function begin<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  first.catch(() => {});
  return (async function* () {
    for (let item = await first; item.done !== true; item = await iterator.next()) yield item.value;
  })();
}

/**
 * The pages of a resource at a revision; where its server cannot list a past moment (an aggregated
 * API with a store of its own), the pages of now, not pinned. Only the first page can say so:
 * nothing of the resource is in the archive yet.
 */
async function* pagesOfMoment(
  client: ApiClient,
  resource: Resource,
  revision: string,
  signal: AbortSignal,
): AsyncGenerator<MomentPage> {
  const asText = textMembers(resource);
  let begun = false;
  try {
    for await (const page of listPages(client, resource, { revision, asText }, signal)) {
      begun = true;
      yield { ...page, pinned: true };
    }
    return;
  } catch (error) {
    if (begun || !cannotListThePast(error)) throw error;
  }
  for await (const page of listPages(client, resource, { asText }, signal)) yield { ...page, pinned: false };
}

/** Refused for what was asked, not for who asked or how busy the server is. */
function cannotListThePast(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && ![401, 403, 404, 429].includes(error.status);
}
