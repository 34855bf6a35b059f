import { readObject } from "../../cluster/objects.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import { isEqualText, portableCopy } from "../live/live-objects.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import { reconcileExisting } from "./reconcile-existing.ts";
import type { ResourceTarget } from "./restore-context.ts";

/** Namespaces that every new cluster has, with their ServiceAccounts. */
const IN_EVERY_CLUSTER: ReadonlySet<string> = new Set(["default", "kube-public", "kube-node-lease"]);

/**
 * Whether an object is the ServiceAccount `default`. A controller creates that ServiceAccount in every new
 * namespace, without what the backup's has (imagePullSecrets, annotations). No other object that a backup
 * holds comes with its namespace.
 */
export function isDefaultServiceAccount(resource: Resource, { namespace, name }: ObjectKey): boolean {
  return (
    resource.group === "" &&
    resource.kind === "ServiceAccount" &&
    name === "default" &&
    namespace !== undefined
  );
}

/** Restores a ServiceAccount `default` that exists. One that came with its namespace ends as the backup has it, whatever the policy. */
export async function restoreDefaultServiceAccount(
  target: ResourceTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { context } = target;
  if (context.existing !== "skip" || !(await cameWithNamespace(target, object, signal)))
    return await reconcileExisting(target, object, signal);
  const result = await reconcileExisting(target, object, signal, "update");
  // Whether the controller or this restore came first is chance: to the person both are the same.
  return result.outcome === "updated" || result.outcome === "unchanged" ? { outcome: "created" } : result;
}

/**
 * Whether a controller created the ServiceAccount that exists, for a namespace of this restore. In a namespace
 * that existed before, only where every cluster has that namespace, or a run of this restore created it that was
 * interrupted; and where the ServiceAccount is as the controller creates it.
 */
async function cameWithNamespace(
  { context, resource }: ResourceTarget,
  { key, text }: ObjectToRestore,
  signal: AbortSignal,
): Promise<boolean> {
  const { client, writer, namespacesBefore, resumed } = context;
  const { namespace = "" } = key;
  if (!writer.stores) return false;
  if (!namespacesBefore.has(namespace)) return true;
  if (!resumed && !IN_EVERY_CLUSTER.has(namespace)) return false;
  const live = await readObject(client, resource, key, signal);
  return live !== undefined && isEqualText(portableCopy(resource, live), asCreated(text));
}

/** A ServiceAccount as the controller creates it. */
function asCreated(text: string): string {
  const { apiVersion, kind, metadata } = parseJson(text) as JsonObject & { metadata: JsonObject };
  const { name, namespace } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: { name, namespace } });
}
