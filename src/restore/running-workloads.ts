import { discoverResources } from "../cluster/discovery.ts";
import { listInNamespaces } from "../cluster/lists/list-in-namespaces.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { isBeingDeleted, metadataOf } from "../kubernetes/metadata.ts";
import { type Candidate, hasCondition, label, member } from "../kubernetes/object-facts.ts";
import { objectTitle, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { candidateOf, Exclusions, isExcluded } from "../objects/excluded.ts";
import { SYSTEM_NAMESPACE } from "../objects/kept-system-objects.ts";
import { NAME_LABEL, PROGRAM_NAME } from "../objects/own-objects.ts";
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
  programNamespace?: string | undefined;
}

/**
 * Looks for a workload outside the system namespaces, whatever a backup holds. What is finished, is being deleted, or
 * carries a label that leaves it out of backups does not count.
 */
export async function findRunningWorkload(
  options: WorkloadOptions,
  signal: AbortSignal,
): Promise<RunningWorkloads> {
  const { client, namespaces, programNamespace = SYSTEM_NAMESPACE } = options;
  const resources = workloadsAmong(await discoverResources(client, signal));
  const excluded = await readExcludedNamespaces(client, { part: false, names: namespaces }, signal);
  const look = {
    client,
    namespaces,
    programNamespace,
    excluded,
    exclusions: new Exclusions(),
    everywhere: true,
  };
  const unseen: string[] = [];
  for (const resource of resources) {
    const found = await findAmong(look, resource, signal);
    if (found.workload !== undefined) return { kind: "running", workload: found.workload };
    if (!found.listed) unseen.push(resourceName(resource));
  }
  return { kind: unseen.length < resources.length ? "none" : "hidden", unseen };
}

/**
 * A workload of somebody else's that runs in the program's namespace: `Deployment tools/web`. Undefined where there is none, or
 * none that this user may list.
 */
export async function findWorkloadBeside(
  { client, programNamespace }: { client: ApiClient; programNamespace: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const namespaces = new Set([programNamespace]);
  // A label that leaves the namespace out of backups does not make what runs there the program's.
  const look = {
    client,
    namespaces,
    programNamespace,
    excluded: new Set<string>(),
    exclusions: new Exclusions(),
  };
  for (const resource of workloadsAmong(await discoverResources(client, signal))) {
    const { workload } = await findAmong({ ...look, everywhere: false }, resource, signal);
    if (workload !== undefined) return workload;
  }
  return undefined;
}

interface Look extends Omit<WorkloadOptions, "programNamespace"> {
  programNamespace: string;
  /** Namespaces that a label leaves out. */
  excluded: ReadonlySet<string>;
  exclusions: Exclusions;
  /** Whether the whole cluster is looked at, but for the namespaces of the system, where that is allowed. */
  everywhere: boolean;
}

/** The first workload among the objects of a resource, and whether they may be listed. */
async function findAmong(
  look: Look,
  resource: Resource,
  signal: AbortSignal,
): Promise<{ workload?: string; listed: boolean }> {
  const { client, namespaces, everywhere } = look;
  // Where the whole cluster may not be listed, and there is no namespace to look into, no page comes.
  let listed = false;
  try {
    const pages = listInNamespaces(client, resource, { namespaces, everywhere }, signal);
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
function counts({ programNamespace, excluded, exclusions, everywhere }: Look, candidate: Candidate): boolean {
  const { namespace = "", object } = candidate;
  if ((everywhere && namespace.startsWith("kube-")) || excluded.has(namespace)) return false;
  const isOwn = namespace === programNamespace && label(object, NAME_LABEL) === PROGRAM_NAME;
  if (isOwn || isExcluded(object) || exclusions.hasExcludedController(object)) {
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
