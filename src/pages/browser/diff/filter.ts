/** What the reader wants to see, and the same as a part of the page's address, so that a link leads to it. */

/** Undefined is everything; a null namespace is the cluster itself. */
export interface Filter {
  words: readonly string[];
  change?: string | undefined;
  namespace?: string | null | undefined;
  resource?: string | undefined;
  /** Without what the cluster wrote itself. */
  isWithoutCluster?: boolean | undefined;
}

export const NO_FILTER: Filter = { words: [] };

/** The words of a text that is typed: all of them must be found. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Whether a filter leaves everything. */
export function isEmpty({ words, change, namespace, resource, isWithoutCluster }: Filter): boolean {
  const wanted = [change, namespace, resource].some((each) => each !== undefined);
  return words.length === 0 && !wanted && isWithoutCluster !== true;
}

/** The filter as a fragment, `#?search=web&change=removed`; empty for none. No object has a fragment that begins so. */
export function toFragment(filter: Filter): string {
  if (isEmpty(filter)) return "";
  const { words, change, namespace, resource, isWithoutCluster } = filter;
  const parts = new URLSearchParams();
  if (words.length > 0) parts.set("search", words.join(" "));
  if (change !== undefined) parts.set("change", change);
  if (namespace !== undefined) parts.set("namespace", namespace ?? "-");
  if (resource !== undefined) parts.set("kind", resource);
  if (isWithoutCluster === true) parts.set("cluster", "hide");
  return `#?${parts}`;
}

/** The filter of a fragment; undefined where the fragment is not of a filter. What nobody knows in it is left out. */
export function fromFragment(fragment: string): Filter | undefined {
  if (!fragment.startsWith("#?")) return undefined;
  const parts = new URLSearchParams(fragment.slice(2));
  const change = parts.get("change") ?? "";
  const namespace = parts.get("namespace") ?? undefined;
  return {
    words: wordsOf(parts.get("search") ?? ""),
    change: ["added", "changed", "removed"].includes(change) ? change : undefined,
    // No namespace can be named "-".
    namespace: namespace === "-" ? null : namespace,
    resource: parts.get("kind") ?? undefined,
    isWithoutCluster: parts.get("cluster") === "hide" ? true : undefined,
  };
}
