import { compareRevisions } from "../../kubernetes/revision.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import type { Moment } from "../format/segment.ts";
import type { Base, PinnedBase } from "./base.ts";
import { LogState } from "./log-state.ts";
import { type Pending, sizeOf } from "./pending.ts";
import { SegmentChain, type SegmentChainOptions } from "./segment-chain.ts";
import { TimelineEnd } from "./timeline-end.ts";
import type { Proven } from "./watched-cluster.ts";

/** How long nothing is written while nothing happens, in milliseconds. */
export const QUIET = 60_000;

/** The size of the text of a segment, in bytes, about, at which another one begins. */
const SEGMENT_BYTES = 4 * 1024 * 1024;

/** Options of {@link SegmentWriter}. */
export interface SegmentWriterOptions extends SegmentChainOptions {
  /** CLUSTER_NAME. */
  clusterName: string | undefined;
  /** Why the timeline begins. */
  begins: string;
}

/** Up to where to write. */
interface WriteOptions {
  /** The backup that is of exactly the resource version that is written up to. */
  base?: PinnedBase;
  /** The names of what is recorded. */
  resources: readonly string[];
  /** Called once the state is that of the resource version. */
  onReached?: (state: LogState) => void;
}

/** Makes segments of what was observed, and stores them one after the other. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #chain: SegmentChain;
  readonly #clusterId: string;
  readonly #state: LogState;
  /** The end of the last segment, stored or not. */
  #at: Moment;
  #stored: Moment | undefined;
  /** The time of the last record. */
  #lastTime: string;

  /** @param base the backup that the timeline begins with. */
  constructor(options: SegmentWriterOptions, base: Base) {
    this.#options = options;
    this.#chain = new SegmentChain(options);
    this.#clusterId = base.clusterId;
    this.#at = { revision: base.revision, time: base.begun.toISOString() };
    this.#lastTime = base.settled.toISOString();
    this.#state = new LogState({
      ...{ digests: base.digests, isInScope: base.isInScope },
      excludedNamespaces: base.exclusions.namespaces,
      isExcludedOwner: (uid) => base.exclusions.isOwner(uid),
    });
  }

  /** The end of the last segment, stored or not. */
  get at(): Moment {
    return this.#at;
  }

  /** The end of the last segment that is stored; undefined before the first one is. */
  get stored(): Moment | undefined {
    return this.#stored;
  }

  /** Stores the first segment, which names the backup. */
  async begin(base: Base, resources: readonly string[], signal: AbortSignal): Promise<void> {
    const { begins } = this.#options;
    await this.#store([], { to: this.#at, base, resources, begins }, signal);
  }

  /**
   * Stores what was not stored. Nothing may be written before.
   *
   * @throws {OperatorError} where the store does not take it.
   */
  async retry(signal: AbortSignal): Promise<void> {
    await this.#chain.retry(signal);
    this.#stored = this.#at;
  }

  /**
   * Writes the observations up to a resource version, with segments of bounded size. What is not written because of an error
   * stays pending.
   *
   * @throws {TimelineEnd} where a change needs a new base, and {OperatorError} where the store does not take a segment.
   */
  async writeUpTo(
    { revision, time = new Date(0), latest }: Proven,
    pending: Pending,
    { base, resources, onReached }: WriteOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const to = { revision, time: laterOf(time.toISOString(), this.#at.time) };
    let records: ChangeRecord[] = [];
    let bytes = 0;
    for (let next = pending.take(revision); next !== undefined; next = pending.take(revision)) {
      const received = new Date(
        latest === undefined ? next.received : Math.min(next.received, latest.getTime()),
      );
      const seen = laterOf(this.#lastTime, received.toISOString());
      const applied = this.#state.apply(next, seen);
      if ("newBase" in applied) {
        const end = String(BigInt(next.revision) - 1n);
        if (compareRevisions(end, this.#at.revision) > 0)
          await this.#store(records, { to: { revision: end, time: this.#at.time }, resources }, signal);
        throw new TimelineEnd(applied.newBase, { isExpected: true });
      }
      this.#lastTime = seen;
      if (applied.record === undefined) continue;
      records.push(applied.record);
      bytes += sizeOf(next);
      if (bytes < SEGMENT_BYTES) continue;
      // Up to when all is certain stays as it was.
      await this.#store(records, { to: { revision: next.revision, time: this.#at.time }, resources }, signal);
      [records, bytes] = [[], 0];
    }
    onReached?.(this.#state);
    const isQuiet = records.length === 0 && Date.parse(to.time) - Date.parse(this.#at.time) < QUIET;
    if (base === undefined && isQuiet) return;
    await this.#store(records, { to, base, resources }, signal);
  }

  async #store(
    records: readonly ChangeRecord[],
    {
      to,
      base,
      resources,
      begins,
    }: { to: Moment; base?: PinnedBase | undefined; resources: readonly string[]; begins?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const ofBase = base && { base: base.backup, settled: base.settled.toISOString(), resources };
    const from = this.#at;
    // The state has moved on: the segment is made once, and stored sooner or later.
    this.#at = to;
    const { clusterName } = this.#options;
    const of = { cluster: this.#clusterId, ...(clusterName && { clusterName }) };
    const header = { ...of, ...ofBase, ...(begins && { begins }), from, to };
    await this.#chain.add({ header, records }, signal);
    this.#stored = to;
  }
}

/** The later one of two times, RFC 3339 with milliseconds, UTC. */
function laterOf(one: string, other: string): string {
  return one >= other ? one : other;
}
