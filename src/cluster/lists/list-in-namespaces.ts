import type { Resource } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { ApiError } from "../requests/api-error.ts";
import { listPages } from "./list.ts";
import type { ListOptions, ListPage } from "./list-page.ts";

/** Up to so many namespaces are listed one by one. */
const FEW_NAMESPACES = 4;

/** Options of {@link listInNamespaces}. */
export interface NamespacesToList extends Pick<ListOptions, "asText"> {
  namespaces: ReadonlySet<string>;
  /** Whether the whole cluster is listed for few namespaces too. */
  everywhere?: boolean;
}

/**
 * Lists a namespaced resource in some namespaces: few one by one, and many by one list of the whole cluster, which has
 * objects of other namespaces too. Where this user may not list the whole cluster, each namespace is listed.
 */
export async function* listInNamespaces(
  client: ApiClient,
  resource: Resource,
  { namespaces, asText, everywhere = false }: NamespacesToList,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  if (everywhere || namespaces.size > FEW_NAMESPACES) {
    let begun = false;
    try {
      for await (const page of listPages(client, resource, { asText }, signal)) {
        begun = true;
        yield page;
      }
      return;
    } catch (error) {
      if (begun || !(error instanceof ApiError) || error.status !== 403) throw error;
    }
  }
  for (const namespace of namespaces) yield* listPages(client, resource, { namespace, asText }, signal);
}
