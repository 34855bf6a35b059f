/** What a JSONPath template of kubectl's says, as `jsonpath-parse.ts` reads it. */

/** A step of a path, or a value. Steps are taken one after the other, each from what the one before found. */
export type Step =
  | { kind: "field"; name: string }
  | { kind: "wildcard" }
  /** `..`: everything that holds something, at any depth. */
  | { kind: "recursive" }
  | { kind: "slice"; start: number | undefined; end: number | undefined; step: number | undefined }
  | { kind: "index"; index: number }
  | { kind: "union"; paths: readonly Path[] }
  | { kind: "filter"; left: Path; operator: string; right: Path }
  /** `[?(@.field)]`: those that have it. */
  | { kind: "having"; path: Path }
  | { kind: "literal"; value: string | boolean | number | bigint };

/** Steps from one object. */
export type Path = readonly Step[];

/** A part of a template. */
export type TemplatePart =
  | { kind: "text"; text: string }
  | { kind: "path"; path: Path }
  | { kind: "range"; path: Path; parts: readonly TemplatePart[] };

/** A template or an object is not as it must be: a clause for an error that names the template. */
export class JsonPathError extends Error {
  override name = "JsonPathError";
}
