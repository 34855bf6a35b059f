import { OperatorError } from "../../errors.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import type { Segments } from "../../store/contract/segments.ts";
import { formatTimeline } from "../format/segment-name.ts";
import type { Base, PinnedBase } from "./base.ts";
import { differenceOf } from "./compare-base.ts";
import { ForwardClock } from "./forward-clock.ts";
import type { SegmentChainOptions } from "./segment-chain.ts";
import { QUIET, SegmentWriter } from "./segment-writer.ts";
import { TimelineEnd } from "./timeline-end.ts";
import { type Proven, WatchedCluster, type WatchedClusterOptions } from "./watched-cluster.ts";

/** How often a backup waits for the proof that everything up to its resource version has come. */
const MOST_PROOFS = 20;

/** Options of {@link Timeline}. */
export interface TimelineOptions
  extends WatchedClusterOptions,
    Pick<SegmentChainOptions, "sign" | "encrypt" | "onStored"> {
  segments: Segments;
  /** CLUSTER_NAME. */
  clusterName: string | undefined;
  /** Why it begins. */
  begins: string;
  now: () => Date;
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
  readonly #clock: ForwardClock;
  readonly #cluster: WatchedCluster;
  #writer: SegmentWriter | undefined;
  #expected: Expected | undefined;
  /** When everything up to then was proven last, in milliseconds since 1970. */
  #provenAt: number;

  constructor(options: TimelineOptions, base: PinnedBase, signal: AbortSignal) {
    const { now, random } = options;
    this.#options = options;
    this.#clock = new ForwardClock(now);
    this.#provenAt = base.begun.getTime();
    const writer = Math.floor(random() * 2 ** 32);
    const id = writer.toString(16).padStart(8, "0");
    this.name = formatTimeline({ began: this.#clock.now(), cluster: base.clusterId, writer: id });
    this.#cluster = new WatchedCluster(options, base, this.#clock, signal);
  }

  /** Up to when every change is in the store; undefined before the first backup is. */
  get certain(): Date | undefined {
    const stored = this.#writer?.stored;
    return stored && new Date(stored.time);
  }

  /** Ends the watches. */
  async stop(): Promise<void> {
    await this.#cluster.stop();
  }

  /** Begins to record: the first backup is in the store. */
  async begin(base: Base, signal: AbortSignal): Promise<void> {
    this.#cluster.throwFailure();
    this.#cluster.keep(base.whole);
    const { segments, sign, encrypt, clusterName, begins } = this.#options;
    const options = { segments, timeline: this.name, sign, encrypt, clusterName, begins };
    this.#writer = new SegmentWriter(options, base);
    await this.#writer.begin(base, this.#cluster.resources, signal);
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
    const names = this.#cluster.resources;
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
      await this.#writer?.retry(signal);
      await this.#writeUpTo(await this.#prove(signal), signal);
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
    this.#cluster.throwFailure();
    if (this.#writer === undefined) return;
    await this.#writer.retry(signal);
    const isQuiet = this.#clock.now().getTime() - this.#provenAt < QUIET;
    if (this.#cluster.pending.isEmpty && isQuiet) return;
    await this.#writeUpTo(await this.#prove(signal), signal);
  }

  async #prove(signal: AbortSignal): Promise<Proven> {
    const proven = await this.#cluster.prove(signal);
    if (proven.time !== undefined) this.#provenAt = proven.time.getTime();
    return proven;
  }

  async #writeUpTo(proven: Proven, signal: AbortSignal): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    const { pending, resources } = this.#cluster;
    const expected = this.#expected;
    if (expected !== undefined && expected.digests === undefined) {
      const { base } = expected;
      if (compareRevisions(base.revision, writer.at.revision) < 0)
        throw new TimelineEnd("the resource versions of the cluster went back");
      if (compareRevisions(base.revision, proven.revision) <= 0) {
        const { revision, begun: time, settled: latest } = base;
        const onReached: Parameters<SegmentWriter["writeUpTo"]>[2]["onReached"] = (state) => {
          // The state is that of the backup for as long as nothing else is applied.
          expected.digests = new Map(state.inBackup());
        };
        await writer.writeUpTo({ revision, time, latest }, pending, { base, resources, onReached }, signal);
      }
    }
    await writer.writeUpTo(proven, pending, { resources }, signal);
  }
}
