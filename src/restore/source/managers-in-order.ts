import { LinesInOrder } from "../../archive/lines/lines-in-order.ts";
import type { ManagedObjectEntry } from "../../archive/lines/parse-lines.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";

/** The field managers of the objects of a file, in the order of the file. */
export class ManagersInOrder {
  readonly #lines: LinesInOrder<ManagedObjectEntry>;
  /** The field managers of an object without a line. */
  #others: readonly FieldManager[] | undefined;
  #isKnown: boolean;

  /** @param manager the one field manager of all objects without a line. */
  constructor(lines: AsyncIterable<ManagedObjectEntry>, manager: string | undefined) {
    this.#lines = new LinesInOrder(lines);
    this.#others = manager === undefined ? undefined : [{ manager, operation: "Update" }];
    this.#isKnown = manager !== undefined;
  }

  /** The field managers of the next object; undefined where the archive does not know them. */
  async next(name: string): Promise<readonly FieldManager[] | undefined> {
    // Where the archive has the record of some objects, the others had none.
    if (!this.#isKnown) {
      this.#isKnown = true;
      if (await this.#lines.any()) this.#others = [];
    }
    return (await this.#lines.next(name))?.managers ?? this.#others;
  }

  /** Ends the reading of the lines. */
  async close(): Promise<void> {
    await this.#lines.close();
  }
}
