/** Tells how far a piece of work has come. */
export interface ProgressStage {
  /** So much more is done. */
  advance(amount: number): void;
  /** The total has become known, or another. */
  total(amount: number): void;
  /** The piece is over, done or not. */
  end(): void;
}

/** What a piece of work is, for people. */
export interface StageOptions {
  /** What is going on, in one word or two: `Restoring`. */
  title: string;
  unit: "objects" | "bytes" | "backups";
  /** How much there is to do; unknown without it. */
  total?: number | undefined;
}

/** Begins a piece of work. One is under way at a time. */
export type Progress = (options: StageOptions) => ProgressStage;

/** Tells nothing. */
export const silent: Progress = () => ({ advance() {}, total() {}, end() {} });
