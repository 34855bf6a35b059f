import type { Buffer } from "node:buffer";
import type { Resource } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { BodyStream } from "../requests/body-stream.ts";
import { askForPage, type ListPage, type PageOptions, withKind } from "./list-page.ts";
import { type ListHead, ListParser, ownsNothing, type ParsedItems } from "./list-text.ts";

/** A page that is arriving. */
export class PageStream {
  readonly #resource: Resource;
  readonly #asText: readonly string[];
  readonly #body: BodyStream;
  /** How much of the page has been parsed, in objects and in bytes of text. */
  readonly read = { objects: 0, bytes: 0 };
  /** The continue token of the next page; undefined where there is none, or the token has not arrived yet. */
  next: string | undefined;

  constructor(client: ApiClient, resource: Resource, options: PageOptions, signal: AbortSignal) {
    this.#resource = resource;
    this.#asText = options.asText ?? [];
    this.#body = new BodyStream((receiver) => askForPage(client, resource, options, receiver, signal));
  }

  /** Whether the whole page has arrived, though it may not be parsed yet. */
  get hasCome(): boolean {
    return this.#body.ended;
  }

  /** The parts of the page, one after another. */
  async *parts(): AsyncGenerator<ListPage> {
    let parser = new ListParser(this.#asText);
    // A page that is requested again has the same items, since the resource version is the same.
    let again = 0;
    for (let part = await this.#body.read(); part !== undefined; part = await this.#body.read()) {
      if (part.first) {
        parser = new ListParser(this.#asText);
        again = this.read.objects;
      }
      const parsed = parser.take(part.bytes);
      const known = Math.min(again, parsed.items.length);
      again -= known;
      const items = parsed.items.slice(known);
      if (items.length > 0 && parser.head !== undefined)
        yield this.#page({ ...parsed, items }, parser.head, part.bytes);
    }
    const list = parser.end();
    if (list.items.length > 0)
      yield this.#page({ items: list.items, [Symbol.dispose]: ownsNothing }, list, []);
    this.next = list.metadata.continue || undefined;
  }

  #page(parsed: ParsedItems, head: ListHead, bytes: readonly Buffer[]): ListPage {
    const { items } = parsed;
    this.read.objects += items.length;
    this.read.bytes += bytes.reduce((sum, { length }) => sum + length, 0);
    this.next = head.metadata.continue || undefined;
    const { resourceVersion: revision } = head.metadata;
    return { ...parsed, items: withKind(items, head, this.#resource), revision };
  }
}
