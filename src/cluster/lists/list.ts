import type { Resource } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { type ListOptions, type ListPage, type PageOptions, type ReadPage, readPage } from "./list-page.ts";
import { PageStream } from "./page-stream.ts";

/** Objects in the first page of a list, before their size is known. */
const FIRST_PAGE_LIMIT = 100;
/** The target size of a page in bytes of JSON: the whole page is in memory, parsed, and the next page beside it. */
const PAGE_BYTES = 1024 * 1024;
/**
 * The target size of a page that is parsed as it arrives. The API server walks the rest of the list for each page;
 * but a page must arrive within the API server's time limit of 60 s, however slowly the page is processed.
 */
const STREAMED_PAGE_BYTES = 16 * 1024 * 1024;
const MIN_PAGE_LIMIT = 10;
const MAX_PAGE_LIMIT = 1_000;

/**
 * Lists a resource page by page, all pages at one resource version. The next page is requested while a page is
 * processed.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 *
 * @throws {RevisionCompactedError} where the resource version was compacted (410).
 */
export async function* listPages(
  client: ApiClient,
  resource: Resource,
  options: ListOptions,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  const first = await readFirstPage(client, resource, options, signal);
  yield* pagesFrom(client, resource, options, first, signal);
}

/**
 * Reads the first page of a list, or of the rest of one.
 *
 * @param options with the continue token of the rest.
 */
export function readFirstPage(
  client: ApiClient,
  resource: Resource,
  options: ListOptions & Pick<PageOptions, "next">,
  signal: AbortSignal,
): Promise<ReadPage> {
  return readPage(client, resource, { ...options, limit: FIRST_PAGE_LIMIT }, signal);
}

/** The first page of a list and the following ones. */
export function pagesFrom(
  client: ApiClient,
  resource: Resource,
  options: ListOptions,
  first: ReadPage,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  const pages = (options.asText ?? []).length > 0 ? streamedPages : wholePages;
  return pages(client, resource, { ...options, limit: FIRST_PAGE_LIMIT }, first, signal);
}

/** The first page and the following ones. The next page is requested while a page is processed. */
async function* wholePages(
  client: ApiClient,
  resource: Resource,
  options: PageOptions,
  first: ReadPage,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  let { limit } = options;
  let page = first;
  while (page.next !== undefined) {
    limit = nextLimit(
      limit,
      { objects: page.items.length, bytes: page.bytes },
      options.pageBytes ?? PAGE_BYTES,
    );
    const next = readPage(client, resource, { ...options, next: page.next, limit }, signal);
    // A reader that stops early leaves this request behind: nobody handles its failure then.
    next.catch(() => {});
    yield page;
    page = await next;
  }
  yield page;
}

/** The same with larger pages, which are yielded in parts as they arrive. */
async function* streamedPages(
  client: ApiClient,
  resource: Resource,
  options: PageOptions,
  first: ReadPage,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  let { limit } = options;
  yield first;
  if (first.next === undefined) return;
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  const begin = (read: { objects: number; bytes: number }, next: string) => {
    limit = nextLimit(limit, read, options.pageBytes ?? STREAMED_PAGE_BYTES);
    return new PageStream(client, resource, { ...options, next, limit }, either);
  };
  try {
    let page: PageStream | undefined = begin({ objects: first.items.length, bytes: first.bytes }, first.next);
    while (page !== undefined) {
      let following: PageStream | undefined;
      for await (const part of page.parts()) {
        if (page.hasCome && page.next !== undefined) following ??= begin(page.read, page.next);
        yield part;
      }
      if (page.next !== undefined) following ??= begin(page.read, page.next);
      page = following;
    }
  } finally {
    // A reader that stops early leaves a request behind.
    stopped.abort();
  }
}

/** How many objects the next page should hold, so that the page is neither too large nor too small. */
export function nextLimit(
  limit: number,
  read: { objects: number; bytes: number },
  pageBytes: number,
): number {
  if (read.objects === 0) return limit;
  const fitting = Math.floor(pageBytes / (read.bytes / read.objects));
  // Sizes vary: growing step by step keeps a few small objects from causing a page of a thousand large ones.
  return Math.max(MIN_PAGE_LIMIT, Math.min(MAX_PAGE_LIMIT, limit * 5, fitting));
}
