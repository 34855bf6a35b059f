/** Templates of kubectl's `-o jsonpath=…`: text with paths in braces. */

import { isJsonObject } from "../../kubernetes/json.ts";
import { evaluate } from "./evaluate-jsonpath.ts";
import { goJson, goText } from "./go-values.ts";
import { JsonPathError, type Path, parsePath } from "./parse-jsonpath.ts";

/** A part of a template. */
export type TemplatePart =
  | { kind: "text"; text: string }
  | { kind: "path"; path: Path }
  | { kind: "range"; path: Path; parts: readonly TemplatePart[] };

/** The content of braces: a path, the start of a range, or the end of a range. */
type Action = { kind: "path" | "range"; path: Path } | { kind: "end" };

/**
 * Parses a template: text, paths in braces, `{range PATH}…{end}`.
 *
 * @throws {JsonPathError} when the template is invalid.
 */
export function parseTemplate(template: string): TemplatePart[] {
  const root: TemplatePart[] = [];
  const open: TemplatePart[][] = [root];
  let position = 0;
  for (;;) {
    const brace = template.indexOf("{", position);
    const text = template.slice(position, brace === -1 ? undefined : brace);
    const parts = open.at(-1) ?? root;
    if (text !== "") parts.push({ kind: "text", text });
    if (brace === -1) break;
    const end = endOfAction(template, brace + 1);
    const action = parseAction(template.slice(brace + 1, end));
    position = end + 1;
    if (action.kind === "end") {
      if (open.length === 1) throw new JsonPathError("{end} has no {range} before it");
      open.pop();
    } else if (action.kind === "range") {
      const inner: TemplatePart[] = [];
      parts.push({ kind: "range", path: action.path, parts: inner });
      open.push(inner);
    } else {
      parts.push({ kind: "path", path: action.path });
    }
  }
  if (open.length > 1) throw new JsonPathError("{range} has no {end}");
  return root;
}

function parseAction(text: string): Action {
  const word = /^ *(range|end)(?![\p{L}\p{Nd}_])(.*)$/su.exec(text);
  if (word?.[1] === "range") return { kind: "range", path: parsePath(word[2] ?? "") };
  if (word?.[1] === "end") return { kind: "end" };
  return { kind: "path", path: parsePath(text) };
}

/** The index of the closing brace. Braces within quotes or brackets do not count. */
function endOfAction(template: string, start: number): number {
  let quote: string | undefined;
  for (let position = start; position < template.length; position += 1) {
    const character = template[position] ?? "";
    if (character === "\\") position += 1;
    else if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "}") return position;
  }
  throw new JsonPathError(quote === undefined ? "a { has no }" : `a ${quote} has no second one`);
}

/**
 * Fills in a template from an object, as `kubectl get -o jsonpath=…` does. Values of a path are separated by spaces.
 * Maps and arrays are JSON. Missing fields print nothing.
 *
 * @throws {JsonPathError} when the object does not match the template.
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
