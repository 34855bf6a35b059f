import { DamagedArchiveError } from "../../archive/format/damaged-archive-error.ts";
import { type Archive, openArchive } from "../../archive/reader.ts";
import { readBackupSide } from "../../compare/backup-side.ts";
import { compareSides } from "../../compare/compare-sides.ts";
import { OperatorError } from "../../errors.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import type { Store } from "../../store/contract/store.ts";
import type { SegmentHeader } from "../format/segment.ts";
import type { IndexedObject } from "../format/segment-index.ts";
import type { PlannedSegment } from "../replay/plan-moment.ts";
import { type Link, readAlong, readSegment } from "../replay/read-segments.ts";
import type { SegmentReader } from "../replay/segment-reader.ts";
import { byName } from "./changes-of-states.ts";
import type { HistoryChange, HistoryEntry, HistoryGap, RestoreSource } from "./history-entry.ts";
import { changesBetween, changesOfComparison, type Unknown } from "./inferred-changes.ts";
import { type KnownStates, readStates } from "./known-states.ts";
import type { ComparedPart, HistoryPart, HistoryRange, RecordedPart } from "./plan-history.ts";
import { type HistorySelection, RecordWalk } from "./record-walk.ts";

/** Options of {@link HistoryReader}. */
export interface HistoryReaderOptions {
  store: Store;
  /** What reads the change log of the store. */
  reader: SegmentReader;
  selection: HistorySelection;
  /** The resources that are known, the first of a name counts. */
  resources: readonly Resource[];
  range: HistoryRange;
  /** Called with what a reader must know, one sentence each. */
  onNote: (note: string) => void;
}

/** A backup whose header is known. */
interface OpenBase {
  segment: PlannedSegment;
  /** What the segment after it must follow. */
  link: Link;
  header: SegmentHeader & { base: string };
}

/** Where a history stands: the state there, or the backup that has it. */
type Edge = { time: Date; source: RestoreSource } & ({ states: KnownStates } | { backup: string });

/** Reads a history, part by part. It keeps where it stands, so that it can go on with what comes later. */
export class HistoryReader {
  readonly #options: HistoryReaderOptions;
  readonly #resources: Map<string, Resource>;
  #edge: Edge | undefined;
  #walk: { records: RecordWalk; last: PlannedSegment; link: Link } | undefined;

  constructor(options: HistoryReaderOptions) {
    this.#options = options;
    this.#resources = byName(options.resources);
  }

  /** Up to when everything is told; undefined before the first part. */
  get reached(): Date | undefined {
    return this.#edge?.time;
  }

  /** The states of the selected objects there; undefined where the last part was of backups. */
  get states(): KnownStates | undefined {
    return this.#walk?.records.states;
  }

  /** The last segment that was read; undefined where the last part was of backups. */
  get last(): PlannedSegment | undefined {
    return this.#walk?.last;
  }

  /**
   * Reads parts that follow each other.
   *
   * @throws {OperatorError} where a segment or a backup cannot be read.
   */
  async *read(parts: readonly HistoryPart[], signal: AbortSignal): AsyncGenerator<HistoryEntry> {
    for (const [index, part] of parts.entries()) {
      const next = parts[index + 1];
      if (part.kind === "recorded") yield* this.#recorded(part, signal);
      else {
        if (next?.kind === "recorded") yield* this.#gap(await this.#start(next, signal));
        yield* this.#compared(part, signal);
      }
    }
  }

  /** Reads segments that follow the last one. */
  async *goOn(segments: readonly PlannedSegment[], signal: AbortSignal): AsyncGenerator<HistoryEntry> {
    yield* this.#walkAlong(segments, signal);
  }

