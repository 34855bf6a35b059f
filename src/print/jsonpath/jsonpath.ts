import { isJsonObject } from "../../kubernetes/json.ts";
import { goJson, goText } from "./go-values.ts";
import { evaluate } from "./jsonpath-evaluate.ts";
import type { TemplatePart } from "./jsonpath-syntax.ts";

/**
 * Fills a template in from an object, as `kubectl get -o jsonpath=…` does: what a path finds is written
 * with spaces between, maps and lists as JSON, and nothing at all for what is missing.
 *
 * @throws {JsonPathError} when the object is not as the template takes it to be.
 */
export function fillTemplate(parts: readonly TemplatePart[], object: unknown): string {
  return parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      const found = evaluate(part.path, object);
      if (part.kind === "path") return found.map(printed).join(" ");
      return found.map((each) => fillTemplate(part.parts, each)).join("");
    })
    .join("");
}

function printed(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) || isJsonObject(value) ? goJson(value) : goText(value);
}
