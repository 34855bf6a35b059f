import type { Question } from "./question.ts";

/** Where words come from that are in no declaration. */
export type Source = "backups" | "kinds" | "namespaces" | "contexts" | "files" | "shells";

/** The sources of flags that mean the same wherever they are. */
const FLAGS: Readonly<Record<string, Source>> = {
  context: "contexts",
  kubeconfig: "files",
  namespace: "namespaces",
  "include-namespaces": "namespaces",
  "exclude-namespaces": "namespaces",
  kinds: "kinds",
  "include-kinds": "kinds",
  "exclude-kinds": "kinds",
};

/** Those of a command's own arguments and flags. */
const OF_COMMAND: Readonly<Record<string, Readonly<Record<string, readonly Source[]>>>> = {
  restore: { backup: ["backups"], objects: ["kinds"] },
  verify: { backup: ["backups"] },
  diff: { backup: ["backups"], other: ["backups"] },
  get: { resources: ["kinds"], "--from": ["backups"] },
  export: { words: ["backups", "files"] },
  completion: { shell: ["shells"] },
};

/** Words of flags whose values are no choice between a few alone. */
export const FIXED_VALUES: Readonly<Record<string, readonly string[]>> = {
  "get --output": ["table", "wide", "yaml", "json", "name", "jsonpath=", "custom-columns="],
};

/** Where the answers to a question come from. */
export function sourcesOf(question: Question): readonly Source[] {
  if (question.kind === "positional") return OF_COMMAND[question.command.name]?.[question.name] ?? [];
  if (question.kind !== "value") return [];
  const own = OF_COMMAND[question.command.name]?.[`--${question.flag.name}`];
  const common = FLAGS[question.flag.name];
  return own ?? (common === undefined ? [] : [common]);
}
