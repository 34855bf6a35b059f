import type { ManifestResource } from "../../archive/format/manifest.ts";
import { apiVersion, resourceName } from "../../kubernetes/resource.ts";
import { isJudged, kindServed } from "../../kubernetes/served-kinds.ts";

/** Objects of a backup that a Kubernetes does not serve in the version that the backup has. */
export interface UnservedKind {
  /** `podsecuritypolicies.policy`. */
  resource: string;
  /** `policy/v1beta1`. */
  apiVersion: string;
  kind: string;
  /** Number of objects. */
  objects: number;
  /** The first Kubernetes that serves it, where that is a later one, `1.34`; null otherwise. */
  addedIn: string | null;
  /** The first Kubernetes that does not serve it any more; null where it is not known, or comes later. */
  removedIn: string | null;
  /** The versions in which that Kubernetes serves the kind, and from which Kubernetes on. Empty where it is gone. */
  servedAs: readonly { apiVersion: string; addedIn: string | null }[];
}

/** What a Kubernetes serves of a backup. */
export interface KindsJudgment {
  /** `1.37`. */
  version: string;
  unserved: readonly UnservedKind[];
}

/**
 * Which kinds of a backup a Kubernetes does not serve as the backup has them. A restore fails for their objects: it does
 * not convert built-in kinds. Custom resources are served by definitions and are not judged.
 *
 * @param minor the minor version of 1.
 */
export function judgeKinds(
  resources: readonly Pick<ManifestResource, "group" | "version" | "resource" | "kind" | "objects">[],
  minor: number,
): KindsJudgment {
  const unserved = resources.flatMap((resource): UnservedKind[] => {
    if (resource.objects === 0 || !isJudged(resource.group)) return [];
    const found = kindServed(resource, minor);
    if (found.served) return [];
    return [
      {
        resource: resourceName(resource),
        apiVersion: apiVersion(resource),
        kind: resource.kind,
        objects: resource.objects,
        addedIn: kubernetes(found.since),
        removedIn: kubernetes(found.removed),
        servedAs: found.others.map((other) => ({
          apiVersion: other.apiVersion,
          addedIn: kubernetes(other.since),
        })),
      },
    ];
  });
  return { version: `1.${minor}`, unserved };
}

function kubernetes(minor: number | undefined): string | null {
  return minor === undefined || minor === 0 ? null : `1.${minor}`;
}
