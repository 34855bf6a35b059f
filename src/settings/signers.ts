import { type AllowedSigner, parseAllowedSigners } from "../signatures/allowed-signers.ts";
import { parseSigningKey, type SigningKey } from "../signatures/signing-key.ts";
import { entryOfVariable, type FileEntries } from "./file-entries.ts";
import { readText } from "./files.ts";
import type { Parsed } from "./values.ts";
import { type Environment, findVariable } from "./variables.ts";

/** A file of the key that signs notes. */
export function parseSigningKeyFile(file: string): Parsed<SigningKey> {
  const text = readText(file);
  return "problem" in text ? text : parseSigningKey(text.value);
}

/** A file of the signers that are believed. */
export function parseAllowedSignersFile(file: string): Parsed<AllowedSigner[]> {
  const text = readText(file);
  return "problem" in text ? text : parseAllowedSigners(text.value);
}

/** Who signs, and who is believed. */
export interface SignatureKeys {
  /** Signs the notes of backups; they are not signed by default. */
  signingKey?: SigningKey | undefined;
  /** Whose notes are believed; everybody's by default. */
  allowedSigners?: readonly AllowedSigner[] | undefined;
}

/**
 * Reads SIGNING_KEY and ALLOWED_SIGNERS, which have no flag: the first is a secret, and both have several lines.
 *
 * @param ofFiles what the files hold; each is used where its variable is not set. The configuration file is read where the
 *   environment has neither.
 * @returns the keys, and the problems, which never contain a private key.
 */
export function readSignatureKeys(
  environment: Environment,
  { file, ...ofFiles }: SignatureKeys & { file: FileEntries },
): { keys: SignatureKeys; problems: string[] } {
  const problems: string[] = [];
  function read<Value>(variable: string, parse: (text: string) => Parsed<Value>): Value | undefined {
    const found = findVariable(environment, variable);
    const entry = (found.text ?? "").trim() === "" ? file.get(entryOfVariable(variable)) : undefined;
    const { name, text = "" } = entry === undefined ? found : { name: entry.label, text: entry.text };
    if (text.trim() === "") return undefined;
    const parsed = parse(text);
    if ("value" in parsed) return parsed.value;
    problems.push(`${name} ${parsed.problem}`);
    return undefined;
  }
  return {
    keys: {
      signingKey: read("SIGNING_KEY", parseSigningKey) ?? ofFiles.signingKey,
      allowedSigners: read("ALLOWED_SIGNERS", parseAllowedSigners) ?? ofFiles.allowedSigners,
    },
    problems,
  };
}
