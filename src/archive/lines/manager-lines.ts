import type { FieldManager } from "../../kubernetes/field-manager.ts";

/**
 * The field managers of a file's objects, as lines of JSON. Most objects of a file were written by one
 * manager, the same one: it is named once for the file, and lines are for the others only.
 */
export class ManagerLines {
  /** One for each object that was not written by {@link manager} alone, with its newline. */
  readonly lines: string[] = [];
  #manager: string | undefined;

  /** The manager of all objects without a line. */
  get manager(): string | undefined {
    return this.#manager;
  }

  /**
   * Adds an object.
   *
   * @param managers undefined where nothing is known of them; then the object has none.
   */
  add(name: string, managers: readonly FieldManager[] | undefined): void {
    const sole = soleUpdater(managers);
    if (this.#manager === undefined && this.lines.length === 0) this.#manager = sole;
    if (sole !== undefined && sole === this.#manager) return;
    if (sole === undefined && this.#manager === undefined && (managers ?? []).length === 0) return;
    const known = sole === undefined ? (managers ?? []) : [{ manager: sole, operation: "Update" }];
    this.lines.push(`${JSON.stringify({ name, managers: known })}\n`);
  }
}

/** The manager that wrote an object alone and by updates. */
export function soleUpdater(managers: readonly FieldManager[] | undefined): string | undefined {
  const [first, ...others] = managers ?? [];
  if (first === undefined || others.length > 0 || first.subresource !== undefined) return undefined;
  return first.operation === "Update" ? first.manager : undefined;
}
