import { inOrder } from "../concurrency/in-order.ts";
import { OperatorError } from "../errors.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import { ForwardingStore } from "../store/contract/forwarding-store.ts";
import type { Segments } from "../store/contract/segments.ts";
import type {
  ListOptions,
  NewestOptions,
  OpenOptions,
  RandomAccess,
  Store,
  StoredBackup,
} from "../store/contract/store.ts";
import { amount } from "../words/amount.ts";
import type { Beliefs } from "./beliefs.ts";
import { BelievedSegments } from "./believed-segments.ts";
import type { Belief } from "./judge-backup.ts";
import { openOneForm } from "./open-one-form.ts";
import { UnbelievedError } from "./unbelieved-error.ts";

/** How many notes are read at once. */
const CONCURRENCY = 8;

/** The most backups that are passed over in the search for the newest. */
const MOST_PASSED_OVER = 1_000;

/** Options of {@link BelievedStore}. */
export interface BelievedStoreOptions {
  store: Store;
  beliefs: Beliefs;
  /**
   * What a store is that holds backups and none that is believed: an error, or as one without backups. A restore gate must
   * not take it for "no backups"; a loop must take the first that is believed.
   */
  whenNone: "error" | "nothing";
}

/**
 * A store in which only the backups are seen that ALLOWED_SIGNERS has believed: no other is the newest, the largest, or what
 * justifies the removal of one.
 */
export class BelievedStore extends ForwardingStore {
  readonly #options: BelievedStoreOptions;

  constructor(options: BelievedStoreOptions) {
    super(options.store);
    this.#options = options;
  }

  override get segments(): Segments {
    return new BelievedSegments(this.inner.segments, this.#options.beliefs.signers);
  }

  /** The same store, in which nothing that is believed is no error. */
  orNothing(): BelievedStore {
    return new BelievedStore({ ...this.#options, whenNone: "nothing" });
  }

  /** The store itself. */
  get all(): Store {
    return this.inner;
  }

  override async *list(options: ListOptions, signal: AbortSignal): AsyncGenerator<StoredBackup> {
    const { beliefs } = this.#options;
    const passed = inOrder(this.inner.list(options, signal), CONCURRENCY, (backup) =>
      beliefs.passed(backup, signal),
    );
    for await (const backup of passed) if (backup !== undefined) yield backup;
  }

  override async newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    const { beliefs, whenNone } = this.#options;
    let { until } = options;
    let passedOver = 0;
    for (;;) {
      const newest = await this.inner.newest({ until }, signal);
      const passed = newest && (await beliefs.passed(newest, signal));
      if (passed !== undefined) return passed;
      if (newest === undefined) {
        if (passedOver > 0 && options.until === undefined && whenNone === "error")
          throw this.#none(passedOver);
        return undefined;
      }
      passedOver += 1;
      if (passedOver >= MOST_PASSED_OVER) {
        if (whenNone === "nothing") return undefined;
        throw this.#none(passedOver);
      }
      until = new Date(newest.time.getTime() - 1000);
    }
  }

  #none(passedOver: number): OperatorError {
    return new OperatorError(
      `Cannot use any backup in ${this.url}: nobody in ALLOWED_SIGNERS has signed ${amount(passedOver, "newest backup")}`,
      { advice: "kube-backup list --long says why of each. By hand, --unsigned uses what is not signed" },
    );
  }

  override async open(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    const open = (options?: OpenOptions) => this.inner.open(name, signal, options);
    return await this.#openBelieved(name, open, signal, options);
  }

  override async openStored(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    const open = (options?: OpenOptions) => this.inner.openStored(name, signal, options);
    return await this.#openBelieved(name, open, signal, options);
  }

  /** Opens a backup; of two forms the one that the note names, which is judged afterwards as any other is. */
  async #openBelieved(
    name: string,
    open: (options?: OpenOptions) => Promise<RandomAccess>,
    signal: AbortSignal,
    options?: OpenOptions,
  ): Promise<RandomAccess> {
    const source = await openOneForm(open, options, () => this.#options.beliefs.namedForm(name, signal));
    return await this.#believed(name, source, signal);
  }

  /** @throws {UnbelievedError} where nobody vouches for the backup. The source is closed then. */
  async #believed(name: string, source: RandomAccess, signal: AbortSignal): Promise<RandomAccess> {
    try {
      const { etag, form } = source;
      const time = backupTime(name) ?? new Date(Number.NaN);
      const size = source.storedSize ?? source.size;
      const { belief } = await this.#options.beliefs.of({ name, time, size, etag, form }, signal);
      if (!belief.believed) throw new UnbelievedError(`${name} in ${this.url}`, belief.reason);
      return new BelievedSource(source, belief);
    } catch (error) {
      await source.close();
      throw error;
    }
  }
}

/** What a loop takes backups by: a store without one that is believed is one without backups. */
export function orNothing(store: Store): Store {
  return store instanceof BelievedStore ? store.orNothing() : store;
}

/** The store with all of its backups. */
export function withAll(store: Store): Store {
  return store instanceof BelievedStore ? store.all : store;
}

/** The bytes of a backup, which manifest they must hold, and the note that says so. */
class BelievedSource implements RandomAccess {
  readonly name: string;
  readonly size: number;
  readonly storedSize: number | undefined;
  readonly etag: string | undefined;
  readonly form: RandomAccess["form"];
  readonly manifestSha256: string;
  readonly noteSha256: string;
  readonly #source: RandomAccess;

  constructor(source: RandomAccess, { note, noteSha256 }: Belief & { believed: true }) {
    this.name = source.name;
    this.size = source.size;
    this.storedSize = source.storedSize;
    this.etag = source.etag;
    this.form = source.form;
    this.manifestSha256 = note.manifest;
    this.noteSha256 = noteSha256;
    this.#source = source;
  }

  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#source.read(start, end, signal);
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
