import { listPages } from "../cluster/lists/list.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import { member } from "../kubernetes/object-facts.ts";
import type { Resource } from "../kubernetes/resource.ts";
import type { PausedObject } from "./paused-objects.ts";

const AUTOSCALERS: Resource = {
  group: "autoscaling",
  version: "v2",
  resource: "horizontalpodautoscalers",
  kind: "HorizontalPodAutoscaler",
  namespaced: true,
};

/** Which of the objects a HorizontalPodAutoscaler scales, one sentence each: it rests while they have 0 replicas. */
export async function describeScalers(
  {
    client,
    namespace,
    objects,
  }: { client: ApiClient; namespace: string; objects: readonly Pick<PausedObject, "resource" | "key">[] },
  signal: AbortSignal,
): Promise<string[]> {
  if (objects.length === 0) return [];
  const paused = new Set(objects.map(({ resource, key }) => `${resource.kind} ${key.name}`));
  const notes: string[] = [];
  try {
    for await (const { items } of listPages(client, AUTOSCALERS, { namespace }, signal)) {
      for (const scaler of items) {
        const { kind, name } = member(member(scaler, "spec"), "scaleTargetRef");
        const target = `${String(kind)} ${String(name)}`;
        if (paused.has(target))
          notes.push(`HorizontalPodAutoscaler ${keyOf(scaler).name} scales ${target} from then on`);
      }
    }
  } catch (error) {
    if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
    notes.push(`Whether HorizontalPodAutoscalers scale them is not known: ${error.said}`);
  }
  return notes;
}
