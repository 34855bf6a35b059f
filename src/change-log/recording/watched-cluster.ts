import { RevisionCompactedError } from "../../cluster/lists/list-page.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { WatchEvent } from "../../cluster/watch/watch.ts";
import { OperatorError } from "../../errors.ts";
import { resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import type { PinnedBase } from "./base.ts";
import type { ForwardClock } from "./forward-clock.ts";
import { proveFrontier } from "./frontier.ts";
import { KindWatch, type RepeatedEvents } from "./kind-watch.ts";
import { type Observation, observe } from "./observation.ts";
import { Pending } from "./pending.ts";
import { TimelineEnd } from "./timeline-end.ts";

/**
 * How old the last proof may be, in milliseconds, for events to be read once more from it on: API servers keep what is
 * younger than 75 s. Of a restore of an older state, the Lease tells.
 */
const READ_AGAIN = 65_000;
/** How long the answer to the question for the newest resource version may take, in milliseconds, to be of one time. */
const PROMPT = 1_000;

/** Options of {@link WatchedCluster}. */
export interface WatchedClusterOptions {
  client: ApiClient;
  /** How much may wait for the store, in bytes. */
  maxPendingBytes: number;
  /**
   * Asks anew whether the cluster is the one that it was: how often it was found set back to an earlier state so far. By
   * default that is not asked.
   */
  confirm?: ((signal: AbortSignal) => Promise<number>) | undefined;
  /** For tests. */
  prove?: typeof proveFrontier | undefined;
  random: () => number;
}

/** Up to where everything has come. */
export interface Proven {
  revision: string;
  /** Everything that was answered before this time is in it; undefined where that is not known. */
  time?: Date;
  /** Nothing in it was done after this time, as far as that is known. */
  latest?: Date;
}

/** The watches of all resources from the resource version of a backup on, and what they have brought. */
export class WatchedCluster {
  readonly pending = new Pending();
  readonly #options: WatchedClusterOptions;
  readonly #base: PinnedBase;
  readonly #clock: ForwardClock;
  readonly #stopped = new AbortController();
  /** Clients with connections of their own: a watch holds one as long as it lives. */
  readonly #clients: { watch: ApiClient; probe: ApiClient };
  #watches: readonly KindWatch[];
  #failure: unknown;
  /** Up to where everything was proven, and when. */
  #proven: { revision: string; time: number };
  /** Whether a connection has failed since: the API server behind the next one may have another state. */
  #isInDoubt = false;
  #setBacks: Promise<number> | undefined;

  constructor(options: WatchedClusterOptions, base: PinnedBase, clock: ForwardClock, signal: AbortSignal) {
    const { client, confirm, random } = options;
    const { revision, resources } = base;
    this.#options = options;
    this.#base = base;
    this.#clock = clock;
    this.#proven = { revision, time: clock.now().getTime() };
    const connections = resources.length + 1;
    this.#clients = { watch: client.beside({ connections }), probe: client.beside({ connections }) };
    const either = AbortSignal.any([signal, this.#stopped.signal]);
    this.#setBacks = confirm?.(either);
    this.#setBacks?.catch(() => {});
    const each = {
      ...{ revision, random },
      onEvents: this.#observe.bind(this),
      onRepeated: this.#compare.bind(this),
      onBroken: () => {
        this.#isInDoubt = true;
      },
    };
    this.#watches = resources.map((resource) => new KindWatch({ ...each, resource }));
    for (const watch of this.#watches) {
      watch.run(this.#clients.watch, either).catch((error: unknown) => {
        if (!either.aborted) this.#fail(error);
      });
    }
  }

  /** The names of what is watched. */
  get resources(): string[] {
    return this.#watches.map(({ resource }) => resourceName(resource));
  }

  /** Lets go of the resources that are none of these; their watches go on until the end. */
  keep(names: ReadonlySet<string>): void {
    this.#watches = this.#watches.filter(({ resource }) => names.has(resourceName(resource)));
  }

  /** Ends the watches. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([this.#clients.watch.close(), this.#clients.probe.close()]);
  }

  /** @throws {TimelineEnd} where a watch cannot go on. */
  throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    if (failure instanceof TimelineEnd) throw failure;
    if (failure instanceof RevisionCompactedError)
      throw new TimelineEnd("the API server no longer has all events since the last moment");
    if (failure instanceof OperatorError) throw new TimelineEnd(failure.message, { isFinal: true });
    throw failure;
  }

  /**
   * Proves up to where everything has come: {@link pending} gives it out then.
   *
   * @throws {TimelineEnd} where the cluster was set back, and {OperatorError} where it cannot be asked now.
   */
  async prove(signal: AbortSignal): Promise<Proven> {
    this.throwFailure();
    const { prove = proveFrontier } = this.#options;
    const isYoung = this.#clock.now().getTime() - this.#proven.time < READ_AGAIN;
    const again = this.#isInDoubt && isYoung ? this.#proven.revision : undefined;
    this.#isInDoubt = false;
    const now = () => this.#clock.now();
    try {
      const options = { client: this.#clients.probe, watches: this.#watches, again, now };
      const { revision, isNewest, asked, answered } = await prove(options, signal);
      await this.#rejectSetBack(revision, signal);
      this.throwFailure();
      this.#proven = { revision, time: asked.getTime() };
      this.#isInDoubt ||= again !== undefined && !isNewest;
      this.pending.complete(revision);
      // Short of the newest, changes may be missing that were answered before.
      if (!isNewest) return { revision };
      const isPrompt = answered.getTime() - asked.getTime() < PROMPT;
      return { revision, time: asked, latest: isPrompt ? asked : answered };
    } catch (error) {
      this.#isInDoubt = true;
      throw error;
    }
  }

  /** @throws {TimelineEnd} where the cluster does not have any more what it had at the last proof. */
  async #rejectSetBack(revision: string, signal: AbortSignal): Promise<void> {
    if (compareRevisions(revision, this.#proven.revision) < 0)
      throw new TimelineEnd("the resource versions of the cluster went back");
    const { confirm } = this.#options;
    if (confirm === undefined) return;
    const setBacks = await confirm(signal);
    // Where it could not be asked at the beginning, what is known now counts.
    const known = await this.#setBacks?.catch(() => undefined);
    this.#setBacks = Promise.resolve(known ?? setBacks);
    if (known !== undefined && setBacks > known) throw setBack();
  }

  #observe(resource: ServedResource, events: readonly WatchEvent[]): void {
    // Nothing more is stored: nothing more may wait.
    if (this.#failure !== undefined) return;
    try {
      for (const each of this.#observed(resource, events)) this.pending.add(each);
      if (this.pending.bytes > this.#options.maxPendingBytes)
        throw new TimelineEnd("more changes wait for the store than may be in memory");
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Compares what was read once more with what had come. */
  #compare(resource: ServedResource, { events, after, upTo }: RepeatedEvents): void {
    if (this.#failure !== undefined) return;
    const facts = ({ revision, key, isDeletion, kept }: Observation) =>
      [revision, key, isDeletion, kept?.digest].join(" ");
    try {
      const before = this.pending.between(resourceName(resource), after, upTo).map(facts);
      const now = [...this.#observed(resource, events)].map(facts);
      if (before.join("\n") !== now.join("\n")) throw setBack();
    } catch (error) {
      this.#fail(error);
    }
  }

  *#observed(resource: ServedResource, events: readonly WatchEvent[]): Generator<Observation> {
    const { keeps, keepFinished, isOwn } = this.#base;
    const received = this.#clock.now().getTime();
    const options = {
      ...{ resource, received, keeps, isOwn },
      keepFinished: keepFinished.has(resourceName(resource)),
    };
    try {
      for (const event of events) yield observe(event, options);
    } catch (error) {
      // A stack overflow: somebody can create an object that is nested thousands of levels deep.
      if (!(error instanceof RangeError)) throw error;
      throw new TimelineEnd(`a change of ${resourceName(resource)} is nested thousands of levels deep`);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.pending.dropIncomplete();
    // Whoever waits for the next flush has no use for more events.
    this.#stopped.abort();
  }
}

function setBack(): TimelineEnd {
  return new TimelineEnd("the cluster was set back to an earlier state, as by a restore of etcd");
}
