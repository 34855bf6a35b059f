import { UsageError } from "../errors.ts";
import { parseTemplate, type TemplatePart } from "./jsonpath/jsonpath-template.ts";
import { JsonPathError, type Path, parsePath } from "./jsonpath/parse-jsonpath.ts";

/** A column of `-o custom-columns=NAME:.metadata.name`. */
export interface CustomColumn {
  title: string;
  path: Path;
}

/** How to write objects. */
export type OutputFormat =
  | { kind: "table"; wide: boolean }
  | { kind: "yaml" }
  | { kind: "json" }
  | { kind: "name" }
  | { kind: "jsonpath"; template: string; parts: readonly TemplatePart[] }
  | { kind: "custom-columns"; columns: readonly CustomColumn[] };

const FORMS = "table, wide, yaml, json, name, jsonpath=TEMPLATE, custom-columns=TITLE:PATH,…";

/**
 * Parses the value of `-o`, as kubectl does.
 *
 * @throws {UsageError} when the format is unknown or its argument is invalid.
 */
export function parseOutputFormat(text: string): OutputFormat {
  const [, form = "", , given] = /^([^=]*)(=(.*))?$/s.exec(text) ?? [];
  try {
    if (form === "jsonpath" && given) {
      return { kind: "jsonpath", template: given, parts: parseTemplate(given) };
    }
    if (form === "custom-columns" && given) return { kind: "custom-columns", columns: columns(given) };
  } catch (error) {
    if (error instanceof JsonPathError) throw wrong(text, `cannot be read: ${error.message}`);
    throw error;
  }
  if (form === "jsonpath") throw wrong(text, "has no template: write jsonpath='{.items[*].metadata.name}'");
  if (form === "custom-columns")
    throw wrong(text, "has no columns: write custom-columns=NAME:.metadata.name,KIND:.kind");
  if (/^(?:go-)?template(?:-file)?$/.test(form))
    throw wrong(
      text,
      "is a template of Go, which is not read: write jsonpath=TEMPLATE, or pipe -o json into jq",
    );
  if (given !== undefined) throw wrong(text, `is none of ${FORMS}`);
  switch (form) {
    case "table":
      return { kind: "table", wide: false };
    case "wide":
      return { kind: "table", wide: true };
    case "yaml":
    case "json":
    case "name":
      return { kind: form };
    default:
      throw wrong(text, `is none of ${FORMS}`);
  }
}

function columns(text: string): CustomColumn[] {
  return text.split(",").map((part) => {
    const [, title, path] = /^([^:]*):(.*)$/s.exec(part) ?? [];
    const bare = barePath(path ?? "");
    if (title === undefined || bare === undefined)
      throw new JsonPathError(`the column ${JSON.stringify(part)} is not TITLE:PATH`);
    return { title, path: parsePath(`.${bare}`) };
  });
}

/** A path without the braces and the leading dot, which are optional; undefined where it is none. */
export function barePath(text: string): string | undefined {
  const [, braced, bare] = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text) ?? [];
  return braced ?? bare;
}

function wrong(text: string, what: string): UsageError {
  return new UsageError([`--output ${JSON.stringify(text)} ${what}`]);
}
