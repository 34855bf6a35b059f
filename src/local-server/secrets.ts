import { randomBytes, timingSafeEqual } from "node:crypto";

/** Bytes of each secret: nobody guesses 256 bits. */
const BYTES = 32;

/** What tells the browser of this user from everything else on the machine. */
export interface Secrets {
  /** In the address that is printed; undefined once it was traded. */
  token: string | undefined;
  /** The value of the cookie that the token is traded for. */
  session: string;
  /**
   * The first part of all paths. Browsers send cookies to every port of a host: a cookie of this path goes to no server that
   * does not know it.
   */
  folder: string;
}

/** Makes new secrets. */
export function newSecrets(): Secrets {
  const [token, session, folder] = [BYTES, BYTES, BYTES].map((size) =>
    randomBytes(size).toString("base64url"),
  ) as [string, string, string];
  return { token, session, folder };
}

/** Whether two texts are the same, in a time that tells nothing about where they differ. */
export function isSameSecret(given: string, secret: string): boolean {
  const [one, other] = [new TextEncoder().encode(given), new TextEncoder().encode(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}
