import { API_LIFETIMES, type ApiLifetime } from "./api-lifetimes.ts";
import { isBuiltIn } from "./built-in-groups.ts";
import { apiVersion, parseApiVersion, type Resource } from "./resource.ts";

/** A kind in one version of its group. */
export type VersionedKind = Pick<Resource, "group" | "version" | "kind">;

/** Another version in which a kind is served. Versions of Kubernetes are minor ones of 1. */
interface OtherVersion {
  /** `policy/v1`. */
  apiVersion: string;
  /** From which Kubernetes on; 0 before the table begins. */
  since: number;
}

/**
 * Whether a Kubernetes serves a kind in this version. In detail where not:
 *
 * - `since`: the first Kubernetes that does, where that is a later one;
 * - `removed`: the first that does no more;
 * - neither: the table does not know the kind;
 * - `others`: other versions of the kind that it serves, the stable ones first.
 */
export type KindServed =
  | { served: true }
  | { served: false; since?: number; removed?: number; others: readonly OtherVersion[] };

/** The groups that the table has. */
const GROUPS: ReadonlySet<string> = new Set(
  Object.keys(API_LIFETIMES).map((version) => parseApiVersion(version).group),
);

/** Whether a kind is one that the table judges: custom resources are not. */
export function isJudged(group: string): boolean {
  return GROUPS.has(group) || isBuiltIn(group);
}

/**
 * Whether a Kubernetes serves a built-in kind in a version. Versions that are off by default count as served.
 *
 * @param minor the minor version of 1.
 */
export function kindServed(kind: VersionedKind, minor: number): KindServed {
  const lifetime = API_LIFETIMES[apiVersion(kind)]?.[kind.kind];
  if (lifetime !== undefined && includes(lifetime, minor)) return { served: true };
  const others = otherVersions(kind, lifetime, minor);
  if (lifetime === undefined) return { served: false, others };
  const [since, removed] = lifetime;
  return since > minor
    ? { served: false, since, others }
    : { served: false, ...(removed === undefined ? {} : { removed }), others };
}

function otherVersions(
  { group, kind }: VersionedKind,
  lifetime: ApiLifetime | undefined,
  minor: number,
): OtherVersion[] {
  const groups = [group, lifetime?.[2]];
  return Object.entries(API_LIFETIMES)
    .flatMap(([version, kinds]) => {
      const other = groups.includes(parseApiVersion(version).group) ? kinds[kind] : undefined;
      return other !== undefined && includes(other, minor) ? [{ apiVersion: version, since: other[0] }] : [];
    })
    .sort((a, b) => Number(isStable(b)) - Number(isStable(a)) || b.apiVersion.localeCompare(a.apiVersion));
}

function includes([since, removed = Number.POSITIVE_INFINITY]: ApiLifetime, minor: number): boolean {
  return since <= minor && minor < removed;
}

function isStable(version: Pick<OtherVersion, "apiVersion">): boolean {
  return /(?:^|\/)v\d+$/.test(version.apiVersion);
}
