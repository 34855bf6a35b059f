import { isBuiltIn } from "../kubernetes/built-in-groups.ts";
import { type Candidate, groupOf, items, member } from "../kubernetes/object-facts.ts";

/**
 * Fields of a status that say when an object was done, as kinds that run once have them: Tekton and Kubeflow
 * (`completionTime`), Velero (`completionTimestamp`), Argo (`finishedAt`, `completedAt`).
 */
const COMPLETION_TIMES = ["completionTime", "completionTimestamp", "finishedAt", "completedAt"];

/**
 * Conditions that say that an object is done, and their values. `Succeeded` is Knative's for what runs once, in
 * contrast to `Ready`; `Complete` is that of Jobs. `Completed` and `Failed` are none: Rollouts and databases have them,
 * which go on.
 *
 * https://github.com/knative/specs/blob/main/specs/knative-api-specification-1.0.md#error-signalling
 */
const TERMINAL_CONDITIONS: Readonly<Record<string, readonly string[]>> = {
  Succeeded: ["True", "False"],
  Complete: ["True"],
};

/** Fields of a spec that only a kind has that goes on: it runs again and again, or keeps something running. */
const ONGOING_FIELDS = ["schedule", "replicas"];

/**
 * Whether a custom resource has run and is done. Created anew without its status, it would run once more. A status that
 * is no subresource comes back with the object.
 */
export function isFinished({ object, statusIsApart = true }: Candidate): boolean {
  if (!statusIsApart || isBuiltIn(groupOf(object))) return false;
  const spec = member(object, "spec");
  if (ONGOING_FIELDS.some((field) => spec[field] !== undefined)) return false;
  const status = member(object, "status");
  const isDone = COMPLETION_TIMES.some((field) => typeof status[field] === "string" && status[field] !== "");
  return (
    isDone ||
    items(status, "conditions").some((condition) =>
      TERMINAL_CONDITIONS[String(condition["type"])]?.includes(String(condition["status"])),
    )
  );
}
