import { Secret } from "./secret.ts";

/** An access key of S3. */
export interface AccessKey {
  /** No secret by itself, but nobody's business in logs. */
  accessKeyId: Secret;
  secretAccessKey: Secret;
  /** Goes along with temporary keys. */
  sessionToken?: Secret;
}

/**
 * The access key that the environment gives, or undefined where the S3 client looks for one itself
 * (profiles, web identity, the machine's role).
 *
 * @param environment with values that may end in a line break, as those of Kubernetes Secrets often do.
 * @returns the key and what is wrong with it, in which values never appear.
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
