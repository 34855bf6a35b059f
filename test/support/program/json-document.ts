/** The JSON documents of the commands, held to the schemas in docs/schemas. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

/** Where the schemas are. */
export const SCHEMAS = path.resolve(import.meta.dirname, "../../../docs/schemas");

/** Commands by the words that call them. What is not here has no document of its own, as `get`, or none at all. */
const SCHEMA_OF: Readonly<Record<string, string>> = {
  ...{
    backup: "backup",
    create: "backup",
    export: "export",
    restore: "restore",
    resume: "resume",
    diff: "diff",
    log: "log",
    status: "status",
    describe: "describe",
  },
  ...{ tag: "tag", untag: "tag", copy: "copy" },
  ...{ list: "list", ls: "list", snapshots: "list", prune: "prune", forget: "prune", delete: "delete" },
  ...{
    verify: "verify",
    check: "verify",
    version: "version",
    keygen: "keygen",
    "check-access": "check-access",
    config: "config",
  },
};

/** What is written element by element. */
const STREAMED: ReadonlySet<string> = new Set(["list", "log", "verify"]);

const read = new Map<string, z.ZodType>();

/** The schema of a name. */
export function schemaOf(name: string): z.ZodType {
  const known = read.get(name);
  if (known !== undefined) return known;
  const schema = z.fromJSONSchema(
    JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.schema.json`), "utf8")),
  );
  read.set(name, schema);
  return schema;
}

/** Asserts that what a command with `-o json` has written is what its schema says, or the error's. Other commands may write anything. */
export function assertDocument(
  args: readonly string[],
  { status, stdout }: { status: number | null; stdout: string },
): void {
  const name = schemaNameOf(args);
  if (name === undefined || status === null) return;
  const line = args.join(" ");
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch (error) {
    // A list that was cut short is no list.
    if (status !== 0 && STREAMED.has(name) && stdout !== "") return;
    throw new Error(`kube-backup ${line} has written no JSON:\n${stdout}`, { cause: error });
  }
  const isError = status !== 0 && typeof document === "object" && document !== null && "error" in document;
  const result = schemaOf(isError ? "error" : name).safeParse(document);
  assert.ok(result.success, `kube-backup ${line}: ${result.error?.message}\n${stdout.slice(0, 4_000)}`);
}

function schemaNameOf(args: readonly string[]): string | undefined {
  const json = args.some(
    (arg, index) =>
      /^(?:-o=?|--output=)json$/.test(arg) ||
      (arg === "json" && /^(?:-o|--output)$/.test(args[index - 1] ?? "")),
  );
  const command = args.find((arg) => Object.hasOwn(SCHEMA_OF, arg));
  if (!json || command === undefined || args[0] !== command) return undefined;
  // A list of one backup is its description.
  if (SCHEMA_OF[command] === "list" && /^latest$|backup_/.test(args[1] ?? "")) return "describe";
  return args.includes("--rehearse") ? "rehearsal" : SCHEMA_OF[command];
}
