import { apiVersion, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { CrdFacts } from "../live/crd-facts.ts";

/** What the choice of a version rests on. */
export interface VersionFacts {
  /** The resource in the version in which the archive has its objects. */
  archived: Pick<Resource, "group" | "version" | "resource">;
  /** Versions in which the API server serves the resource, the preferred one first. */
  served: readonly string[];
  /** The CRD in the cluster and in the backup, where the resource is a custom resource. */
  inCluster?: CrdFacts | undefined;
  inBackup?: CrdFacts | undefined;
}

/** The version in which objects are written, or why they cannot be restored and what to do. */
export type VersionChoice = { version: string } | { reason: string };

/**
 * Chooses the version in which a resource's objects are written: the version of the archive, where that is served;
 * otherwise a version that differs from it in name only.
 *
 * The versions of a CRD without conversion (strategy `None`) differ in name only, also those that are not
 * served: the API server itself then changes the name and nothing else.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
 */
export function chooseVersion({ archived, served, inCluster, inBackup }: VersionFacts): VersionChoice {
  const { version } = archived;
  if (served.includes(version)) return { version };
  const crds = [inCluster, inBackup].filter((crd) => crd !== undefined);
  for (const other of served) {
    const same = crds.some(
      ({ sameInAll, versions }) => sameInAll && knows(versions, version) && knows(versions, other),
    );
    if (same) return { version: other };
  }
  const name = resourceName(archived);
  const fact = `the API server does not serve ${name} as ${apiVersion(archived)}, only as ${served.join(", ")}`;
  const exported = "kube-backup export writes them out, to be converted and applied by hand";
  if (inCluster !== undefined && knows(inCluster.versions, version)) {
    return {
      reason: `${fact}: its definition has ${version}, converted by a webhook, and does not serve it; set served: true for ${version} in the CustomResourceDefinition ${name} and restore again`,
    };
  }
  if (crds.length > 0) {
    return {
      reason: `${fact}: no definition says how ${version} becomes one of these; install the release of what defines ${name} that serves ${version} and restore again, or ${exported}`,
    };
  }
  return { reason: `${fact}: restore into a Kubernetes that serves ${version}, or ${exported}` };
}

function knows(versions: CrdFacts["versions"], version: string): boolean {
  return versions.some(({ name }) => name === version);
}
