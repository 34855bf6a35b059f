/** What a stage waits for, instead of making progress. */
export interface WaitsFor {
  /** `45 waiting for the webhook ing.example.com`. */
  what: string;
  /** When it is given up, by the clock of the program. */
  until: Date;
}

/** Reports the progress of a stage. */
export interface ProgressStage {
  advance(amount: number): void;
  /** Counts a failure among what is done. */
  fail(): void;
  /** Says what the stage waits for; undefined when it goes on. */
  wait(waitsFor: WaitsFor | undefined): void;
  /** Sets the total, which may become known late or change. */
  total(amount: number): void;
  /** Ends the stage, complete or not. */
  end(): void;
}

/** Describes a stage for people. */
export interface StageOptions {
  /** The activity in one or two words: `Restoring`. */
  title: string;
  unit: "objects" | "bytes" | "backups";
  /** The total amount; absent while unknown. */
  total?: number | undefined;
}

/** Starts a stage. Only one stage runs at a time. */
export type Progress = (options: StageOptions) => ProgressStage;

/** Reports nothing. */
export const noProgress: Progress = () => ({ advance() {}, fail() {}, wait() {}, total() {}, end() {} });
