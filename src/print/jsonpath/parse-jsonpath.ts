/**
 * Parses kubectl's dialect of JSONPath: https://kubernetes.io/docs/reference/kubectl/jsonpath/. The parser follows
 * client-go's util/jsonpath/parser.go. No package on npm parses this dialect.
 */

/** A step of a path, or a literal. Each step starts from the values that the previous step found. */
export type Step =
  | { kind: "field"; name: string }
  | { kind: "wildcard" }
  /** `..`: all maps and arrays at any depth. */
  | { kind: "recursive" }
  | { kind: "slice"; start: number | undefined; end: number | undefined; step: number | undefined }
  | { kind: "index"; index: number }
  | { kind: "union"; paths: readonly Path[] }
  | { kind: "filter"; left: Path; operator: string; right: Path }
  /** `[?(@.field)]`: the elements that have the field. */
  | { kind: "exists"; path: Path }
  | { kind: "literal"; value: string | boolean | number | bigint };

/** The steps from an object. */
export type Path = readonly Step[];

/**
 * A template is invalid, or an object does not match it. The message is a clause for an error that names the
 * template.
 */
export class JsonPathError extends Error {
  override name = "JsonPathError";
}

/** Characters that end a field name unless escaped. */
const TERMINATOR = /[\s.,[\]$@{}]/;
const WORD = /[\p{L}\p{Nd}_]/u;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+)$/s;
const OPERATORS = new Set(["==", "!=", "<", "<=", ">", ">="]);

/**
 * Parses the content of braces: `.items[*].metadata.name`, `"\n"`, `@`.
 *
 * @throws {JsonPathError} when the text is no path.
 */
export function parsePath(text: string): Path {
  const steps: Step[] = [];
  let rest = text;
  while (rest !== "") {
    const { step, length } = nextStep(rest);
    if (step !== undefined) steps.push(...step);
    rest = rest.slice(length);
  }
  return steps;
}

interface ReadStep {
  step?: Step[];
  length: number;
}

function nextStep(text: string): ReadStep {
  const first = text[0] ?? "";
  if (text.startsWith("[?(")) return readFilter(text);
  if (text.startsWith("..")) return readRecursive(text);
  if (first === " " || first === "@" || first === "$") return { length: 1 };
  if (first === "[") return readBrackets(text);
  if (first === '"' || first === "'") return readQuoted(text, first);
  if (first === ".") return readField(text, 1);
  const number = /^[-+]?[\d.]+/.exec(text)?.[0];
  if (number !== undefined) return { step: [numberOf(number)], length: number.length };
  const word = WORD.test(first) ? text.slice(0, fieldEnd(text, 0)) : undefined;
  if (word === "true" || word === "false")
    return { step: [{ kind: "literal", value: word === "true" }], length: word.length };
  if (word !== undefined)
    throw new JsonPathError(`${JSON.stringify(word)} means nothing: write .${word} for a field`);
  throw new JsonPathError(`${JSON.stringify(first)} means nothing there`);
}

/** `..name`, or `..` followed by another step. */
function readRecursive(text: string): ReadStep {
  if (text.startsWith("....")) throw new JsonPathError("one .. follows another");
  if (!WORD.test(text[2] ?? "")) return { step: [{ kind: "recursive" }], length: 2 };
  const { step = [], length } = readField(text, 2);
  return { step: [{ kind: "recursive" }, ...step], length };
}

function readField(text: string, start: number): ReadStep {
  const length = fieldEnd(text, start);
  const name = text.slice(start, length);
  if (name === "*") return { step: [{ kind: "wildcard" }], length };
  return { step: [{ kind: "field", name: name.replaceAll("\\", "") }], length };
}

function fieldEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !TERMINATOR.test(text[end] ?? "")) end += text[end] === "\\" ? 2 : 1;
  return Math.min(end, text.length);
}

/** `[0]`, `[-1]`, `[0:3]`, `[*]`, `['name']`, or a comma-separated list of these. */
function readBrackets(text: string): ReadStep {
  const end = text.indexOf("]");
  if (end === -1) throw new JsonPathError("a [ has no ]");
  const parts = text.slice(1, end).split(",");
  const paths = parts.map((part) => bracketed(parts.length > 1 ? part.trim() : part));
  return { step: paths.length > 1 ? [{ kind: "union", paths }] : [...(paths[0] ?? [])], length: end + 1 };
}

function bracketed(text: string): Path {
  const name = /^'([^']*)'$/.exec(text)?.[1];
  // As in kubectl, unescaped dots separate fields here too.
  if (name !== undefined) return parsePath(`.${name}`);
  const [, start, end, step] = SLICE.exec(text === "*" ? ":" : text) ?? [];
  if (start === undefined) throw new JsonPathError(`[${text}] is neither an index nor a name between '`);
  if (end === undefined && step === undefined && start !== "")
    return [{ kind: "index", index: Number(start) }];
  if (start === "" && end === undefined) throw new JsonPathError("[] is empty");
  return [{ kind: "slice", start: bound(start), end: bound(end), step: bound(step) }];
}

function bound(text: string | undefined): number | undefined {
  const digits = text?.replace(":", "");
  return digits === undefined || digits === "" ? undefined : Number(digits);
}

function readFilter(text: string): ReadStep {
  const length = filterEnd(text);
  if (text[length] !== "]") throw new JsonPathError("a filter ends with )]");
  const inside = text.slice("[?(".length, length - 1);
  const [, left, operator, right] = COMPARISON.exec(inside) ?? [];
  if (left === undefined || operator === undefined || right === undefined)
    return { step: [{ kind: "exists", path: parsePath(inside) }], length: length + 1 };
  if (!OPERATORS.has(operator)) throw new JsonPathError(`${operator} compares nothing`);
  return {
    step: [{ kind: "filter", left: parsePath(left), operator, right: parsePath(right) }],
    length: length + 1,
  };
}

/** The index after the filter's `)`. A parenthesis within quotes does not count. */
function filterEnd(text: string): number {
  let quote: string | undefined;
  for (let position = "[?(".length; position < text.length; position += 1) {
    const character = text[position];
    if (character === "\\") position += 1;
    else if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === ")") return position + 1;
  }
  throw new JsonPathError("a filter has no end");
}

function numberOf(text: string): Step {
  if (/^[-+]?\d+$/.test(text)) return { kind: "literal", value: BigInt(text.replace("+", "")) };
  const value = Number(text);
  if (Number.isNaN(value)) throw new JsonPathError(`${text} is no number`);
  return { kind: "literal", value };
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** A quoted string with Go's escapes. */
function readQuoted(text: string, quote: string): ReadStep {
  const length = quotedEnd(text, quote);
  const inside = text.slice(1, length - 1);
  const value = inside.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs,
    (_all, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const known = letter === "\\" || letter === quote ? letter : ESCAPES[letter ?? ""];
      if (known === undefined) throw new JsonPathError(`\\${letter} means nothing`);
      return known;
    },
  );
  return { step: [{ kind: "literal", value }], length };
}

/** The index after the closing quote. */
function quotedEnd(text: string, quote: string): number {
  for (let position = 1; position < text.length; position += 1) {
    if (text[position] === "\\") position += 1;
    else if (text[position] === quote) return position + 1;
  }
  throw new JsonPathError(`a ${quote} has no second one`);
}
