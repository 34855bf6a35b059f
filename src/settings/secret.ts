import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A value that logs, errors and dumps never show by accident. Every conversion to text returns
 * "[redacted]"; only {@link Secret.reveal} returns the value.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Returns the value, for the only caller that needs the value. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
