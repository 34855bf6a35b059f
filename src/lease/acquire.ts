import type { OperatorError } from "../errors.ts";
import type { Log } from "../terminal/log/log.ts";
import { type Clocks, instant } from "../time/clocks.ts";
import { sleep } from "../time/sleep.ts";
import { decideLease } from "./decide-lease.ts";
import { Hold, type HoldOptions, takenFields } from "./hold.ts";
import { describeHolder, holderIsGone, identityOf, type ProcessFacts } from "./identity.ts";
import { isWithoutLeases, type LeaseClient } from "./lease-client.ts";
import type { LeaseRecord } from "./lease-record.ts";

/** The time between two looks at a Lease that another one holds, in milliseconds: a part of the term within bounds. */
const LOOKS_IN_TERM = 6;
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;

/** What whoever wants a Lease does while another one holds it. */
export type Patience =
  /** Waits for as long as it takes. */
  | { kind: "wait" }
  /** Fails after so many milliseconds; by default as soon as it is known that the holder is at work. */
  | { kind: "fail"; after: number | undefined; fail: (holder: string) => OperatorError };

/** What {@link acquireLease} needs. */
export interface AcquireOptions {
  lease: Pick<LeaseClient, "title" | "read" | "write">;
  /** In milliseconds. */
  term: number;
  process: ProcessFacts;
  /** Whether a process of this machine runs; asked of the system by default. */
  isAlive?: (pid: number) => boolean;
  clocks: Clocks;
  log: Log;
  patience: Patience;
  /** Called at each look, while another one holds the Lease, with who that is. */
  onWait?: ((holder: string) => void) | undefined;
}

/**
 * Takes a Lease, once nobody else holds it.
 *
 * @returns undefined where Leases cannot be used: the right is missing, or the API server has none.
 * @throws {OperatorError} of the patience, and where the API server does not answer.
 */
export async function acquireLease(options: AcquireOptions, signal: AbortSignal): Promise<Hold | undefined> {
  const { lease, log } = options;
  try {
    return await acquire(options, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isWithoutLeases(error)) throw error;
    log.info(
      { reason: error.said },
      `The Lease ${lease.title} cannot be used: nothing keeps another kube-backup from doing the same meanwhile`,
    );
    return undefined;
  }
}

async function acquire(options: AcquireOptions, signal: AbortSignal): Promise<Hold> {
  const { lease, term, clocks, log, patience } = options;
  const identity = identityOf(options.process);
  const holding: HoldOptions = { lease, term, identity, clocks, log };
  const watch = new Watch(clocks.monotonic);
  for (;;) {
    const record = await lease.read(signal);
    watch.saw(record);
    const gone = record !== undefined && holderIsGone(record.holder, options.process, options.isAlive);
    const decision = decideLease({
      record,
      own: identity,
      unchangedFor: watch.unchangedFor,
      holderIsGone: gone,
      term,
    });
    if (decision.action !== "wait") {
      const began = instant(clocks);
      const written = await lease.write(takenFields(holding, record), signal);
      if (written !== undefined) {
        const because = decision.action === "take" ? decision.because : "new";
        log.debug({ lease: lease.title, because, before: record?.holder }, "Took the Lease");
        return new Hold(holding, written, began);
      }
      // Somebody was faster, or has written the Lease meanwhile: a look shows who.
      await sleep(SHORTEST_PAUSE, signal);
      continue;
    }
    const { holder, acquired } = record as LeaseRecord;
    const since = acquired === undefined ? "" : ` since ${acquired.replace(/\.\d+Z$/, "Z")}`;
    const who = `${describeHolder(holder)}${since}`;
    if (patience.kind === "fail" && watch.isTold(patience.after)) throw patience.fail(who);
    if (watch.first()) {
      const free = Math.ceil(decision.left / 1000);
      log.info(
        `Waiting: the Lease ${lease.title} is held by ${who}; it is free when that ends, or ${free} s after it was last renewed`,
      );
    }
    options.onWait?.(who);
    const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, term / LOOKS_IN_TERM));
    await sleep(Math.min(pause, decision.left), signal);
  }
}

/** What has been seen of a Lease that others hold. Only a clock that nobody sets counts: another's Lease must not expire early. */
class Watch {
  readonly #monotonic: () => number;
  readonly #begun: number;
  #seen: LeaseRecord | undefined;
  #since = 0;
  #renewals = 0;
  #waited = false;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#begun = monotonic();
  }

  saw(record: LeaseRecord | undefined): void {
    const before = this.#seen;
    if (record !== undefined && before?.resourceVersion === record.resourceVersion) return;
    this.#seen = record;
    this.#since = this.#monotonic();
    if (before !== undefined && record !== undefined && record.holder !== "") this.#renewals += 1;
  }

  get unchangedFor(): number {
    return this.#monotonic() - this.#since;
  }

  /** Whether enough is known to fail. */
  isTold(after: number | undefined): boolean {
    return after === undefined ? this.#renewals > 0 : this.#monotonic() - this.#begun >= after;
  }

  /** Whether this is the first look of a wait. */
  first(): boolean {
    const first = !this.#waited;
    this.#waited = true;
    return first;
  }
}
