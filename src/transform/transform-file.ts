import { type ParsedNode, parseDocument, type YAMLError } from "yaml";
import { UsageError } from "../errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../kubernetes/json.ts";
import { parseApiVersion } from "../kubernetes/resource.ts";
import { type LabelMatcher, parseLabelSelector } from "../selection/label-selector.ts";
import { didYouMean } from "../words/did-you-mean.ts";
import { type JsonPatchOperation, pointerNames } from "./json-patch.ts";
import { type PatchTarget, targetPattern } from "./patch-target.ts";

/** A file of patches, or a flag that stands for one, its form checked. */
export interface Transform {
  /** The file as it was named, or the flag as it was typed. */
  file: string;
  patches: readonly Patch[];
}

/** A patch and the objects that it is for. */
export interface Patch {
  /** `patch 2 of transform.yaml`. */
  title: string;
  target: PatchTarget;
  /** Whether the patch names its one object itself. That the backup lacks the object is then an error, as in kustomize. */
  names: string | undefined;
  change:
    | { operations: readonly JsonPatchOperation[] }
    | { merge: JsonObject }
    /** Changes an object in place, and says whether it has. What it leaves alone was not its target. */
    | { edit: (object: JsonObject) => boolean };
}

const FILE_FIELDS = ["apiVersion", "kind", "patches"];
const PATCH_FIELDS = ["target", "patch"];
const TARGET_FIELDS = ["group", "version", "kind", "name", "namespace", "labelSelector"] as const;
const OPERATION_FIELDS = ["op", "path", "from", "value"];
const OPERATIONS: readonly string[] = ["add", "remove", "replace", "move", "copy", "test"];

/** Members by which a strategic merge patch says what becomes of lists. */
const DIRECTIVE = /^\$(?:patch|retainKeys|setElementOrder|deleteFromPrimitiveList)(?:\/|$)/;

/** Names that no field has, and that lead out of an object in JavaScript. */
const NO_FIELDS: readonly string[] = ["__proto__", "constructor", "prototype"];

/**
 * Reads a file of patches in kustomize's form.
 *
 * @param file as it was named.
 * @param text YAML, of which JSON is a part.
 * @throws {UsageError} with all problems of its form.
 */
export function parseTransform(file: string, text: string): Transform {
  const problems: string[] = [];
  const content = parseYaml(text, (problem) => problems.push(`${file}: ${problem}`));
  const patches: Patch[] = [];
  if (problems.length === 0) {
    if (!isJsonObject(content)) problems.push(`${file}: it has no patches`);
    else {
      for (const problem of headProblems(content)) problems.push(`${file}: ${problem}`);
      const listed = Array.isArray(content["patches"]) ? content["patches"] : [];
      for (const [index, each] of listed.entries()) {
        const title = `patch ${index + 1} of ${file}`;
        const read = readPatch(title, each);
        if ("problems" in read) problems.push(...read.problems.map((problem) => `${title}: ${problem}`));
        else patches.push(read);
      }
    }
  }
  if (problems.length > 0)
    throw new UsageError(problems, {
      advice:
        "A file of patches has the form of kustomize's patches: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/",
    });
  return { file, patches };
}

function headProblems(content: JsonObject): string[] {
  const { apiVersion = "kustomize.config.k8s.io/v1beta1", kind = "Kustomization", patches } = content;
  const isKustomization =
    kind === "Kustomization" && /^kustomize\.config\.k8s\.io\/v1(?:beta1)?$/.test(String(apiVersion));
  return [
    ...unknownFields(content, FILE_FIELDS),
    ...(isKustomization ? [] : ["apiVersion and kind are those of no Kustomization"]),
    ...(Array.isArray(patches) && patches.length > 0 ? [] : ["patches is no list of patches"]),
  ];
}

function readPatch(title: string, content: unknown): Patch | { problems: string[] } {
  if (!isJsonObject(content)) return { problems: ["it has no target and no patch"] };
  if (Object.hasOwn(content, "path") && !Object.hasOwn(content, "patch"))
    return { problems: ["path names another file: write what is in it under patch"] };
  const problems = unknownFields(content, PATCH_FIELDS);
  const target =
    content["target"] === undefined ? undefined : readTarget(content["target"], (one) => problems.push(one));
  const body = readBody(content["patch"], (one) => problems.push(one));
  if (problems.length > 0 || body === undefined) return { problems };
  const change = Array.isArray(body)
    ? { operations: body as JsonPatchOperation[] }
    : { merge: body as JsonObject };
  if (target !== undefined) return { title, target, names: undefined, change };
  const own = "merge" in change ? ownTarget(change.merge) : undefined;
  if (own === undefined)
    return {
      problems: ["it has no target, and does not name its object by apiVersion, kind and metadata.name"],
    };
  return { title, ...own, change };
}

