import { Identities, parseIdentities } from "../encryption/identities.ts";
import { entryOfVariable, type FileEntries } from "./file-entries.ts";
import { readText } from "./files.ts";
import type { Parsed } from "./values.ts";
import { type Environment, findVariable } from "./variables.ts";

/** A file of private keys; the value holds them. */
export function parseKeyFile(file: string): Parsed<Identities> {
  const text = readText(file);
  return "problem" in text ? text : parseIdentities(text.value);
}

/**
 * Reads the private keys of age. AGE_KEY has no flag: other users of the machine can read command lines.
 *
 * @param keys the keys of AGE_KEY_FILE, which count too, and the configuration file, read where the environment has none.
 * @returns the keys, if any, and the problems, which never contain keys.
 */
export function readAgeKey(
  environment: Environment,
  { ofFile, file }: { ofFile: Identities | undefined; file: FileEntries },
): { identities: Identities | undefined; problems: string[] } {
  const found = findVariable(environment, "AGE_KEY", ["SOPS_AGE_KEY"]);
  const entry = (found.text ?? "").trim() === "" ? file.get(entryOfVariable("AGE_KEY")) : undefined;
  const { name, text = "" } = entry === undefined ? found : { name: entry.label, text: entry.text };
  if (text.trim() === "") return { identities: ofFile, problems: [] };
  const parsed = parseIdentities(text);
  if ("problem" in parsed) return { identities: undefined, problems: [`${name} ${parsed.problem}`] };
  return { identities: Identities.all(parsed.value, ofFile), problems: [] };
}
