import { OperatorError } from "../../errors.ts";

/** An archive cannot hold an object: the archive would be refused as damaged. All other objects can still be archived. */
export class UnfitObjectError extends OperatorError {
  override name = "UnfitObjectError";
  /** What is wrong, with the title of the object: "Widget shop/a is nested more than 500 levels deep". */
  readonly reason: string;

  /** @param title `Widget shop/a`. */
  constructor(title: string, what: string) {
    const reason = `${title} ${what}`;
    super(`Cannot write the archive: ${reason}`, {
      advice: "Make the object smaller, or leave its kind out",
    });
    this.reason = reason;
  }
}
