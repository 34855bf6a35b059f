import { RevisionCompactedError } from "../../cluster/lists/list-page.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { WatchEvent } from "../../cluster/watch/watch.ts";
import { OperatorError } from "../../errors.ts";
import { resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import type { Segments } from "../../store/contract/segments.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import type { Moment } from "../format/segment.ts";
import { formatTimeline } from "../format/segment-name.ts";
import type { Base, PinnedBase } from "./base.ts";
import { differenceOf } from "./compare-base.ts";
import { proveFrontier } from "./frontier.ts";
import { KindWatch } from "./kind-watch.ts";
import { LogState } from "./log-state.ts";
import { observe } from "./observation.ts";
import { Pending, sizeOf } from "./pending.ts";
import { SegmentChain, type SegmentChainOptions } from "./segment-chain.ts";
import { TimelineEnd } from "./timeline-end.ts";

/** How long nothing is written while nothing happens, in milliseconds. */
const QUIET = 60_000;

/** How often a backup waits for the proof that everything up to its resource version has come. */
const MOST_PROOFS = 20;

/** The size of the text of a segment, in bytes, about, at which another one begins. */
const SEGMENT_BYTES = 4 * 1024 * 1024;

/** Options of {@link Timeline}. */
export interface TimelineOptions extends Pick<SegmentChainOptions, "sign" | "encrypt" | "onStored"> {
  client: ApiClient;
  segments: Segments;
  /** CLUSTER_NAME. */
  clusterName: string | undefined;
  /** Why it begins. */
  begins: string;
  /** How much may wait for the store, in bytes. */
  maxPendingBytes: number;
  now: () => Date;
  random: () => number;
}

/** What is certain, and no change up to it was later than this, where that is known. */
interface Proven extends Moment {
  latest?: string;
}

/** A backup that is being taken beside the log, and the state of the log at its resource version, once that is reached. */
interface Expected {
  base: PinnedBase;
  digests: ReadonlyMap<string, string> | undefined;
}

/**
 * What is recorded without a break: the watches from one backup on, and the segments that they fill. It watches from the
 * moment at which the resource version of its backup is known, and records once the backup is in the store.
 */
export class Timeline {
  readonly name: string;
  readonly #options: TimelineOptions;
  readonly #chain: SegmentChain;
  readonly #pending = new Pending();
  readonly #stopped = new AbortController();
  /** Clients with connections of their own: a watch holds one as long as it lives. */
  readonly #clients: { watch: ApiClient; probe: ApiClient };
  readonly #first: PinnedBase;
  #watches: readonly KindWatch[];
  #state: LogState | undefined;
  #expected: Expected | undefined;
  /** The end of the last segment, stored or not. */
  #at: Moment;
  #stored: Moment | undefined;
  /** The time of the last record. */
  #lastTime: string;
  #proven: Proven;
  #failure: unknown;

  constructor(options: TimelineOptions, base: PinnedBase, signal: AbortSignal) {
    const { client, segments, now, random, sign, encrypt, onStored } = options;
    const { revision, clusterId, resources } = base;
    this.#options = options;
    this.#first = base;
    const writer = Math.floor(random() * 2 ** 32);
    const id = writer.toString(16).padStart(8, "0");
    this.name = formatTimeline({ began: now(), cluster: clusterId, writer: id });
    this.#chain = new SegmentChain({ segments, timeline: this.name, sign, encrypt, onStored });
    this.#at = { revision, time: base.begun.toISOString() };
    this.#proven = this.#at;
    this.#lastTime = base.settled.toISOString();
    const connections = resources.length + 1;
    this.#clients = { watch: client.beside({ connections }), probe: client.beside({ connections }) };
    const onEvents = (resource: ServedResource, events: readonly WatchEvent[]) =>
      this.#observe(resource, events);
    this.#watches = resources.map((resource) => new KindWatch({ resource, revision, onEvents, random }));
    const either = AbortSignal.any([signal, this.#stopped.signal]);
    for (const watch of this.#watches) {
      watch.run(this.#clients.watch, either).catch((error: unknown) => {
        if (!either.aborted) this.#failure ??= error;
      });
    }
  }

  /** Up to when every change is in the store; undefined before the first backup is. */
  get certain(): Date | undefined {
    return this.#stored && new Date(this.#stored.time);
  }

  /** Ends the watches. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([this.#clients.watch.close(), this.#clients.probe.close()]);
  }

  /** Begins to record: the first backup is in the store. */
  async begin(base: Base, signal: AbortSignal): Promise<void> {
    this.#throwFailure();
    this.#watches = this.#watches.filter(({ resource }) => base.whole.has(resourceName(resource)));
    this.#state = new LogState({
      ...{ digests: base.digests, isInScope: base.isInScope },
      excludedNamespaces: base.exclusions.namespaces,
      isExcludedOwner: (uid) => base.exclusions.isOwner(uid),
    });
    await this.#store([], { to: this.#at, base, begins: this.#options.begins }, signal);
  }

  /** A further backup is being taken: the log is cut at its resource version, and the state compared with it later. */
  expect(base: PinnedBase): void {
    this.#expected = { base, digests: undefined };
  }

  /** The backup that was expected is not stored. */
  expectNothing(): void {
    this.#expected = undefined;
  }

  /**
   * Compares the state with a backup that was expected, and that is in the store now.
   *
   * @throws {TimelineEnd} where they differ, or the log cannot go on.
   */
  async compare(base: Base, signal: AbortSignal): Promise<void> {
    const names = this.#watches.map(({ resource }) => resourceName(resource));
    if (names.length !== base.whole.size || !names.every((name) => base.whole.has(name)))
      throw new TimelineEnd("the resources that are backed up have changed", { isExpected: true });
    for (let attempts = 0; this.#expected?.digests === undefined; attempts += 1) {
      if (this.#expected === undefined) return;
      if (attempts === MOST_PROOFS) {
        this.#expected = undefined;
        throw new OperatorError(
          `Cannot compare ${base.backup} with the change log: the API server does not send what was changed up to it`,
        );
      }
      await this.#flushTo(await this.#prove(signal), signal);
    }
    const { digests } = this.#expected;
    this.#expected = undefined;
    const difference = differenceOf(digests, base.digests);
    if (difference !== undefined) throw new TimelineEnd(difference);
  }

  /**
   * Stores what is certain.
   *
   * @throws {TimelineEnd} where the log cannot go on, and {OperatorError} where that may be tried again.
   */
  async flush(signal: AbortSignal): Promise<void> {
    this.#throwFailure();
    if (this.#state === undefined) return;
    await this.#chain.retry(signal);
    this.#stored = this.#at;
    const isQuiet = this.#options.now().getTime() - Date.parse(this.#proven.time) < QUIET;
    if (this.#pending.isEmpty && isQuiet) return;
    await this.#flushTo(await this.#prove(signal), signal);
  }

  /** What is certain now. All that was answered before the moment is in it. */
  async #prove(signal: AbortSignal): Promise<Proven> {
    this.#throwFailure();
    const begun = laterOf(this.#options.now().toISOString(), this.#at.time);
    const { revision, isNewest } = await proveFrontier(this.#clients.probe, this.#watches, signal);
    // Short of the newest, changes may be missing that were answered before.
    const time = isNewest ? begun : this.#at.time;
    if (compareRevisions(revision, this.#at.revision) < 0)
      throw new TimelineEnd("the resource versions of the cluster went back");
    this.#proven = { revision, time, ...(isNewest ? { latest: begun } : {}) };
    return this.#proven;
  }

  async #flushTo(proven: Proven, signal: AbortSignal): Promise<void> {
    await this.#chain.retry(signal);
    const expected = this.#expected;
    if (expected?.digests === undefined && expected !== undefined) {
      const { base } = expected;
      if (compareRevisions(base.revision, this.#at.revision) < 0)
        throw new TimelineEnd("the resource versions of the cluster went back");
      if (compareRevisions(base.revision, proven.revision) <= 0) {
        const to = { revision: base.revision, time: laterOf(base.begun.toISOString(), this.#at.time) };
        // The state is that of the backup for as long as nothing else is applied.
        const onApplied = (state: LogState) => this.#snapshot(expected, state);
        const latest = base.settled.toISOString();
        await this.#storeUpTo(to, { base, latest, onApplied }, signal);
      }
    }
    const { latest, ...to } = proven;
    await this.#storeUpTo(to, { latest }, signal);
  }

  #snapshot(expected: Expected, state: LogState): void {
    expected.digests = new Map(state.inBackup());
  }

  async #storeUpTo(
    to: Moment,
    {
      base,
      latest,
      onApplied,
    }: { base?: PinnedBase; latest: string | undefined; onApplied?: (state: LogState) => void },
    signal: AbortSignal,
  ): Promise<void> {
    const state = this.#state;
    if (state === undefined) return;
    let records: ChangeRecord[] = [];
    let bytes = 0;
    for (const observation of this.#pending.take(to.revision)) {
      const received = new Date(observation.received).toISOString();
      // What came late was there when the API server was asked for its newest resource version.
      const time = laterOf(this.#lastTime, latest === undefined || received < latest ? received : latest);
      const applied = state.apply(observation, time);
      if ("newBase" in applied) {
        const revision = String(BigInt(observation.revision) - 1n);
        if (compareRevisions(revision, this.#at.revision) > 0)
          await this.#store(records, { to: { revision, time: this.#at.time } }, signal);
        throw new TimelineEnd(applied.newBase, { isExpected: true });
      }
      this.#lastTime = time;
      if (applied.record === undefined) continue;
      records.push(applied.record);
      bytes += sizeOf(observation);
      if (bytes < SEGMENT_BYTES) continue;
      // Up to when all is certain stays as it was.
      await this.#store(records, { to: { revision: observation.revision, time: this.#at.time } }, signal);
      [records, bytes] = [[], 0];
    }
    onApplied?.(state);
    const isQuiet = records.length === 0 && Date.parse(to.time) - Date.parse(this.#at.time) < QUIET;
    if (base === undefined && isQuiet) return;
    await this.#store(records, { to, base }, signal);
  }

  async #store(
    records: readonly ChangeRecord[],
    { to, base, begins }: { to: Moment; base?: PinnedBase | undefined; begins?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const resources = this.#watches.map(({ resource }) => resourceName(resource));
    const ofBase = base && { base: base.backup, settled: base.settled.toISOString(), resources };
    const from = this.#at;
    // The state has moved on: the segment is made once, and stored sooner or later.
    this.#at = to;
    const { clusterName } = this.#options;
    const of = { cluster: this.#first.clusterId, ...(clusterName && { clusterName }) };
    const header = { ...of, ...ofBase, ...(begins && { begins }), from, to };
    await this.#chain.add({ header, records }, signal);
    this.#stored = to;
  }

  #throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    if (failure instanceof RevisionCompactedError)
      throw new TimelineEnd("the API server no longer has all events since the last moment");
    if (failure instanceof OperatorError) throw new TimelineEnd(failure.message, { isFinal: true });
    throw failure;
  }

  #observe(resource: ServedResource, events: readonly WatchEvent[]): void {
    const { keeps, keepFinished, isOwn } = this.#first;
    const received = this.#options.now().getTime();
    const options = {
      resource,
      received,
      keeps,
      keepFinished: keepFinished.has(resourceName(resource)),
      isOwn,
    };
    try {
      for (const event of events) this.#pending.add(observe(event, options));
      if (this.#pending.bytes > this.#options.maxPendingBytes)
        this.#failure ??= new TimelineEnd("more changes wait for the store than may be in memory");
    } catch (error) {
      // A stack overflow: somebody can create an object that is nested thousands of levels deep.
      if (!(error instanceof RangeError)) throw error;
      const what = `a change of ${resourceName(resource)}`;
      this.#failure ??= new TimelineEnd(`${what} is nested thousands of levels deep`);
    }
  }
}

function laterOf(one: string, other: string): string {
  return one >= other ? one : other;
}
