import { listInNamespaces } from "../../cluster/lists/list-in-namespaces.ts";
import { listInOrder, type OrderedPage } from "../../cluster/lists/list-in-order.ts";
import { RevisionCompactedError } from "../../cluster/lists/list-page.ts";
import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { keyOf, metadataOf } from "../../kubernetes/metadata.ts";
import { compareKeyTexts, keyText, OutOfOrderError } from "../../kubernetes/object-order.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { portable } from "../../objects/portable.ts";
import { textMembers } from "../../objects/text-members.ts";
import { ABSENT, LiveDigest, type LiveState, UNKNOWN } from "./live-state.ts";

/**
 * The target size of a page, in bytes: the list waits while objects are written, and a page must have left the API
 * server before its time limit of 60 s.
 */
const PAGE_BYTES = 1024 * 1024;

/** Which objects to list. */
export interface LiveOptions {
  /** Names of the namespaces; with none of them, nothing is listed of a namespaced resource. */
  namespaces: ReadonlySet<string>;
  /** Whether a few namespaces are listed one by one, rather than the whole cluster. */
  part?: boolean;
  /** Whether statuses are compared too. */
  withStatus?: boolean;
  /** Names of the resources of which the backup has finished objects; none by default. */
  keepFinished?: ReadonlySet<string>;
  /** Told where the list, or its rest, may not be read, or not for now. */
  onUnknown?: (error: ApiError) => void;
}

/**
 * The objects of one resource in the cluster, walked beside the objects of the archive, which come in the same order: no
 * more of either is in memory than a page. Where the order does not hold, each object is asked for by its name.
 */
export class LiveList {
  readonly #client: ApiClient;
  readonly #resource: Resource;
  readonly #options: LiveOptions;
  readonly #signal: AbortSignal;
  readonly #pages: AsyncIterator<OrderedPage> | undefined;
  /** The objects that are not passed yet of the page that is read; undefined at the end of the list. */
  #page: OrderedPage | undefined;
  #index = 0;
  /** The last key that was asked for. */
  #last: string | undefined;
  #isOrdered = true;
  #isKnown = true;

  /** Begins the list, and reads nothing. */
  constructor(client: ApiClient, resource: Resource, options: LiveOptions, signal: AbortSignal) {
    this.#client = client;
    this.#resource = resource;
    this.#options = options;
    this.#signal = signal;
    this.#pages = pagesOf(client, resource, options, signal)?.[Symbol.asyncIterator]();
  }

  /** Reads the first page. */
  async open(): Promise<void> {
    await this.#turn();
  }

  /** The state of an object. Objects are asked for in the order of keys where possible. */
  async of(key: ObjectKey): Promise<LiveState> {
    const wanted = keyText(key);
    const isNext = this.#last === undefined || compareKeyTexts(this.#last, wanted) < 0;
    if (isNext) this.#last = wanted;
    while (this.#isKnown) {
      if (!isNext || !this.#isOrdered) return await this.#ask(key);
      if (this.#page === undefined) return ABSENT;
      const item = this.#page.items[this.#index];
      if (item === undefined) {
        await this.#turn();
        continue;
      }
      const order = compareKeyTexts(keyText(keyOf(item)), wanted);
      if (order > 0) return ABSENT;
      this.#index += 1;
      if (order < 0) continue;
      const { since } = this.#page;
      return since !== undefined && isCreatedAfter(item, since) ? ABSENT : this.#stateOf(item);
    }
    return UNKNOWN;
  }

  /** Ends the list. */
  async close(): Promise<void> {
    this.#page?.[Symbol.dispose]();
    this.#page = undefined;
    await this.#pages?.return?.();
  }

  /** Reads the next page. */
  async #turn(): Promise<void> {
    this.#page?.[Symbol.dispose]();
    this.#page = undefined;
    this.#index = 0;
    try {
      const turned = await this.#pages?.next();
      this.#page = turned?.done === true ? undefined : turned?.value;
    } catch (error) {
      if (error instanceof OutOfOrderError || error instanceof RevisionCompactedError)
        this.#isOrdered = false;
      else if (isRefusal(error)) {
        this.#isKnown = false;
        this.#options.onUnknown?.(error);
      } else throw error;
    }
  }

  /** Asks for one object. Who may not read it learns whether it exists when it is created. */
  async #ask(key: ObjectKey): Promise<LiveState> {
    const { namespaces } = this.#options;
    if (key.namespace !== undefined && !namespaces.has(key.namespace)) return ABSENT;
    try {
      const item = await readObject(this.#client, this.#resource, key, this.#signal);
      return item === undefined ? ABSENT : this.#stateOf(item);
    } catch (error) {
      if (isRefusal(error)) return UNKNOWN;
      throw error;
    }
  }

  #stateOf(item: JsonObject): LiveState {
    const { namespaces, keepFinished, withStatus = false } = this.#options;
    const kept = {
      keeps: () => true,
      keepFinished: keepFinished?.has(resourceName(this.#resource)) ?? false,
    };
    // What of kube-system is restored is decided where it is read from the backup.
    const object = portable(this.#resource, item, this.#resource.namespaced ? namespaces : undefined, kept);
    return object === undefined ? ABSENT : new LiveDigest(object, { withStatus });
  }
}

/** The pages of the list; undefined where there is nothing to list. */
function pagesOf(
  client: ApiClient,
  resource: Resource,
  { namespaces, part = false }: LiveOptions,
  signal: AbortSignal,
): AsyncIterable<OrderedPage> | undefined {
  const options = { asText: textMembers(resource), pageBytes: PAGE_BYTES };
  if (!resource.namespaced) return listInOrder(client, resource, options, signal);
  if (namespaces.size === 0) return undefined;
  return listInNamespaces(client, resource, { ...options, namespaces, everywhere: !part }, signal);
}

/** Whether this user may not read, or the API server cannot answer for now. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 403 || error.waitsFor !== undefined);
}

/** Whether an object was created after the list began. Both times are the API server's. */
function isCreatedAfter(item: JsonObject, since: Date): boolean {
  return new Date(metadataOf(item).creationTimestamp ?? 0) > since;
}
