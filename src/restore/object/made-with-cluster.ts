/**
 * Objects that every cluster comes with and that people change: the new cluster has them already, as it makes them.
 * One that nobody has changed there is no object that somebody wants to keep: it becomes what the backup has.
 */

import { readObject } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { type JsonObject, jsonEqual, parseJson } from "../../kubernetes/json.ts";
import { annotation, label, member } from "../../kubernetes/object-facts.ts";
import { isNamespaces, type ObjectKey, type Resource } from "../../kubernetes/resource.ts";
import { isEqualText, portableCopy } from "../live/live-object.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import { reconcileExisting } from "./reconcile-existing.ts";
import type { ResourceTarget } from "./restore-context.ts";

/** Namespaces that every new cluster has, with their ServiceAccounts. */
const IN_EVERY_CLUSTER: ReadonlySet<string> = new Set(["default", "kube-public", "kube-node-lease"]);

/** The label that the API server puts on each namespace. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** A kind of such objects. */
interface MadeWithCluster {
  /** Whether an object is one of them, by its name. */
  is(resource: Resource, key: ObjectKey): boolean;
  /** Whether the live object is as the cluster makes it. */
  isAsMade(resource: Resource, live: JsonObject, backup: string): boolean;
  /** Whether a controller makes it with its namespace, later than the restore makes the namespace. */
  comesWithNamespace: boolean;
}

const MADE_WITH_CLUSTER: readonly MadeWithCluster[] = [
  {
    is: ({ group, kind }, { namespace, name }) =>
      group === "" && kind === "ServiceAccount" && name === "default" && namespace !== undefined,
    // Without what the backup's has: imagePullSecrets, annotations.
    isAsMade: (resource, live, backup) => isEqualText(portableCopy(resource, live), bareForm(backup)),
    comesWithNamespace: true,
  },
  {
    is: (resource, { name }) => isNamespaces(resource) && IN_EVERY_CLUSTER.has(name),
    isAsMade: (_resource, live) => {
      const metadata = member(live, "metadata");
      return (
        jsonEqual(metadata["labels"] ?? {}, { [NAME_LABEL]: metadata["name"] }) &&
        jsonEqual(metadata["annotations"] ?? {}, {})
      );
    },
    comesWithNamespace: false,
  },
  {
    // A backup holds only those that say autoupdate: false.
    is: ({ group, kind }) =>
      group === "rbac.authorization.k8s.io" &&
      ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"].includes(kind),
    isAsMade: (_resource, live) =>
      label(live, "kubernetes.io/bootstrapping") === "rbac-defaults" &&
      annotation(live, "rbac.authorization.kubernetes.io/autoupdate") === "true",
    comesWithNamespace: false,
  },
  {
    // The same for these.
    is: ({ group, kind }) =>
      group === "flowcontrol.apiserver.k8s.io" && ["FlowSchema", "PriorityLevelConfiguration"].includes(kind),
    isAsMade: (_resource, live) => annotation(live, "apf.kubernetes.io/autoupdate-spec") === "true",
    comesWithNamespace: false,
  },
];

/** The kind of objects that every cluster comes with, if an object is of one. */
export function madeWithCluster(resource: Resource, key: ObjectKey): MadeWithCluster | undefined {
  return MADE_WITH_CLUSTER.find((made) => made.is(resource, key));
}

/** Restores an object that exists and that clusters come with. One that is as the cluster makes it ends as the backup has it, whatever the policy. */
export async function restoreMadeWithCluster(
  target: ResourceTarget,
  { made, object }: { made: MadeWithCluster; object: ObjectToRestore },
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { existing } = target.context;
  if (existing !== "skip" || !(await isAsMade(target, { made, object }, signal)))
    return await reconcileExisting(target, object, signal);
  const result = await updateOrSkip(target, object, signal);
  // Whether the controller or this restore came first is chance: to the person both are the same.
  return made.comesWithNamespace && (result.outcome === "updated" || result.outcome === "unchanged")
    ? { outcome: "created" }
    : result;
}

/** Updates an object whatever the policy. One that this user may not write is left as it is: that is no failure. */
export async function updateOrSkip(
  target: ResourceTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<RestoreResult> {
  try {
    return await reconcileExisting(target, object, signal, "update");
  } catch (error) {
    if (error instanceof ApiError && error.lacksRight) return { outcome: "skipped", reason: error.said };
    throw error;
  }
}

async function isAsMade(
  { context, resource }: ResourceTarget,
  { made, object: { key, text } }: { made: MadeWithCluster; object: ObjectToRestore },
  signal: AbortSignal,
): Promise<boolean> {
  const { client, writer, namespacesBefore, resumed } = context;
  if (made.comesWithNamespace) {
    const { namespace = "" } = key;
    if (!writer.stores) return false;
    // The controller made it for a namespace of this restore. In a namespace that existed before, only where every
    // cluster has that namespace, or a run of this restore created it that was interrupted.
    if (!namespacesBefore.has(namespace)) return true;
    if (!resumed && !IN_EVERY_CLUSTER.has(namespace)) return false;
  }
  const live: JsonObject | undefined = await readObject(client, resource, key, signal);
  return live !== undefined && made.isAsMade(resource, live, text);
}

/** An object with its name alone. */
function bareForm(text: string): string {
  const { apiVersion, kind, metadata } = parseJson(text) as JsonObject & { metadata: JsonObject };
  const { name, namespace } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: { name, namespace } });
}
