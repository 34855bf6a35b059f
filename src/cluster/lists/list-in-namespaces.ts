import { sortByNamespace } from "../../kubernetes/object-order.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { ApiError } from "../requests/api-error.ts";
import { listInOrder, type OrderedListOptions, type OrderedPage } from "./list-in-order.ts";

/** Up to so many namespaces are listed one by one. */
const FEW_NAMESPACES = 4;

/** Options of {@link listInNamespaces}. */
export interface NamespacesToList extends Pick<OrderedListOptions, "asText" | "pageBytes" | "anyOrder"> {
  namespaces: ReadonlySet<string>;
  /** Whether the whole cluster is listed for few namespaces too. */
  everywhere?: boolean;
}

/**
 * Lists a namespaced resource in some namespaces: few one by one, and many by one list of the whole cluster, which has
 * objects of other namespaces too. Where this user may not list the whole cluster, each namespace is listed. Either way
 * the objects come in the order of keys; see {@link listInOrder}.
 */
export async function* listInNamespaces(
  client: ApiClient,
  resource: Resource,
  { namespaces, everywhere = false, ...options }: NamespacesToList,
  signal: AbortSignal,
): AsyncGenerator<OrderedPage> {
  if (everywhere || namespaces.size > FEW_NAMESPACES) {
    let begun = false;
    try {
      for await (const page of listInOrder(client, resource, options, signal)) {
        begun = true;
        yield page;
      }
      return;
    } catch (error) {
      if (begun || !(error instanceof ApiError) || error.status !== 403) throw error;
    }
  }
  for (const namespace of sortByNamespace([...namespaces], (name) => name))
    yield* listInOrder(client, resource, { ...options, namespace }, signal);
}
