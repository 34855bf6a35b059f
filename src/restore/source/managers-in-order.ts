import type { ManagedObjectEntry } from "../../archive/lines/parse-lines.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { LinesInOrder } from "./lines-in-order.ts";

/** Gives the managers of a file's objects, which are asked for in the file's order. */
export class ManagersInOrder {
  readonly #lines: LinesInOrder<ManagedObjectEntry>;
  /** Those of an object without a line. */
  #others: readonly FieldManager[] | undefined;

  /** @param manager the one of all objects without a line. */
  constructor(lines: AsyncIterable<ManagedObjectEntry>, manager: string | undefined) {
    this.#lines = new LinesInOrder(lines);
    this.#others = manager === undefined ? undefined : [{ manager, operation: "Update" }];
  }

  /** The managers of the next object; undefined where the archive does not know them. */
  async next(name: string): Promise<readonly FieldManager[] | undefined> {
    // Where there was a record of some, there was none of those that are not named.
    if (this.#others === undefined && (await this.#lines.any())) this.#others = [];
    return (await this.#lines.next(name))?.managers ?? this.#others;
  }

  /** Ends the reading of the lines. */
  async close(): Promise<void> {
    await this.#lines.close();
  }
}
