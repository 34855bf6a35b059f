/**
 * The archive's table of contents, the file `MANIFEST`. docs/archive-format.md specifies it.
 */

import type { Resource } from "../../kubernetes/resource.ts";

/** The format that this program writes; it reads this one and all before it. */
export const FORMAT_VERSION = 1;

/** What the archive holds of one resource, which it names as the cluster did. */
export interface ManifestResource extends Omit<Resource, "statusVersions"> {
  /** Number of objects in the archive. */
  objects: number;
  /** The resource version at which the objects were read. */
  revision: string;
  /** Whether that is the archive's revision: the same moment as all others. */
  sameMoment: boolean;
}

/** One file of the archive, the manifest itself and its checksum left out. */
export interface ManifestFile {
  /** Path in the zip, `namespaces/shop/deployments.apps.json`. */
  path: string;
  /** `objects`: a List for kubectl; `owners`, `managers`, `status`: the owner references, field managers and statuses of such a file's objects; `text`: for people. */
  content: "objects" | "owners" | "managers" | "status" | "text";
  /** `deployments.apps`, `secrets`; absent for texts. */
  resource?: string;
  /** Absent for cluster-scoped resources and texts. */
  namespace?: string;
  /** Number of objects, or of those that this file tells of; absent for texts. */
  objects?: number;
  /**
   * Of an objects file: the field manager that wrote, alone and by updates, every object that the file of
   * managers does not name.
   */
  manager?: string;
  /** Size in bytes, unpacked. */
  bytes: number;
  /** SHA-256 of the unpacked bytes, hexadecimal. */
  sha256: string;
}

/** The whole manifest. */
export interface Manifest {
  /** Always "kube-backup": tells our archives from other zips. */
  format: "kube-backup";
  formatVersion: number;
  program: { version: string; commit: string };
  cluster: {
    /** uid of the namespace kube-system, which names a cluster for its lifetime. */
    id: string;
    /** The API server's gitVersion, `v1.36.3`. */
    kubernetesVersion: string;
  };
  /** The backup's moment, RFC 3339, UTC, whole seconds. */
  time: string;
  /** The etcd revision at which everything was read. */
  revision: string;
  /** Whether every resource was read at that revision. */
  oneMoment: boolean;
  /** Resources that were asked for and could not be read, or not to their end. */
  missing: { resource: string; reason: string }[];
  /** What the person who restores must know, one sentence each. */
  warnings: string[];
  resources: ManifestResource[];
  /** Number of objects by kind. */
  counts: Record<string, number>;
  files: ManifestFile[];
}

/** What the writer is told; it adds the files and the counts itself. */
export type ManifestFacts = Omit<Manifest, "format" | "formatVersion" | "files" | "counts">;

/**
 * The bytes of `MANIFEST`: JSON, with each resource and each file on a line of its own, so that a
 * person can read it and line tools can search it.
 */
export function formatManifest(manifest: Manifest): string {
  const members = Object.entries(manifest).map(([key, value]) => {
    const lines = key === "resources" || key === "files" ? (value as unknown[]) : undefined;
    if (lines === undefined || lines.length === 0) return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    return `${JSON.stringify(key)}: [\n${lines.map((line) => `    ${JSON.stringify(line)}`).join(",\n")}\n  ]`;
  });
  return `{\n${members.map((member) => `  ${member}`).join(",\n")}\n}\n`;
}
