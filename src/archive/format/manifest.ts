/**
 * The manifest of an archive, the file `MANIFEST`. docs/archive-format.md specifies the manifest.
 */

import type { Resource } from "../../kubernetes/resource.ts";

/** The format that this program writes. The program reads this format and all earlier ones. */
export const FORMAT_VERSION = 1;

/** A resource of the archive, with the names of the cluster. */
export interface ManifestResource extends Omit<Resource, "statusVersions"> {
  /** Number of objects in the archive. */
  objects: number;
  /** The resource version at which the objects were read. */
  revision: string;
  /** Whether that is the revision of the archive: the objects are of the same point in time as all others. */
  sameMoment: boolean;
}

/** A file of the archive, other than the manifest and its checksum. */
export interface ManifestFile {
  /** Path in the zip, `namespaces/shop/deployments.apps.json`. */
  path: string;
  /** `objects`: a List for kubectl; `owners`, `managers`, `status`: owner references, field managers and statuses of the objects of an objects file; `text`: for people. */
  content: "objects" | "owners" | "managers" | "status" | "text";
  /** `deployments.apps`, `secrets`; absent for texts. */
  resource?: string;
  /** Absent for cluster-scoped resources and texts. */
  namespace?: string;
  /** Number of objects in the file, or that the file is about; absent for texts. */
  objects?: number;
  /**
   * Of an objects file: the field manager that wrote, alone and by updates, every object that the managers file does not
   * name.
   */
  manager?: string;
  /** Size in bytes, unpacked. */
  bytes: number;
  /** SHA-256 of the unpacked bytes, hexadecimal. */
  sha256: string;
}

/** Objects of a resource that were left out by one rule. */
export interface ManifestLeftOut {
  /** `taskruns.tekton.dev`. */
  resource: string;
  objects: number;
  /** `finished`, `owner left out`. */
  why: string;
}

/** The backup from which a cluster was restored. */
export interface ManifestParent {
  /** The cluster that made the backup, by the uid of its kube-system. */
  cluster: string;
  /** Name of the backup. */
  backup: string;
  /** When the restore had ended, RFC 3339, UTC, whole seconds. */
  restored: string;
}

/** Objects of one resource that objects of the backup name, that existed, and that the backup does not hold. */
export interface ManifestLacking {
  /** `serviceaccounts`. */
  resource: string;
  /** `kind`: the backup was not asked for the resource; `token`: only a cluster makes such Secrets; `label`: a label leaves it out. */
  why: "kind" | "token" | "label";
  /** The first of them, as `NAMESPACE/NAME`. */
  names: string[];
  /** Number of them all. */
  count: number;
  /** Number of the objects that name them. */
  objects: number;
}

/** A kind that the cluster served and of which the backup was not asked to keep anything. */
export interface ManifestNotKept {
  /** `cronjobs.batch`. */
  resource: string;
  kind: string;
  /** Number of objects; absent where these credentials may not list them, or in a backup of some namespaces. */
  objects?: number;
}

/** The manifest without its files, which are most of it. */
export interface Manifest {
  /** Always "kube-backup": distinguishes archives of this program from other zips. */
  format: "kube-backup";
  formatVersion: number;
  program: { version: string; commit: string };
  cluster: {
    /** The uid of the namespace kube-system, which identifies a cluster for its lifetime. */
    id: string;
    /** CLUSTER_NAME, where it was set. */
    name?: string;
    /** The API server's gitVersion, `v1.36.3`. */
    kubernetesVersion: string;
  };
  /** The time of the backup, RFC 3339, UTC, whole seconds. */
  time: string;
  /** The backup from which the cluster was restored, as its restore flag says; absent where it says none of another cluster. */
  parent?: ManifestParent;
  /** Seconds from one backup to the next, where a loop took it. */
  intervalSeconds?: number;
  /** The tags that were given when the backup was taken, in their order; absent for none. */
  tags?: string[];
  /** The etcd revision at which everything was read. */
  revision: string;
  /** Whether every resource was read at that revision. */
  oneMoment: boolean;
  /** Which namespaces the backup was asked for, as globs; absent for all of them. */
  scope?: { includeNamespaces?: string[]; excludeNamespaces?: string[] };
  /** Resources that were requested and could not be read, or not to the end. */
  missing: { resource: string; reason: string }[];
  /** Number of objects that a label left out, by resource; those in namespaces that it left out among them. */
  excluded: Record<string, number>;
  /** What the person who restores must know, one sentence each. */
  warnings: string[];
  /** What objects of the backup name and the backup does not hold; absent for nothing. */
  lacking?: ManifestLacking[];
  /** The kinds that exist and are not kept; absent for none. */
  notKept?: ManifestNotKept[];
  /** Objects that were left out by rule and that somebody may look for. */
  leftOut?: ManifestLeftOut[];
  /** Names of the resources of which finished objects are kept; absent for none. */
  keepFinished?: string[];
  resources: ManifestResource[];
  /** Number of objects by the title of the kind: `Service`, `Service.serving.knative.dev`. Kinds without objects are absent. */
  counts: Record<string, number>;
}

/** The whole manifest, as its JSON has it. */
export interface WholeManifest extends Manifest {
  files: ManifestFile[];
}

/** The facts for the manifest. The writer adds the counts. */
export type ManifestFacts = Omit<Manifest, "format" | "formatVersion" | "counts" | "excluded"> &
  Partial<Pick<Manifest, "excluded">>;

/**
 * The text of `MANIFEST` in pieces: JSON, with each resource and each file on a line of its own, for people and for line tools.
 * The files are the last member, so that a reader takes them line by line.
 */
export function* formatManifest({
  files,
  ...head
}: Manifest & { files: Iterable<ManifestFile> }): Generator<string> {
  for (const [key, value] of Object.entries(head)) {
    const isList = key === "resources" && head.resources.length > 0;
    yield `${key === "format" ? "{" : ","}\n  ${JSON.stringify(key)}: `;
    yield isList ? [...listOf(head.resources)].join("") : JSON.stringify(value);
  }
  yield ',\n  "files": ';
  yield* listOf(files);
  yield "\n}\n";
}

/** A list with each element on a line of its own. */
function* listOf(elements: Iterable<unknown>): Generator<string> {
  let isEmpty = true;
  for (const element of elements) {
    yield `${isEmpty ? "[" : ","}\n    ${JSON.stringify(element)}`;
    isEmpty = false;
  }
  yield isEmpty ? "[]" : "\n  ]";
}
