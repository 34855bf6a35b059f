/** Joins two files in one pass: the lines of a file about some objects, in the order of the objects in another file. */
export class LinesInOrder<T extends { name: string }> {
  readonly #lines: AsyncIterator<T>;
  #line: T | undefined;
  #begun = false;
  #any = false;

  constructor(lines: AsyncIterable<T>) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Whether there are any lines. */
  async any(): Promise<boolean> {
    if (!this.#begun) await this.#begin();
    return this.#any;
  }

  /** The line of the next object, or undefined where the object has none. */
  async next(name: string): Promise<T | undefined> {
    if (!this.#begun) await this.#begin();
    const line = this.#line;
    if (line?.name !== name) return undefined;
    await this.#advance();
    return line;
  }

  /**
   * Ends the reading behind the last object.
   *
   * @throws {Error} where a line is left: it is about no object of the other file, or not in order.
   */
  async end(): Promise<void> {
    if (!this.#begun) await this.#begin();
    if (this.#line !== undefined)
      throw new Error("a line of it is about no object of its file, or not in order");
  }

  /** Ends the reading. */
  async close(): Promise<void> {
    await this.#lines.return?.();
  }

  async #begin(): Promise<void> {
    this.#begun = true;
    await this.#advance();
    this.#any = this.#line !== undefined;
  }

  async #advance(): Promise<void> {
    const { done, value } = await this.#lines.next();
    this.#line = done === true ? undefined : value;
  }
}
