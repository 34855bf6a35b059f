import { OperatorError } from "../errors.ts";
import { DamagedArchiveError } from "./format/damaged-archive-error.ts";
import type { BlockCache } from "./zip/block-cache.ts";

/** Distinguishes damage of the archive from errors of the store. */
export class Faults {
  readonly #backup: string;
  readonly #blocks: BlockCache;

  constructor(backup: string, blocks: BlockCache) {
    this.#backup = backup;
    this.#blocks = blocks;
  }

  /** The error for an error during the read of `place`; without a place, during the opening of the zip. */
  explain(error: unknown, { place, signal }: { place: string | undefined; signal: AbortSignal }): unknown {
    if (error instanceof OperatorError || this.#blocks.failedWith(error)) return error;
    if (signal.aborted && error === signal.reason) return error;
    const what = error instanceof Error ? error.message : String(error);
    const reason =
      place === undefined ? "it is no zip file, or a damaged one" : `it is damaged: ${place}: ${what}`;
    return new DamagedArchiveError(this.#backup, reason, { cause: error });
  }
}
