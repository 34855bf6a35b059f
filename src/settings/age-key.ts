import { Identities, parseIdentities } from "../encryption/identities.ts";
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
 * @param ofFile the keys of the file, which count too.
 * @returns the keys, if any, and the problems, which never contain keys.
 */
export function readAgeKey(
  environment: Environment,
  ofFile: Identities | undefined,
): { identities: Identities | undefined; problems: string[] } {
  const { name, text = "" } = findVariable(environment, "AGE_KEY", ["SOPS_AGE_KEY"]);
  if (text.trim() === "") return { identities: ofFile, problems: [] };
  const parsed = parseIdentities(text);
  if ("problem" in parsed) return { identities: undefined, problems: [`${name} ${parsed.problem}`] };
  return { identities: Identities.all(parsed.value, ofFile), problems: [] };
}
