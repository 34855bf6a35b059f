import { KNOWN_KUBERNETES } from "./api-lifetimes.ts";

/** The oldest and the newest Kubernetes whose APIs this program knows, for people. */
export const KNOWN_RANGE = `1.${KNOWN_KUBERNETES.oldest} to 1.${KNOWN_KUBERNETES.newest}`;

/**
 * The minor version of 1 that a version of Kubernetes means: `1.37`, `v1.37.2`, `1.37.2+k3s1`. Undefined where the text is
 * none, or where {@link KNOWN_KUBERNETES} ends before it.
 */
export function knownMinor(text: string): number | undefined {
  const digits = /^v?1\.(\d{1,3})(?:\.\d+)?(?:[-+][\w.+-]+)?$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const minor = Number(digits);
  return minor >= KNOWN_KUBERNETES.oldest && minor <= KNOWN_KUBERNETES.newest ? minor : undefined;
}