  async *#recorded(part: RecordedPart, signal: AbortSignal): AsyncGenerator<HistoryEntry> {
    const { store, selection, range } = this.#options;
    const start = await this.#start(part, signal);
    const { base, settled } = start.header;
    const time = start.segment.until;
    yield* this.#gap(start);
    using opened = await openIn(store, base, signal);
    const { archive } = opened;
    for (const [name, resource] of byName(archive.manifest.resources))
      if (!this.#resources.has(name)) this.#resources.set(name, resource);
    const states = await readStates(archive, selection.wide, signal);
    yield* await this.#cross({ time, backup: base, states }, signal);
    const first =
      start.segment.number === 0 && settled !== undefined
        ? { settled: new Date(settled), backup: base }
        : undefined;
    const records = new RecordWalk({ ...selection, states, resources: this.#resources, range, first });
    this.#walk = { records, last: start.segment, link: start.link };
    this.#edge = { time, source: { at: time }, states };
    yield* this.#walkAlong(part.segments.slice(part.segments.indexOf(start.segment) + 1), signal);
  }

  /** Walks along the records of segments that follow the last one. Those without a selected object are not read. */
  async *#walkAlong(segments: readonly PlannedSegment[], signal: AbortSignal): AsyncGenerator<HistoryEntry> {
    const walk = this.#walk;
    if (walk === undefined) return;
    const { reader } = this.#options;
    const options = {
      before: walk.link,
      wants: (object: IndexedObject) => walk.records.wants(object),
    };
    for await (const { planned, segment, link } of readAlong(reader, segments, options, signal)) {
      for (const record of segment?.records ?? []) {
        const change = walk.records.take(record);
        if (change !== undefined) yield change;
      }
      walk.last = planned;
      walk.link = link;
      const time = planned.until;
      this.#edge = { time, source: { at: time }, states: walk.records.states };
    }
  }

  async *#compared({ backups }: ComparedPart, signal: AbortSignal): AsyncGenerator<HistoryEntry> {
    for (const { name: backup, time } of backups) {
      try {
        yield* await this.#cross({ time, backup, states: undefined }, signal);
      } catch (error) {
        if (!(error instanceof DamagedArchiveError)) throw error;
        this.#options.onNote(`${error.backup} is left out: ${error.reason}`);
        const isEdge =
          this.#edge !== undefined && "backup" in this.#edge && this.#edge.backup === error.backup;
        if (!isEdge) continue;
      }
      this.#edge = { time, source: { backup }, backup };
      this.#walk = undefined;
    }
  }

  /** What has changed between where the history stands and a backup. */
  async #cross(
    to: { time: Date; backup: string; states: KnownStates | undefined },
    signal: AbortSignal,
  ): Promise<HistoryChange[]> {
    const edge = this.#edge;
    if (edge === undefined) return [];
    const { store, selection } = this.#options;
    const unknown = { after: edge.time, time: to.time, source: edge.source };
    if ("backup" in edge) return await this.#compare(edge.backup, to.backup, unknown, signal);
    if (to.states !== undefined) return changesBetween(edge.states, to.states, selection.exact, unknown);
    using opened = await openIn(store, to.backup, signal);
    const states = await readStates(opened.archive, selection.wide, signal);
    return changesBetween(edge.states, states, selection.exact, unknown);
  }

  /** Compares two backups, neither of which is in memory as a whole. */
  async #compare(from: string, to: string, unknown: Unknown, signal: AbortSignal): Promise<HistoryChange[]> {
    const { store, selection, onNote } = this.#options;
    using before = await openIn(store, from, signal);
    using after = await openIn(store, to, signal);
    const [left, right] = [
      await readBackupSide({ name: from, archive: before.archive }, signal),
      await readBackupSide({ name: to, archive: after.archive }, signal),
    ];
    const comparison = await compareSides({ left, right, selection: selection.exact }, signal);
    for (const resource of comparison.notCompared ?? [])
      onNote(`${from} and ${to} cannot be compared in ${resource}`);
    const resources = byName(after.archive.manifest.resources, before.archive.manifest.resources);
    return changesOfComparison(comparison, resources, unknown);
  }

  /** @throws {OperatorError} where no backup is left that the records could start from. */
  async #start({ segments, starts }: RecordedPart, signal: AbortSignal): Promise<OpenBase> {
    const { store, reader } = this.#options;
    for (const index of starts) {
      const segment = segments[index] as PlannedSegment;
      const { header, sha256 } = await readSegment(reader, segment, signal);
      const { number, base, to } = header;
      const link = { number, revision: to.revision, sha256 };
      if (base !== undefined && (await store.has(base, signal)))
        return { segment, link, header: { ...header, base } };
    }
    throw new OperatorError(
      `Cannot read the change log in ${store.url}: no backup is left that it could start from`,
      { advice: "Give a later --since" },
    );
  }

  /** The gap between what was recorded last and the beginning of a timeline. */
  *#gap({ segment, header }: OpenBase): Generator<HistoryGap> {
    if (this.#edge === undefined || !("states" in this.#edge)) return;
    const { begins = "the program has started" } = header;
    yield { entry: "gap", after: this.#edge.time, time: segment.until, reason: begins };
  }
}

interface OpenArchive extends Disposable {
  archive: Archive;
}

async function openIn(store: Store, name: string, signal: AbortSignal): Promise<OpenArchive> {
  const source = await store.open(name, signal);
  try {
    const archive = await openArchive(source, signal);
    return { archive, [Symbol.dispose]: () => void source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}
