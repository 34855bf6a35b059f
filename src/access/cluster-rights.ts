import {
  CONFIG_MAPS,
  type GroupResource,
  isNamespaces,
  NAMESPACES,
  type ObjectKey,
  resourceName,
} from "../kubernetes/resource.ts";
import { LEASES, LOOP_LEASE, RESTORE_LEASE } from "../lease/lease-record.ts";
import type { Job } from "../store/contract/store-access.ts";

/** One verb on one resource. */
export interface ClusterRight extends GroupResource {
  verb: string;
  /** Undefined for all namespaces, and for resources of the cluster. */
  namespace?: string;
  /** Undefined for all objects. */
  name?: string;
  jobs: readonly Job[];
}

/** Verbs of all resources. A backup only lists, and a change log watches; a restore looks at what is there, creates, and hands fields back. */
const VERBS: readonly (readonly [verb: string, jobs: readonly Job[]])[] = [
  ["list", ["backup", "restore"]],
  ["watch", ["backup"]],
  ["get", ["restore"]],
  ["create", ["restore"]],
  ["patch", ["restore"]],
];

/** Verbs that a restore of single resources needs besides, as deploy/components/all-kinds/rights.yaml has them. */
const MORE_VERBS: Readonly<Record<string, readonly string[]>> = {
  "roles.rbac.authorization.k8s.io": ["escalate", "bind"],
  "clusterroles.rbac.authorization.k8s.io": ["escalate", "bind"],
};

/**
 * The rights that backups, the restore gate and a restore need of the API server: those of kube-backup.yml, for the
 * resources that are backed up.
 *
 * @param resources what KINDS selects; Namespaces come along.
 * @param record the ConfigMap in which the gate records a restore that has begun.
 * @param changeLog whether changes between backups are recorded: only then anything is watched.
 */
export function clusterRights(
  resources: readonly GroupResource[],
  record: ObjectKey & { namespace: string },
  wanted: readonly Job[],
  { changeLog }: { changeLog: boolean },
): ClusterRight[] {
  const all = [NAMESPACES, ...resources.filter((each) => !isNamespaces(each))];
  const rights: ClusterRight[] = all.flatMap(({ group, resource }) => [
    ...VERBS.filter(([verb]) => changeLog || verb !== "watch").map(([verb, jobs]) => ({
      ...{ verb, group, resource, jobs },
    })),
    ...(MORE_VERBS[resourceName({ group, resource })] ?? []).map((verb) => ({
      verb,
      group,
      resource,
      jobs: ["restore"] as const,
    })),
  ]);
  rights.push(...leaseRights(record.namespace));
  // Without it, the program goes on and says so.
  rights.push({
    ...{ verb: "create", group: "", resource: "events", namespace: record.namespace, jobs: ["restore"] },
  });
  const { group, resource } = CONFIG_MAPS;
  const ofRecord = { group, resource, namespace: record.namespace, jobs: ["restore"] as const };
  if (!all.some((each) => each.group === group && each.resource === resource)) {
    rights.push({ verb: "get", ...ofRecord, name: record.name });
    // A right to create cannot be limited to names.
    rights.push({ verb: "create", ...ofRecord });
    rights.push({ verb: "patch", ...ofRecord, name: record.name });
  }
  rights.push({ verb: "delete", ...ofRecord, name: record.name });
  return rights.filter(({ jobs }) => jobs.some((job) => wanted.includes(job)));
}

/** The rights to the Leases, without which the program goes on and says so. The namespace holds Leases of others too. */
function leaseRights(namespace: string): ClusterRight[] {
  const { group, resource } = LEASES;
  const all = { group, resource, namespace, jobs: ["restore"] as const };
  return [
    ...[LOOP_LEASE, RESTORE_LEASE].flatMap((name) =>
      ["get", "update"].map((verb) => ({ verb, ...all, name })),
    ),
    { verb: "create", ...all },
  ];
}
