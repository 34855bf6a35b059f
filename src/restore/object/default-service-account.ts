import { readObject } from "../../cluster/objects.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { isEqualText, portableCopy } from "../live/live-objects.ts";
import type { ObjectToRestore, RestoreTarget, Settled } from "./target.ts";
import { settleExisting } from "./update-object.ts";

/** Namespaces that a new cluster has by itself, the accounts in them too. */
const ALWAYS_THERE: ReadonlySet<string> = new Set(["default", "kube-public", "kube-node-lease"]);

/**
 * Whether an object that is there stands for the one that this very restore was to create: the
 * ServiceAccount `default`, which the cluster makes in every new namespace by itself, without what the
 * backup's has (imagePullSecrets, annotations). It is the only such object that a backup holds.
 *
 * In a namespace that was there before it counts only where every cluster has that namespace, or a run of
 * this restore made it that was cut short; and where the account is as the cluster makes it.
 */
async function comesWithNamespace(
  { client, resource, namespaces, dryRun, begun }: RestoreTarget,
  { key, text }: ObjectToRestore,
  signal: AbortSignal,
): Promise<boolean> {
  if (resource.group !== "" || resource.kind !== "ServiceAccount" || key.name !== "default") return false;
  if (dryRun !== undefined || key.namespace === undefined) return false;
  if (!namespaces.has(key.namespace)) return true;
  if (!begun && !ALWAYS_THERE.has(key.namespace)) return false;
  const live = await readObject(client, resource, key, signal);
  return live !== undefined && isEqualText(portableCopy(resource, live), asMade(text));
}

/** As {@link settleExisting}; what came with its namespace ends as the backup has it, whatever the policy. */
export async function settleExistingOrMade(
  target: RestoreTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<Settled> {
  if (target.existing !== "skip" || !(await comesWithNamespace(target, object, signal)))
    return await settleExisting(target, object, signal);
  const settled = await settleExisting({ ...target, existing: "update" }, object, signal);
  // Whether the cluster or we came first is chance: to the person it is the same.
  return settled.outcome === "updated" || settled.outcome === "unchanged" ? { outcome: "created" } : settled;
}

/** A ServiceAccount as the cluster makes it. */
function asMade(text: string): string {
  const { apiVersion, kind, metadata } = parseJson(text) as JsonObject & { metadata: JsonObject };
  const { name, namespace } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: { name, namespace } });
}
