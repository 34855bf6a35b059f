import type { FieldManager } from "../../kubernetes/field-manager.ts";

/**
 * The field managers of the objects of a file, as lines of JSON. One manager wrote most objects of a file: that manager
 * is named once for the file, and only the other objects have lines.
 */
export class ManagerLines {
  /** A line with newline for each object that {@link manager} did not write alone. */
  readonly lines: string[] = [];
  #manager: string | undefined;

  /** The field manager of all objects without a line. */
  get manager(): string | undefined {
    return this.#manager;
  }

  /**
   * Adds an object.
   *
   * @param managers undefined where they are not known; the object then has none.
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
