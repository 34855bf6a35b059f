import type { CompletionTarget } from "./completion-target.ts";

/** Sources of candidates other than declarations. */
export type Source =
  | "backups"
  | "names"
  | "words"
  | "tags"
  | "kinds"
  | "namespaces"
  | "contexts"
  | "profiles"
  | "files"
  | "shells";

/** Sources of flags that mean the same in every command. */
const FLAGS: Readonly<Record<string, Source>> = {
  backup: "backups",
  context: "contexts",
  profile: "profiles",
  kubeconfig: "files",
  "ca-bundle": "files",
  "copy-ca-bundle": "files",
  identity: "files",
  transform: "files",
  tag: "tags",
  "keep-tag": "tags",
  namespace: "namespaces",
  "include-namespaces": "namespaces",
  "exclude-namespaces": "namespaces",
  kinds: "kinds",
  "include-kinds": "kinds",
  "exclude-kinds": "kinds",
};

/** Sources of the arguments and flags of single commands. */
const OF_COMMAND: Readonly<Record<string, Readonly<Record<string, readonly Source[]>>>> = {
  restore: { words: ["words"] },
  describe: { BACKUP: ["backups"] },
  list: { BACKUP: ["backups"] },
  verify: { BACKUP: ["backups"] },
  // Each by its name: `latest` is none that may be deleted.
  delete: { BACKUP: ["names"], "--backup": ["names"] },
  tag: { BACKUP: ["backups"], tags: ["tags"] },
  untag: { BACKUP: ["backups"], tags: ["tags"] },
  copy: { BACKUP: ["backups"] },
  diff: { words: ["words"] },
  log: { words: ["words"] },
  get: { words: ["words"] },
  export: { words: ["backups", "files"] },
  keygen: { folder: ["files"] },
  completion: { shell: ["shells"] },
  config: { NAME: ["profiles"] },
};

/** Candidates of flags and arguments that yargs knows no choices of: of one command, or of all. */
export const FIXED_VALUES: Readonly<Record<string, readonly string[]>> = {
  "config action": ["view", "use-profile"],
  "get --output": ["table", "wide", "yaml", "json", "name", "jsonpath=", "custom-columns="],
  "check-access --for": ["backup", "restore", "prune"],
  "--color": ["always", "auto", "never"],
  "--s3-addressing": ["auto", "path", "virtual"],
  "--copy-s3-addressing": ["auto", "path", "virtual"],
  "--copy-s3-sse": ["AES256", "aws:kms", "aws:kms:dsse"],
  "--copy-object-lock": ["governance", "compliance"],
  "--s3-sse": ["AES256", "aws:kms", "aws:kms:dsse"],
};

/** How many backups a command takes among its words, where that is not one. */
export const MOST_BACKUPS: Readonly<Record<string, number>> = { diff: 2, log: 0 };

/** Arguments that only one word before them has. */
const ONLY_AFTER: Readonly<Record<string, string>> = { "config NAME": "use-profile" };

/** The sources of candidates for a completion target. */
export function sourcesOf(target: CompletionTarget): readonly Source[] {
  if (target.kind === "positional") {
    const only = ONLY_AFTER[`${target.command.name} ${target.name}`];
    if (only !== undefined && target.earlier.at(-1) !== only) return [];
    return OF_COMMAND[target.command.name]?.[target.name] ?? [];
  }
  if (target.kind !== "value") return [];
  const own = OF_COMMAND[target.command.name]?.[`--${target.flag.name}`];
  const common = FLAGS[target.flag.name];
  return own ?? (common === undefined ? [] : [common]);
}
