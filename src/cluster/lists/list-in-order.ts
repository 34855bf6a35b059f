import type { JsonObject } from "../../kubernetes/json.ts";
import { keyOf } from "../../kubernetes/metadata.ts";
import { compareKeyTexts, KeyOrder, keyText } from "../../kubernetes/object-order.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { pagesFrom, readFirstPage } from "./list.ts";
import { type ListOptions, type ListPage, RevisionCompactedError } from "./list-page.ts";

/** A page of a list that may take longer than the API server keeps its resource version. */
export interface OrderedPage extends ListPage {
  /**
   * The API server's time of the first page, where this page shows a later state than that page: the resource version
   * was compacted. The page may hold objects that were created since.
   */
  since?: Date | undefined;
}

/** Options of {@link listInOrder}. */
export interface OrderedListOptions extends ListOptions {
  /** Whether another order is no error: the reader checks the order. */
  anyOrder?: boolean | undefined;
}

/**
 * Lists a resource page by page in the order of keys, so that the list can be walked beside another one. A list that
 * takes longer than the API server keeps its resource version goes on after the last object, at the newest resource
 * version.
 *
 * @throws {OutOfOrderError} where the API server lists in another order, and in several pages: an aggregated API server
 * may. What was yielded before is in order.
 */
export async function* listInOrder(
  client: ApiClient,
  resource: Resource,
  { anyOrder = false, ...options }: OrderedListOptions,
  signal: AbortSignal,
): AsyncGenerator<OrderedPage> {
  const order = new KeyOrder(`The list of ${resourceName(resource)}`, { anyOrder });
  let began: Date | undefined;
  let last = "";
  for (let next: string | undefined; ; ) {
    try {
      const first = await readFirstPage(client, resource, { ...options, next }, signal);
      if (next === undefined) began = first.time;
      // A list in one page can be put in order, whatever its order is.
      if (next === undefined && first.next === undefined) first.items = sorted(first.items);
      for await (const page of pagesFrom(client, resource, options, first, signal)) {
        const ordered = next === undefined ? page : pageAfter(page, { last, since: began });
        for (const item of ordered.items) {
          last = keyText(keyOf(item));
          order.check(last);
        }
        yield ordered;
      }
      return;
    } catch (error) {
      // After which object an unordered list goes on cannot be said.
      if (!order.holds) throw error;
      next = nextOf(error);
    }
  }
}

/** The continue token with which a list goes on at another resource version. */
function nextOf(error: unknown): string {
  if (error instanceof RevisionCompactedError && error.next !== undefined) return error.next;
  throw error;
}

/** What comes after an object: of a page that was read in part, the rest, since the page is read again. */
function pageAfter(page: ListPage, { last, since }: { last: string; since: Date | undefined }): OrderedPage {
  const items = page.items.filter((item) => compareKeyTexts(keyText(keyOf(item)), last) > 0);
  return { ...page, items, since };
}

function sorted(items: JsonObject[]): JsonObject[] {
  const keyed = items.map((item) => ({ item, key: keyText(keyOf(item)) }));
  return keyed.sort((one, other) => compareKeyTexts(one.key, other.key)).map(({ item }) => item);
}
