import type { Change, ObjectDifference } from "../document.ts";

/** Number of objects by change. */
export type Counts = Record<Change, number>;

/** A column of the summary. */
export interface KindColumn {
  /** `deployments.apps`: distinguishes kinds of the same name. */
  resource: string;
  kind: string;
}

/** The summary: number of differing objects by namespace (null for cluster-scoped objects) and kind. */
export interface CountMatrix {
  kinds: KindColumn[];
  rows: { namespace: string | null; total: Counts; cells: (Counts | undefined)[] }[];
  /** The counts of each kind. */
  totals: Counts[];
}

/** Counts differing objects by namespace and kind, both sorted. */
export function countMatrix(objects: readonly ObjectDifference[]): CountMatrix {
  const kinds = new Map<string, KindColumn>();
  const rows = new Map<string | null, Map<string, Counts>>();
  for (const { resource, kind, namespace, change } of objects) {
    if (!kinds.has(resource)) kinds.set(resource, { resource, kind });
    const row = getOrCreate(rows, namespace, () => new Map<string, Counts>());
    getOrCreate(row, resource, zeroCounts)[change] += 1;
  }
  const columns = [...kinds.values()].sort((a, b) =>
    a.kind === b.kind ? (a.resource < b.resource ? -1 : 1) : a.kind < b.kind ? -1 : 1,
  );
  const namespaces = [...rows.keys()].sort((a, b) => (a === null ? -1 : b === null ? 1 : a < b ? -1 : 1));
  return {
    kinds: columns,
    rows: namespaces.map((namespace) => {
      const row = rows.get(namespace);
      return {
        namespace,
        total: sum([...(row?.values() ?? [])]),
        cells: columns.map(({ resource }) => row?.get(resource)),
      };
    }),
    totals: columns.map(({ resource }) => sum([...rows.values()].flatMap((row) => row.get(resource) ?? []))),
  };
}

/** The sum of all changes. */
export function total({ added, changed, removed }: Counts): number {
  return added + changed + removed;
}

function zeroCounts(): Counts {
  return { added: 0, changed: 0, removed: 0 };
}

function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (result, counts) => ({
      added: result.added + counts.added,
      changed: result.changed + counts.changed,
      removed: result.removed + counts.removed,
    }),
    zeroCounts(),
  );
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
