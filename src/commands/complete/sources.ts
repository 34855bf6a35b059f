import type { CompletionTarget } from "./completion-target.ts";

/** Sources of candidates other than declarations. */
export type Source = "backups" | "names" | "kinds" | "namespaces" | "contexts" | "files" | "shells";

/** Sources of flags that mean the same in every command. */
const FLAGS: Readonly<Record<string, Source>> = {
  backup: "backups",
  context: "contexts",
  kubeconfig: "files",
  "ca-bundle": "files",
  identity: "files",
  namespace: "namespaces",
  "include-namespaces": "namespaces",
  "exclude-namespaces": "namespaces",
  kinds: "kinds",
  "include-kinds": "kinds",
  "exclude-kinds": "kinds",
};

/** Sources of the arguments and flags of single commands. */
const OF_COMMAND: Readonly<Record<string, Readonly<Record<string, readonly Source[]>>>> = {
  restore: { words: ["backups", "kinds"] },
  verify: { BACKUP: ["backups"] },
  // Each by its name: `latest` is none that may be deleted.
  delete: { BACKUP: ["names"], "--backup": ["names"] },
  diff: { words: ["backups", "kinds"] },
  get: { words: ["backups", "kinds"] },
  export: { words: ["backups", "files"] },
  keygen: { folder: ["files"] },
  completion: { shell: ["shells"] },
};

/** Candidates of flags that yargs knows no choices of: of one command, or of all. */
export const FIXED_VALUES: Readonly<Record<string, readonly string[]>> = {
  "get --output": ["table", "wide", "yaml", "json", "name", "jsonpath=", "custom-columns="],
  "check-access --for": ["backup", "restore", "prune"],
  "--s3-addressing": ["auto", "path", "virtual"],
  "--s3-sse": ["AES256", "aws:kms", "aws:kms:dsse"],
};

/** The sources of candidates for a completion target. */
export function sourcesOf(target: CompletionTarget): readonly Source[] {
  if (target.kind === "positional") return OF_COMMAND[target.command.name]?.[target.name] ?? [];
  if (target.kind !== "value") return [];
  const own = OF_COMMAND[target.command.name]?.[`--${target.flag.name}`];
  const common = FLAGS[target.flag.name];
  return own ?? (common === undefined ? [] : [common]);
}