/** The object that a merge patch without a target names, as a manifest does. */
function ownTarget({ apiVersion, kind, metadata }: JsonObject): Pick<Patch, "target" | "names"> | undefined {
  const { name, namespace } = isJsonObject(metadata) ? metadata : {};
  if (![apiVersion, kind, name].every((each) => typeof each === "string" && each !== "")) return undefined;
  if (namespace !== undefined && typeof namespace !== "string") return undefined;
  const { group, version } = parseApiVersion(String(apiVersion));
  const exactly = (text: string) => targetPattern(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return {
    target: {
      group: exactly(group),
      version: exactly(version),
      kind: exactly(String(kind)),
      name: exactly(String(name)),
      namespace: namespace === undefined ? undefined : exactly(namespace),
    },
    names: `${String(kind)} ${namespace === undefined ? "" : `${namespace}/`}${String(name)}`,
  };
}

function readTarget(content: unknown, report: (problem: string) => void): PatchTarget {
  if (!isJsonObject(content) || Object.keys(content).length === 0) {
    report(`target names nothing: give one of ${TARGET_FIELDS.join(", ")}`);
    return {};
  }
  for (const problem of unknownFields(content, TARGET_FIELDS)) report(`target: ${problem}`);
  const patterns: Partial<Record<string, RegExp>> = {};
  let labels: LabelMatcher | undefined;
  for (const field of TARGET_FIELDS) {
    const value = content[field];
    if (value === undefined) continue;
    if (typeof value !== "string") {
      report(`target.${field} is no text`);
      continue;
    }
    try {
      if (field === "labelSelector") labels = parseLabelSelector(value);
      // As in kustomize, what is empty says nothing.
      else if (value !== "") patterns[field] = targetPattern(value);
    } catch {
      report(
        `target.${field} is no ${field === "labelSelector" ? "label selector" : "regular expression"}: "${value}"`,
      );
    }
  }
  return { ...patterns, labels };
}

/** A list of operations, or a merge patch; undefined where problems were reported. */
function readBody(
  given: unknown,
  report: (problem: string) => void,
): JsonObject | JsonPatchOperation[] | undefined {
  const inner: string[] = [];
  const content = typeof given === "string" ? parseYaml(given, (problem) => inner.push(problem)) : given;
  for (const problem of inner) report(`patch: ${problem}`);
  if (inner.length > 0) return undefined;
  if (Array.isArray(content) && content.length > 0) {
    const problems = content.flatMap((operation, index) =>
      operationProblems(operation).map((problem) => `operation ${index + 1}: ${problem}`),
    );
    for (const problem of problems) report(problem);
    return problems.length > 0 ? undefined : content;
  }
  if (!isJsonObject(content) || Object.keys(content).length === 0) {
    report("patch is neither a list of operations (a JSON patch) nor an object (a merge patch)");
    return undefined;
  }
  const names = [...namesWithin(content)];
  const directive = names.find((name) => DIRECTIVE.test(name));
  if (directive !== undefined)
    report(
      `${directive} is of strategic merge patches, and this is a merge patch (RFC 7386): use a JSON patch for items of lists`,
    );
  if (names.includes("__proto__")) report("__proto__ is the name of no field");
  return content;
}

function operationProblems(operation: unknown): string[] {
  if (!isJsonObject(operation)) return ["it is no operation with op and path"];
  const { op, path, from } = operation;
  if (typeof op !== "string" || !OPERATIONS.includes(op)) return [`op is none of ${OPERATIONS.join(", ")}`];
  const needsFrom = op === "move" || op === "copy";
  const needsValue = op === "add" || op === "replace" || op === "test";
  const problems = unknownFields(operation, OPERATION_FIELDS);
  for (const [field, pointer] of [["path", path], ...(needsFrom ? [["from", from] as const] : [])] as const) {
    if (typeof pointer !== "string" || !/^(?:\/(?:[^~/]|~[01])*)+$/.test(pointer))
      problems.push(`${field} is no JSON pointer to a field: write for example /spec/replicas`);
    else if (pointerNames(pointer).some((name) => NO_FIELDS.includes(name)))
      problems.push(`${field} leads to no field: ${pointer}`);
  }
  if (needsValue && !Object.hasOwn(operation, "value")) problems.push(`${op} needs a value`);
  if ([...namesWithin(operation["value"])].includes("__proto__"))
    problems.push("__proto__ is the name of no field");
  return problems;
}

function* namesWithin(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* namesWithin(item);
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    yield name;
    yield* namesWithin(member);
  }
}

function unknownFields(content: JsonObject, known: readonly string[]): string[] {
  return Object.keys(content)
    .filter((name) => !known.includes(name))
    .map((name) => `unknown field ${name}${didYouMean(name, known)}`);
}

/** Parses YAML to JSON, large whole numbers without loss. */
function parseYaml(text: string, report: (problem: string) => void): unknown {
  const document = parseDocument<ParsedNode>(text, {
    intAsBigInt: true,
    prettyErrors: true,
    logLevel: "error",
  });
  const [error] = document.errors as YAMLError[];
  if (error !== undefined) {
    const line = error.linePos?.[0]?.line;
    report(`it is no YAML${line === undefined ? "" : `, from line ${line} on`} (${error.code})`);
    return undefined;
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    report("it is no YAML (BAD_ALIAS)");
    return undefined;
  }
  if (isJson(content)) return withoutBigInts(content);
  report(
    "it has a value that JSON has not: a number that is none, or one of !!binary, !!timestamp, !!set or !!omap",
  );
  return undefined;
}

/** YAML has values that would become others on the way into an object: an infinite number null, bytes a list of fields. */
function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object" || value === null) return true;
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson);
}

function withoutBigInts(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : (parseJson(`[${value}]`) as unknown[])[0];
  }
  if (Array.isArray(value)) return value.map(withoutBigInts);
  if (!isJsonObject(value)) return value;
  for (const [name, member] of Object.entries(value)) {
    const converted = withoutBigInts(member);
    if (converted !== member) value[name] = converted;
  }
  return value;
}
