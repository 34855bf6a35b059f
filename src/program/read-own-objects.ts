import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { annotation, member } from "../kubernetes/object-facts.ts";
import { collectionPath, type Resource, resourceName } from "../kubernetes/resource.ts";
import { SYSTEM_NAMESPACE } from "../objects/kept-system-objects.ts";
import { type IsOwn, NAME_LABEL, NONE_OWN, ownObjects, PROGRAM_NAME } from "../objects/own-objects.ts";
import { usedByPod } from "./used-by-pod.ts";

/** What runs this program: it, and its rehearsals. */
const WORKLOADS: readonly Resource[] = [
  { group: "apps", version: "v1", resource: "deployments", kind: "Deployment", namespaced: true },
  { group: "batch", version: "v1", resource: "cronjobs", kind: "CronJob", namespaced: true },
];

/** What the manifests name, also where the workloads may not be read: settings and keys. */
const USUAL = [
  ...["Secret/kube-backup", "Secret/kube-backup-keys", "ServiceAccount/kube-backup"],
  "ServiceAccount/kube-backup-rehearsal",
];

/**
 * Which objects of the program's namespace are its own. In kube-system, of which a backup holds nothing, nothing is looked
 * up. A kind of workload that may not be listed is taken to use what the manifests name.
 *
 * @param namespace that of the program; kube-system by default.
 */
export async function readOwnObjects(
  client: ApiClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<IsOwn> {
  if (namespace === undefined || namespace === SYSTEM_NAMESPACE) return NONE_OWN;
  const used = new Set(USUAL);
  const releases = new Set<string>();
  for (const resource of WORKLOADS) {
    for (const object of (await listLabelled(client, { resource, namespace }, signal)) ?? []) {
      for (const name of usedByPod(podSpecOf(object))) used.add(name);
      const release = annotation(object, "meta.helm.sh/release-name");
      if (typeof release === "string") releases.add(release);
    }
  }
  return ownObjects({ namespace, used, releases });
}

/** The namespaces with a Deployment that carries the program's label; undefined where they may not be listed. */
export async function findProgramNamespaces(
  client: ApiClient,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const [resource] = WORKLOADS as [Resource];
  const found = await listLabelled(client, { resource, namespace: undefined }, signal);
  return found && [...new Set(found.map((object) => String(member(object, "metadata")["namespace"])))].sort();
}

/** The Deployments of a namespace that carry the program's label; none where they may not be listed. */
export async function findProgramDeployments(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<{ namespace: string; name: string; uid: string }[]> {
  const [resource] = WORKLOADS as [Resource];
  const found = (await listLabelled(client, { resource, namespace }, signal)) ?? [];
  return found.map((object) => {
    const { name, uid } = member(object, "metadata");
    return { namespace, name: String(name), uid: String(uid) };
  });
}

/** The objects with the program's label; undefined where they may not be listed, or the kind is not served. */
async function listLabelled(
  client: ApiClient,
  { resource, namespace }: { resource: Resource; namespace: string | undefined },
  signal: AbortSignal,
): Promise<JsonObject[] | undefined> {
  try {
    const list = await client.get<{ items?: JsonObject[] | null }>(
      {
        what: `list ${resourceName(resource)}`,
        path: collectionPath(resource, namespace),
        query: { labelSelector: `${NAME_LABEL}=${PROGRAM_NAME}` },
      },
      signal,
    );
    return list.items ?? [];
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 404)) throw error;
    return undefined;
  }
}

/** The Pods of a Deployment or a CronJob. */
function podSpecOf(object: JsonObject): JsonObject {
  const spec = member(object, "spec");
  const job = member(member(spec, "jobTemplate"), "spec");
  return member(member("template" in spec ? spec : job, "template"), "spec");
}
