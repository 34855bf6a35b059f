import { discoverResources } from "../cluster/discovery.ts";
import { listInNamespaces } from "../cluster/lists/list-in-namespaces.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { isBeingDeleted, metadataOf } from "../kubernetes/metadata.ts";
import { type Candidate, hasCondition, label, member } from "../kubernetes/object-facts.ts";
import { objectTitle, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { candidateOf, Exclusions, isExcluded } from "../objects/excluded.ts";
import { readExcludedNamespaces } from "./live/excluded-namespaces.ts";

/**
 * What runs containers. Owners come before what they make, so that a label on an owner is known by then; Pods come last,
 * and stand for whatever operators run.
 */
const WORKLOADS: readonly string[] = [
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "cronjobs.batch",
  "replicasets.apps",
  "replicationcontrollers",
  "jobs.batch",
  "pods",
];

/** The namespace and the label of this program's own objects. */
const OWN_NAMESPACE = "kube-system";
const OWN_NAME = "kube-backup";

/** Which workloads run in a cluster, or in what this user sees of it. */
export type RunningWorkloads =
  /** One of them: `Deployment shop/web`. */
  | { kind: "running"; workload: string }
  /** None, as far as can be seen: these resources may not be listed. */
  | { kind: "none"; unseen: readonly string[] }
  /** Nothing may be listed at all. */
  | { kind: "hidden"; unseen: readonly string[] };

/** Options of {@link findRunningWorkload}. */
export interface WorkloadOptions {
  client: ApiClient;
  /** The namespaces that are looked into where the whole cluster may not be listed. */
  namespaces: ReadonlySet<string>;
  /** The namespace of this program, whose own objects do not count. */
  programNamespace?: string;
}

/**
 * Looks for a workload outside the system namespaces, whatever a backup holds. What is finished, is being deleted, or
 * carries a label that leaves it out of backups does not count.
 */
export async function findRunningWorkload(
  options: WorkloadOptions,
  signal: AbortSignal,
): Promise<RunningWorkloads> {
  const { client, namespaces, programNamespace = OWN_NAMESPACE } = options;
  const resources = workloadsAmong(await discoverResources(client, signal));
  const excluded = await readExcludedNamespaces(client, { part: false, names: namespaces }, signal);
  const look = { client, namespaces, programNamespace, excluded, exclusions: new Exclusions() };
  const unseen: string[] = [];
  for (const resource of resources) {
    const found = await findAmong(look, resource, signal);
    if (found.workload !== undefined) return { kind: "running", workload: found.workload };
    if (!found.listed) unseen.push(resourceName(resource));
  }
  return { kind: unseen.length < resources.length ? "none" : "hidden", unseen };
}

interface Look extends Required<WorkloadOptions> {
  /** Namespaces that a label leaves out. */
  excluded: ReadonlySet<string>;
  exclusions: Exclusions;
}

/** The first workload among the objects of a resource, and whether they may be listed. */
async function findAmong(
  look: Look,
  resource: Resource,
  signal: AbortSignal,
): Promise<{ workload?: string; listed: boolean }> {
  const { client, namespaces } = look;
  // Where the whole cluster may not be listed, and there is no namespace to look into, no page comes.
  let listed = false;
  try {
    const pages = listInNamespaces(client, resource, { namespaces, everywhere: true }, signal);
    for await (const { items } of pages) {
      listed = true;
      for (const object of items) {
        const candidate = candidateOf(resource.kind, object);
        if (counts(look, candidate)) return { workload: objectTitle(resource.kind, candidate), listed };
      }
    }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return { listed: false };
  }
  return { listed };
}

/** Whether an object is a workload of somebody else's that runs. Keeps the uids of those that labels leave out. */
function counts({ programNamespace, excluded, exclusions }: Look, candidate: Candidate): boolean {
  const { namespace = "", object } = candidate;
  if (namespace.startsWith("kube-") || excluded.has(namespace)) return false;
  if (namespace === programNamespace && label(object, "app.kubernetes.io/name") === OWN_NAME) return false;
  if (isExcluded(object) || exclusions.hasExcludedController(object)) {
    exclusions.addOwners([metadataOf(object).uid]);
    return false;
  }
  return isRunning(candidate);
}

function workloadsAmong(served: readonly ServedResource[]): ServedResource[] {
  return WORKLOADS.flatMap((name) => served.filter((each) => resourceName(each) === name));
}

/** Whether an object runs something, or would. */
function isRunning({ kind, object }: Candidate): boolean {
  if (isBeingDeleted(object)) return false;
  if (kind === "Job") return !hasCondition(object, ["Complete", "Failed"]);
  if (kind === "Pod") return !["Succeeded", "Failed"].includes(String(member(object, "status")["phase"]));
  return true;
}
