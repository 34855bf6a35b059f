import { patchObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { isBeingDeleted, metadataOf } from "../kubernetes/metadata.ts";
import { ownersOf } from "../kubernetes/owners.ts";
import {
  isAtRest,
  isScaledByController,
  PAUSED,
  type PausedValue,
  pausedValueOf,
} from "../objects/paused.ts";
import { sleep } from "../time/sleep.ts";
import type { PausedObject } from "./paused-objects.ts";

/** Attempts at an object that others write meanwhile, and the backoff, which grows by itself each time, in milliseconds. */
const ATTEMPTS = 6;
const BACKOFF = 25;

/** What became of an object. */
export interface ResumeResult extends PausedObject {
  /** `kept`: only the annotation is gone, or the object is: somebody was faster. */
  outcome: "resumed" | "planned" | "kept" | "failed";
  /** What it has now, or would have. */
  value?: PausedValue | undefined;
  reason?: string | undefined;
}

/** What is to be done with an object. */
export type ResumeStep =
  | { kind: "start"; value: PausedValue }
  /** Somebody has started it by hand: only the annotation goes. */
  | { kind: "forget"; reason: string }
  | { kind: "nothing"; reason: string }
  | { kind: "refuse"; reason: string };

/** Decides what becomes of a paused object as it is now. */
export function decideResume({ resource, object }: Pick<PausedObject, "resource" | "object">): ResumeStep {
  const value = pausedValueOf(resource, object);
  if (value === undefined) return { kind: "nothing", reason: "it is not paused any more" };
  if (isBeingDeleted(object)) return { kind: "nothing", reason: "it is being deleted" };
  // The controller starts it; the annotation would stay there for good.
  if (isScaledByController(resource, ownersOf(object)))
    return { kind: "forget", reason: "its controller starts it" };
  if (value === "unreadable")
    return { kind: "refuse", reason: `its annotation ${PAUSED} holds nothing that kube-backup writes` };
  if (!isAtRest(value, object)) return { kind: "forget", reason: "somebody has started it already" };
  return { kind: "start", value };
}

/**
 * Starts objects, one after the other. Each write is bound to the state that was decided on: an object that somebody
 * writes meanwhile is looked at again.
 *
 * @throws what concerns more than one object: a broken connection, refused credentials.
 */
export async function resumeObjects(
  client: ApiClient,
  objects: readonly PausedObject[],
  { dryRun }: { dryRun: boolean },
  signal: AbortSignal,
): Promise<ResumeResult[]> {
  const results: ResumeResult[] = [];
  for (const object of objects) results.push(await resumeOne(client, object, dryRun, signal));
  return results;
}

async function resumeOne(
  client: ApiClient,
  paused: PausedObject,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<ResumeResult> {
  const { resource, key } = paused;
  let object: JsonObject | undefined = paused.object;
  for (let attempt = 1; ; attempt += 1) {
    if (object === undefined) return { ...paused, outcome: "kept", reason: "it is gone" };
    const step = decideResume({ resource, object });
    if (step.kind === "refuse") return { ...paused, outcome: "failed", reason: step.reason };
    if (step.kind === "nothing") return { ...paused, outcome: "kept", reason: step.reason };
    const result = resultOf(paused, step, dryRun);
    if (dryRun) return result;
    try {
      await patchObject(client, { resource, key, body: JSON.stringify(patchOf(object, step)) }, signal);
      return result;
    } catch (error) {
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      if (error.status !== 404 && (error.status !== 409 || attempt === ATTEMPTS))
        return { ...paused, outcome: "failed", reason: error.said };
    }
    await sleep(BACKOFF * (attempt - 1), signal);
    object = await readObject(client, resource, key, signal);
  }
}

function resultOf(
  paused: PausedObject,
  step: Extract<ResumeStep, { kind: "start" | "forget" }>,
  dryRun: boolean,
): ResumeResult {
  if (step.kind === "forget") return { ...paused, outcome: "kept", reason: step.reason };
  return { ...paused, outcome: dryRun ? "planned" : "resumed", value: step.value };
}

/** A merge patch that only fits the object as it was read. */
function patchOf(object: JsonObject, step: Extract<ResumeStep, { kind: "start" | "forget" }>): JsonObject {
  const { uid, resourceVersion } = metadataOf(object);
  return {
    metadata: { uid, resourceVersion, annotations: { [PAUSED]: null } },
    ...(step.kind === "start" ? { spec: step.value } : {}),
  };
}
