import { OperatorError, UsageError } from "../errors.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { evaluate } from "./jsonpath/evaluate-jsonpath.ts";
import { JsonPathError, type Path, parsePath } from "./jsonpath/parse-jsonpath.ts";
import type { ObjectWriter } from "./object-writer.ts";
import { barePath } from "./output-format.ts";

/**
 * Parses the value of `--sort-by`: `.metadata.name`, `{.spec.replicas}`.
 *
 * @throws {UsageError} when it is no path.
 */
export function parseSortBy(text: string): Path {
  try {
    const bare = barePath(text);
    if (bare !== undefined) return parsePath(`.${bare}`);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
  }
  throw new UsageError([`--sort-by "${text}" is no path of a field: write for example .metadata.name`]);
}

/** A writer whose objects come in the order of a field, the objects of each kind by themselves. All are in memory until the end. */
export function sortedWriter(
  writer: ObjectWriter,
  { path, text }: { path: Path; text: string },
): ObjectWriter {
  const added: { resource: Resource; object: JsonObject; key: unknown }[] = [];
  return {
    add: (resource, object) => void added.push({ resource, object, key: evaluate(path, object)[0] }),
    end: () => {
      if (added.length > 0 && added.every(({ key }) => key === undefined))
        throw new OperatorError(`Cannot sort by ${text}: no object has this field`);
      for (const [resource, group] of Map.groupBy(added, (each) => each.resource)) {
        const sorted = group.toSorted((one, other) => compareKeys(one.key, other.key));
        for (const { object } of sorted) writer.add(resource, object);
      }
      writer.end();
    },
  };
}

/** Numbers by size, texts by their characters and the numbers in them, as kubectl has it; what has no such field comes first. */
export function compareKeys(one: unknown, other: unknown): number {
  if (one === undefined || other === undefined)
    return Number(one !== undefined) - Number(other !== undefined);
  const [left, right] = [numberOf(one), numberOf(other)];
  if (left !== undefined && right !== undefined) return left - right;
  return NATURAL.compare(String(one), String(other));
}

/** The order of texts does not depend on the locale of the machine. */
const NATURAL = new Intl.Collator("en", { numeric: true });

/** Large numbers stay as they are written, as objects. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const number = Number(JSON.stringify(value));
  return Number.isNaN(number) ? undefined : number;
}
