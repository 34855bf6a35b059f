/** Tracks the state of the process for the liveness and readiness probes. */

/** Time without progress after which the process counts as stuck, in milliseconds. */
const STUCK_AFTER = 10 * 60_000;

/** The answer to a probe. */
export interface Verdict {
  well: boolean;
  /** One sentence without its full stop. */
  because: string;
}

/** The current activity. */
type Phase =
  /** Another process does the work, and this one waits until that ends. */
  | { name: "standby"; holder: string }
  | { name: "gate" }
  /** The loop sleeps until a backup is due. */
  | { name: "waiting"; until: Date }
  | { name: "backup" };

/** Options of {@link Health}. */
export interface HealthOptions {
  /** The backup interval in milliseconds. */
  frequency: number;
  now: () => Date;
}

/** Records what the restore gate and the backup loop report. */
export class Health {
  readonly #frequency: number;
  readonly #now: () => Date;
  #phase: Phase = { name: "gate" };
  #progress: Date;
  /** The time of the first backup failure since the last success. */
  #failingSince: Date | undefined;

  constructor({ frequency, now }: HealthOptions) {
    this.#frequency = frequency;
    this.#now = now;
    this.#progress = now();
  }

  /** Records progress: the API server answered, or part of a backup was read. */
  progress(): void {
    this.#progress = this.#now();
  }

  /** Another process does the work: called at each look at it. */
  standby(holder: string): void {
    this.#enter({ name: "standby", holder });
  }

  /** The wait as a standby is over: the restore gate comes. */
  gateBegins(): void {
    this.#enter({ name: "gate" });
  }

  /** The loop starts to wait for the next backup. */
  waiting(until: Date): void {
    this.#enter({ name: "waiting", until });
  }

  /** A backup begins, after the restore gate. */
  backupBegins(): void {
    this.#enter({ name: "backup" });
  }

  /** A backup is complete in the store. */
  backupStored(): void {
    this.#failingSince = undefined;
    this.progress();
  }

  /** A backup failed. The loop retries at `retry`. */
  backupFailed(retry: Date): void {
    this.#failingSince ??= this.#now();
    this.#enter({ name: "waiting", until: retry });
  }

  /** Liveness: whether the process makes progress. A stuck process should be restarted. */
  live(): Verdict {
    const now = this.#now().getTime();
    const phase = this.#phase;
    // A waiting loop makes no progress, but a loop that waits past the due time is stuck.
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
   * Readiness: whether the restore gate is passed and backups succeed. A standby is ready: an update of a Deployment
   * that starts the new pod before the old one ends would wait for it for ever. The loop retries a single
   * failure; failures for longer than the interval mean a missing backup.
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
      case "standby":
        return `a standby: the work is done by ${this.#phase.holder}`;
      case "gate":
        return "the restore gate is not passed yet";
      case "waiting":
        return `the next backup is due at ${this.#phase.until.toISOString()}`;
      case "backup":
        return "a backup is under way";
    }
  }
}
