import { Buffer } from "node:buffer";
import { typed } from "./go-values.ts";
import { JsonPathError } from "./jsonpath-syntax.ts";

/**
 * Compares two values as kubectl's filters do: texts with texts, whole numbers with whole numbers, and
 * nothing with something else.
 *
 * @throws {JsonPathError} when they cannot be compared.
 */
export function compare(left: unknown, operator: string, right: unknown): boolean {
  const [one, other] = [typed(left), typed(right)];
  if (one.type === "other" || other.type === "other")
    throw new JsonPathError(`${operator} compares texts, numbers, true and false only`);
  if (one.type !== other.type)
    throw new JsonPathError(`${operator} compares a ${one.type} with a ${other.type}`);
  const [a, b] = [one.value, other.value];
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  if (one.type === "truth value") throw new JsonPathError(`${operator} does not compare truth values`);
  const order = one.type === "text" ? compareTexts(String(a), String(b)) : a < b ? -1 : a > b ? 1 : 0;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

/** By code points, as Go has it. */
function compareTexts(left: string, right: string): number {
  const [ours, theirs] = [Buffer.from(left), Buffer.from(right)];
  return Buffer.compare(ours, theirs);
}
