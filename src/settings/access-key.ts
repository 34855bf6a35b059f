import { entryOfVariable, type FileEntries } from "./file-entries.ts";
import { Secret } from "./secret.ts";
import { type Environment, ownVariable, readVariable } from "./variables.ts";

/** An S3 access key. */
export interface AccessKey {
  /** Not secret, but not for logs. */
  accessKeyId: Secret;
  secretAccessKey: Secret;
  /** Only for temporary credentials. */
  sessionToken?: Secret;
  /** The variables that the key is from, unless they are this program's alone. */
  sharedVariables: readonly string[];
}

const ID = "AWS_ACCESS_KEY_ID";
const SECRET = "AWS_SECRET_ACCESS_KEY";
const TOKEN = "AWS_SESSION_TOKEN";

/**
 * Reads the access key from the environment, or from the configuration file where the environment has no part of one. Without a
 * key there, the S3 client uses its credential chain (profiles, web identity, the machine's role).
 *
 * @param environment values may end in a line break, as values of Kubernetes Secrets often do.
 * @returns the key, if any, and the problems, which never contain values.
 */
export function readAccessKey(
  environment: Environment,
  file: FileEntries,
): {
  key: AccessKey | undefined;
  problems: string[];
} {
  const own = [ID, SECRET].some((name) => environment[ownVariable(name)]?.trim());
  // The three belong together: a key of kube-backup's own has no use for another program's session token.
  const inFile = ![ID, SECRET, TOKEN].some((name) => readVariable(environment, name) !== "");
  const read = (name: string) => {
    if (inFile) return file.get(entryOfVariable(name))?.text.trim() ?? "";
    return own ? (environment[ownVariable(name)]?.trim() ?? "") : readVariable(environment, name);
  };
  const named = (name: string) =>
    inFile
      ? (file.get(entryOfVariable(name))?.label ?? entryOfVariable(name))
      : own
        ? ownVariable(name)
        : name;
  const id = read(ID);
  const secret = read(SECRET);
  const token = read(TOKEN);
  if (id === "" && secret === "") return { key: undefined, problems: [] };
  if (id === "") return { key: undefined, problems: [half(named(ID), named(SECRET))] };
  if (secret === "") return { key: undefined, problems: [half(named(SECRET), named(ID))] };
  const sharedVariables = [ID, SECRET, TOKEN].filter((name) => !own && environment[name] !== undefined);
  const key = { accessKeyId: new Secret(id), secretAccessKey: new Secret(secret), sharedVariables };
  return { key: token === "" ? key : { ...key, sessionToken: new Secret(token) }, problems: [] };
}

function half(missing: string, given: string): string {
  return `${missing} is missing, and ${given} is set: set both, or neither to use a profile or a role`;
}
