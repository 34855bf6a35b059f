import type { FieldManager } from "../archive/layout.ts";
import type { ManagedObjectEntry } from "../archive/reader.ts";

/** Gives the managers of a file's objects, which are asked for in the file's order: the lines are in it too. */
export class ManagersInOrder {
  readonly #lines: AsyncIterator<ManagedObjectEntry>;
  /** Those of an object without a line. */
  #others: readonly FieldManager[] | undefined;
  #line: ManagedObjectEntry | undefined;
  #begun = false;

  /** @param manager the one of all objects without a line. */
  constructor(lines: AsyncIterable<ManagedObjectEntry>, manager: string | undefined) {
    this.#lines = lines[Symbol.asyncIterator]();
    this.#others = manager === undefined ? undefined : [{ manager, operation: "Update" }];
  }

  /** The managers of the next object; undefined where the archive does not know them. */
  async next(name: string): Promise<readonly FieldManager[] | undefined> {
    if (!this.#begun) {
      this.#begun = true;
      await this.#advance();
      // Where there was a record of some, there was none of those that are not named.
      if (this.#line !== undefined) this.#others ??= [];
    }
    if (this.#line?.name !== name) return this.#others;
    const { managers } = this.#line;
    await this.#advance();
    return managers;
  }

  /** Ends the reading of the lines. */
  async close(): Promise<void> {
    await this.#lines.return?.();
  }

  async #advance(): Promise<void> {
    const { done, value } = await this.#lines.next();
    this.#line = done === true ? undefined : value;
  }
}
