/** Whether applications are at rest: every Pod ready, every workload complete, and nothing left to do. */

import assert from "node:assert/strict";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { untilPasses } from "../../support/until.ts";
import { hasCondition, isFinishedJob, type LiveObject, readObjects, titleOf } from "./live.ts";

/** Waits until it is so, and no object has changed for a second; throws with what is not. */
export async function waitUntilSettled(cluster: ControlPlane, timeoutMs = 90_000): Promise<void> {
  let before: string[] = [];
  await untilPasses(
    async () => {
      const objects = await readObjects(cluster);
      assert.deepEqual(objects.filter(isBusy).map(describe), [], "not at rest");
      const now = objects.map(
        ({ kind, metadata }) => `${kind} ${titleOf(metadata)} ${metadata.resourceVersion}`,
      );
      const last = before;
      before = now;
      assert.deepEqual(now, last, "it still changes");
    },
    { timeoutMs, intervalMs: 1_000 },
  );
}

function isBusy(object: LiveObject): boolean {
  const { kind, metadata, spec, status = {} } = object;
  if (metadata.deletionTimestamp !== undefined) return true;
  const unobserved = status.observedGeneration !== metadata.generation;
  switch (kind) {
    case "Pod":
      return status.phase !== "Succeeded" && !hasCondition(object, "Ready");
    case "Deployment":
      return (
        unobserved ||
        status.replicas !== spec.replicas ||
        status.readyReplicas !== spec.replicas ||
        // A paused one stays as it is.
        (spec.paused !== true && status.updatedReplicas !== spec.replicas)
      );
    case "ReplicaSet":
      return unobserved || status.replicas !== spec.replicas;
    case "StatefulSet":
      return (
        unobserved ||
        status.readyReplicas !== spec.replicas ||
        status.currentRevision !== status.updateRevision
      );
    case "DaemonSet":
      return unobserved || status.numberReady !== 1 || status.updatedNumberScheduled !== 1;
    case "Job":
      return !isFinishedJob(object) && status.ready !== 1;
    case "PersistentVolumeClaim":
      return status.phase !== "Bound";
    case "HorizontalPodAutoscaler":
      return !hasCondition(object, "AbleToScale");
    case "PodDisruptionBudget":
      return unobserved || status.currentHealthy !== status.expectedPods;
    default:
      return false;
  }
}

/** What it is, its numbers, and what its conditions and containers say. */
function describe({ kind, metadata, spec, status = {} }: LiveObject): string {
  const { conditions = [], containerStatuses = [], ...rest } = status;
  const waiting = containerStatuses.map(({ state }: LiveObject) => state.waiting ?? {});
  const said = [...conditions, ...waiting]
    .filter(({ message }: LiveObject) => message)
    .map(({ reason, message }: LiveObject) => `${reason}: ${message}`);
  const numbers = Object.entries(rest).filter(([, value]) => typeof value === "number");
  const facts = { wanted: spec?.replicas, ...Object.fromEntries(numbers) };
  return `${kind} ${titleOf(metadata)} ${JSON.stringify(facts)} ${said.join("; ")}`;
}
