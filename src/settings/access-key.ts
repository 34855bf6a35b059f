import { Secret } from "./secret.ts";

/** An S3 access key. */
export interface AccessKey {
  /** Not secret, but not for logs. */
  accessKeyId: Secret;
  secretAccessKey: Secret;
  /** Only for temporary credentials. */
  sessionToken?: Secret;
}

/**
 * Reads the access key from the environment. Without a key there, the S3 client uses its credential chain
 * (profiles, web identity, the machine's role).
 *
 * @param environment values may end in a line break, as values of Kubernetes Secrets often do.
 * @returns the key, if any, and the problems, which never contain values.
 */
export function readAccessKey(environment: Record<string, string | undefined>): {
  key: AccessKey | undefined;
  problems: string[];
} {
  const id = environment["AWS_ACCESS_KEY_ID"]?.trim() ?? "";
  const secret = environment["AWS_SECRET_ACCESS_KEY"]?.trim() ?? "";
  const token = environment["AWS_SESSION_TOKEN"]?.trim() ?? "";
  if (id === "" && secret === "") return { key: undefined, problems: [] };
  if (id === "") return { key: undefined, problems: [half("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")] };
  if (secret === "")
    return { key: undefined, problems: [half("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")] };
  const key = { accessKeyId: new Secret(id), secretAccessKey: new Secret(secret) };
  return { key: token === "" ? key : { ...key, sessionToken: new Secret(token) }, problems: [] };
}

function half(missing: string, given: string): string {
  return `${missing} is missing, and ${given} is set: set both, or neither to use a profile or a role`;
}
