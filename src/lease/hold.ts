import type { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";
import type { Log } from "../terminal/log/log.ts";
import { type Clocks, type Instant, instant, longestSince } from "../time/clocks.ts";
import { describeHolder } from "./identity.ts";
import { isWithoutLeases, type LeaseClient } from "./lease-client.ts";
import { type LeaseRecord, microTime } from "./lease-record.ts";

/** A Lease is renewed after this part of its term. */
const RENEW_AFTER = 1 / 3;
/**
 * After this part of the term without a renewal nothing is written any more. Others wait for the whole term, so that what
 * is on its way by then has arrived.
 */
const WRITE_UNTIL = 2 / 3;
/** A renewal that failed is tried again after this part of the term, and one that does not end is given up. */
const RETRY_AFTER = 1 / 12;
const GIVE_UP_AFTER = 1 / 2;
/** So many renewals in a row may come too late before the write that waits for them fails. */
const LATE_RENEWALS = 4;
/** How long the end of a holder waits until the Lease is free, in milliseconds. */
const RELEASE_TIMEOUT = 3_000;

/** The Lease was taken by somebody else, or may have been: this process must write nothing more. */
export class LeaseLostError extends OperatorError {
  override name = "LeaseLostError";
}

/** A renewal was given up, since no answer came in time. */
class LateRenewalError extends OperatorError {
  override name = "LateRenewalError";
}

/** What a holder needs. */
export interface HoldOptions {
  lease: Pick<LeaseClient, "title" | "read" | "write">;
  /** In milliseconds. */
  term: number;
  identity: string;
  clocks: Clocks;
  log: Log;
}

/**
 * A Lease that this process holds: renews it in the background, and says whether this process may write.
 *
 * After a stop (SIGSTOP, a frozen machine, an API server that is away) nothing may be written until the Lease is renewed,
 * which succeeds only where nobody has taken it meanwhile. The term counts from before the request of the last renewal.
 */
export class Hold {
  readonly #options: HoldOptions;
  readonly #lost = new AbortController();
  #ended = false;
  /** Gives up the renewal that is under way. */
  #giveUp: (() => void) | undefined;
  #record: LeaseRecord;
  #renewed: Instant;
  #renewing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether Leases cannot be used any more, since the right was taken away: nothing is guarded then. */
  #withoutLeases = false;
  #failing = false;
  #setBacks = 0;
  /** When the renewals were sent of which no answer has come, as the Lease would have them. */
  #unanswered: string[] = [];

  /**
   * @param record the Lease as this process has written it.
   * @param began the moment before that write was sent.
   */
  constructor(options: HoldOptions, record: LeaseRecord, began: Instant) {
    this.#options = options;
    this.#record = record;
    this.#renewed = began;
    this.#plan(options.term * RENEW_AFTER);
  }

  /** Aborts with a {@link LeaseLostError} when another holder has taken the Lease. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Whether this process may write at this moment. Cheap: asked before each write. */
  isFresh(): boolean {
    if (this.#lost.signal.aborted) return false;
    return this.#withoutLeases || this.#unrenewed() < this.#options.term * WRITE_UNTIL;
  }

  /**
   * Renews the Lease now, for as long as Leases can be used.
   *
   * @returns how often so far the Lease was not as this process had left it, though nobody else has held it: the cluster
   * was set back to an earlier state, as by a restore of etcd.
   * @throws as {@link ensure}.
   */
  async confirm(signal: AbortSignal): Promise<number> {
    // A renewal that is under way may have been carried out before this call.
    await orAborted(this.#renewing ?? Promise.resolve(), signal).catch(() => {});
    signal.throwIfAborted();
    this.#lost.signal.throwIfAborted();
    if (!this.#withoutLeases) await orAborted(this.#renew(), signal);
    return this.#setBacks;
  }

  /**
   * Returns when this process may write.
   *
   * @throws {LeaseLostError} where another holder has taken the Lease; the error of the API server where it cannot be
   * renewed; the reason of the signal.
   */
  async ensure(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !this.isFresh(); ) {
      signal.throwIfAborted();
      this.#lost.signal.throwIfAborted();
      try {
        await orAborted(this.#renew(), signal);
      } catch (error) {
        // One that was under way while this process was stopped is late at once.
        if (!(error instanceof LateRenewalError) || attempt >= LATE_RENEWALS) throw error;
        attempt += 1;
      }
    }
  }

  /** Lets go: the next holder need not wait. Never throws. */
  async release(): Promise<void> {
    clearTimeout(this.#timer);
    this.#ended = true;
    this.#giveUp?.();
    await this.#renewing?.catch(() => {});
    if (this.#lost.signal.aborted || this.#withoutLeases) return;
    const { lease, log, clocks } = this.#options;
    const record = { ...this.#record, holder: "", acquired: undefined, term: 1_000, renewed: clocks.now() };
    try {
      await lease.write(record, AbortSignal.timeout(RELEASE_TIMEOUT));
    } catch (error) {
      const reason = isWithoutLeases(error) ? error.said : undefined;
      if (reason === undefined) log.debug({ err: error, lease: lease.title }, "Cannot release the Lease");
      else log.info({ reason }, `The Lease ${lease.title} cannot be released: it is free after its term`);
    }
  }

  #unrenewed(): number {
    return longestSince(this.#renewed, this.#options.clocks);
  }

  #plan(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#ended || this.#lost.signal.aborted || this.#withoutLeases) return;
    // The Lease alone keeps no process alive.
    this.#timer = setTimeout(() => void this.#renew().catch(() => {}), milliseconds).unref();
  }

  /** Renews the Lease once. Callers at the same time share one renewal. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    const { log, lease, term } = this.#options;
    const began = instant(this.#options.clocks);
    const late = new AbortController();
    const patience = Math.max(1_000, term * GIVE_UP_AFTER);
    this.#giveUp = () =>
      late.abort(
        new LateRenewalError(`Cannot renew the Lease ${lease.title}: the API server does not answer in time`),
      );
    const timer = setTimeout(this.#giveUp, patience).unref();
    try {
      this.#record = await this.#write(late.signal);
      this.#renewed = began;
      if (this.#failing) log.info({ lease: lease.title }, "The Lease is renewed again");
      this.#failing = false;
      this.#plan(term * RENEW_AFTER);
    } catch (error) {
      if (isWithoutLeases(error)) return this.#goOnWithout(error);
      if (error instanceof LeaseLostError) {
        clearTimeout(this.#timer);
        this.#lost.abort(error);
      } else if (!this.#ended) {
        if (!this.#failing)
          log.warn({ err: error, lease: lease.title }, "Cannot renew the Lease; trying again");
        this.#failing = true;
        this.#plan(term * RETRY_AFTER);
      }
      throw error;
    } finally {
      clearTimeout(timer);
      this.#giveUp = undefined;
    }
  }

  /** Writes the renewal, over what others than a holder have changed of the Lease too. */
  async #write(signal: AbortSignal): Promise<LeaseRecord> {
    const { lease, term, clocks } = this.#options;
    for (;;) {
      const renewal = { ...this.#record, term, renewed: clocks.now() };
      this.#unanswered.push(microTime(renewal.renewed));
      const written = await lease.write(renewal, signal);
      if (written !== undefined) {
        this.#unanswered = [];
        return written;
      }
      const found = await lease.read(signal);
      if (found === undefined) {
        // Somebody has deleted it. Once the term is over, others may have held it before.
        if (this.#unrenewed() >= term) throw this.#taken(undefined);
        const created = await lease.write({ ...renewal, resourceVersion: undefined }, signal);
        this.#setBacks += 1;
        if (created !== undefined) return created;
      } else if (this.#isOurs(found)) {
        if (!this.#isAsLeft(found)) this.#setBacks += 1;
        this.#record = found;
      } else throw this.#taken(found);
    }
  }

  /** Whether the last renewal is one that this process has sent last: others change a Lease, but not when it was renewed. */
  #isAsLeft({ renewed }: LeaseRecord): boolean {
    const last = this.#record.renewed;
    const known = [...(last === undefined ? [] : [last]), ...this.#unanswered];
    return renewed !== undefined && known.some((each) => Date.parse(each) === Date.parse(renewed));
  }

  #isOurs({ holder, transitions }: LeaseRecord): boolean {
    return holder === this.#options.identity && transitions === this.#record.transitions;
  }

  #taken(found: LeaseRecord | undefined): LeaseLostError {
    const { lease, identity } = this.#options;
    const seconds = Math.round(this.#unrenewed() / 1000);
    const by =
      found === undefined || found.holder === "" || found.holder === identity
        ? "another process has held"
        : `${describeHolder(found.holder)} has taken`;
    return new LeaseLostError(
      `Cannot go on: ${by} the Lease ${lease.title}, which this process (${describeHolder(identity)}) had not renewed for ${seconds} s`,
      { advice: "Nothing more was written. Start it again: it waits while another one is at work" },
    );
  }

  #goOnWithout(error: ApiError): void {
    this.#withoutLeases = true;
    this.#options.log.warn(
      { lease: this.#options.lease.title, reason: error.said },
      "The Lease can no longer be renewed: going on without it",
    );
  }
}

/** Waits for a promise, or until the signal aborts. */
async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The fields of a Lease that a new holder writes. */
export function takenFields(
  { identity, term, clocks }: Pick<HoldOptions, "identity" | "term" | "clocks">,
  before: LeaseRecord | undefined,
) {
  const now = clocks.now();
  const changes = before !== undefined && before.holder !== identity;
  return {
    holder: identity,
    term,
    acquired: microTime(now),
    renewed: now,
    transitions: (before?.transitions ?? 0) + (changes ? 1 : 0),
    resourceVersion: before?.resourceVersion,
  };
}
