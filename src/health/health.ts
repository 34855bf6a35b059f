/** What the program is doing, and whether that is well: the truth behind the probes. */

/** How long work may show no sign of progress before the process counts as stuck, in milliseconds. */
const STUCK_AFTER = 10 * 60_000;

/** The answer to a probe. */
export interface Verdict {
  well: boolean;
  /** One sentence without its full stop. */
  because: string;
}

/** What is under way. */
type Phase =
  | { name: "gate" }
  /** The loop sleeps until a backup is due. */
  | { name: "waiting"; until: Date }
  | { name: "backup" };

/** Options of {@link Health}. */
export interface HealthOptions {
  /** Milliseconds from one backup to the next. */
  frequency: number;
  now: () => Date;
}

/** Keeps what the gate and the loop tell of themselves. */
export class Health {
  readonly #frequency: number;
  readonly #now: () => Date;
  #phase: Phase = { name: "gate" };
  #progress: Date;
  /** Since when backups have failed. */
  #failingSince: Date | undefined;

  constructor({ frequency, now }: HealthOptions) {
    this.#frequency = frequency;
    this.#now = now;
    this.#progress = now();
  }

  /** Something went on: the API server answered, or a piece of a backup was read. */
  progress(): void {
    this.#progress = this.#now();
  }

  /** The next backup is waited for. */
  waiting(until: Date): void {
    this.#enter({ name: "waiting", until });
  }

  /** A backup begins; the gate has been passed. */
  backupBegins(): void {
    this.#enter({ name: "backup" });
  }

  /** A backup lies in the store. */
  backupStored(): void {
    this.#failingSince = undefined;
    this.progress();
  }

  /** A backup has failed, and is tried again at `retry`. */
  backupFailed(retry: Date): void {
    this.#failingSince ??= this.#now();
    this.#enter({ name: "waiting", until: retry });
  }

  /** Whether the process gets on; one that does not is best started again. */
  live(): Verdict {
    const now = this.#now().getTime();
    const phase = this.#phase;
    // A sleeper shows no progress; one that oversleeps is stuck as well.
    const since =
      phase.name === "waiting"
        ? Math.max(phase.until.getTime(), this.#progress.getTime())
        : this.#progress.getTime();
    if (now - since <= STUCK_AFTER) return { well: true, because: this.#describe() };
    return {
      well: false,
      because: `${this.#describe()}, without any progress since ${new Date(since).toISOString()}`,
    };
  }

  /**
   * Whether it does what it is there for: the gate is passed, and backups get stored. One failure
   * is no matter, the loop tries again; failing for longer than an interval leaves a backup out.
   */
  ready(): Verdict {
    if (this.#phase.name === "gate") return { well: false, because: this.#describe() };
    const failing = this.#failingSince;
    if (failing !== undefined && this.#now().getTime() - failing.getTime() > this.#frequency) {
      return { well: false, because: `backups have failed since ${failing.toISOString()}` };
    }
    return { well: true, because: this.#describe() };
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.progress();
  }

  #describe(): string {
    switch (this.#phase.name) {
      case "gate":
        return "the restore gate is not passed yet";
      case "waiting":
        return `the next backup is due at ${this.#phase.until.toISOString()}`;
      case "backup":
        return "a backup is under way";
    }
  }
}
