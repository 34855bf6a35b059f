import type { ChangeRecord } from "../format/change-record.ts";
import type { Moment, SegmentHeader } from "../format/segment.ts";
import { formatIndex, type IndexedObject, type IndexHeader, namesSha256 } from "../format/segment-index.ts";

/** What a process remembers of segments that it has written: what their index says, and no content. */
export interface KnownIndex extends Pick<IndexHeader, "cluster" | "clusterName" | "previous"> {
  first: number;
  from: Moment;
  to: Moment;
  sha256: readonly string[];
  objects: ReadonlyMap<string, IndexedObject>;
  /** Number of objects and of segments that each is in: what it takes of memory. */
  entries: number;
}

/** The most that one index has; beyond it, a pack has several. */
const MOST_ENTRIES = 32_768;

/** What the index of one segment says. */
export function indexOfSegment(
  {
    number,
    cluster,
    clusterName,
    from,
    to,
    previous,
  }: Omit<SegmentHeader, "format" | "formatVersion" | "records">,
  records: readonly Pick<ChangeRecord, "resource" | "namespace" | "name">[],
  sha256: string,
): KnownIndex {
  const objects = new Map<string, IndexedObject>();
  for (const { resource, namespace, name } of records) {
    const key = `${resource} ${namespace ?? ""}/${name}`;
    if (!objects.has(key))
      objects.set(key, {
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        segments: [number],
      });
  }
  return {
    ...{ first: number, cluster, ...(clusterName && { clusterName }), ...(previous && { previous }) },
    ...{ from, to, sha256: [sha256], objects, entries: 2 * objects.size },
  };
}

/** The index of several that follow each other; undefined where it would be too large for memory. */
export function joinIndexes(indexes: readonly KnownIndex[]): KnownIndex | undefined {
  const [first] = indexes;
  const last = indexes.at(-1);
  const most = indexes.reduce((sum, { entries }) => sum + entries, 0);
  if (first === undefined || last === undefined || most > MOST_ENTRIES) return undefined;
  const segments = new Map<string, number[]>();
  const objects = new Map<string, IndexedObject>();
  for (const index of indexes) {
    for (const [key, object] of index.objects) {
      const known = segments.get(key);
      if (known !== undefined) known.push(...object.segments);
      else {
        const numbers = [...object.segments];
        segments.set(key, numbers);
        objects.set(key, { ...object, segments: numbers });
      }
    }
  }
  const inAll = [...segments.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    ...{ ...first, to: last.to, sha256: indexes.flatMap(({ sha256 }) => [...sha256]) },
    ...{ objects, entries: objects.size + inAll },
  };
}

/** The text of an index of segments with these names. */
export function indexText(
  timeline: string,
  { objects, entries: _entries, ...header }: KnownIndex,
  files: readonly string[],
  sign?: (text: Uint8Array) => string,
): string {
  return formatIndex({ timeline, ...header, names: namesSha256(files) }, [...objects.values()], sign);
}
