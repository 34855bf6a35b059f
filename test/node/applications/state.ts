/** What runs of applications, in lines that must be the same after a restore. */

import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { hasCondition, isFinishedJob, type LiveObject, readObjects, titleOf } from "./live.ts";

/** What runs of applications. */
export interface ApplicationState {
  /** Every Deployment's, StatefulSet's and DaemonSet's history. */
  revisions: string[];
  /** One line for each Pod, by its controller; by name where that lasts. */
  pods: string[];
  /** Jobs that are not finished. */
  jobs: string[];
  /** `shop/data-db-0: Bound to disk-big` */
  claims: string[];
  /** `disk-big: for shop/data-db-0` */
  volumes: string[];
  /** ServiceAccounts that pull images with a Secret. */
  accounts: string[];
  /** What HorizontalPodAutoscalers and PodDisruptionBudgets see. */
  watchers: string[];
  /** `ConfigMap shop/web-settings: Deployment web`, of all that has owners. */
  owners: string[];
}

interface Reference {
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

/** Reads what runs now. */
export async function readState(cluster: ControlPlane): Promise<ApplicationState> {
  const objects = await readObjects(cluster);
  const lines = (kind: string, write: (object: LiveObject, owner: string) => string | undefined) =>
    objects
      .filter((object) => object.kind === kind)
      .flatMap((object) => write(object, controllerOf(objects, object)) ?? [])
      .sort();
  return {
    revisions: [
      ...lines("Deployment", ({ metadata }) => `Deployment ${metadata.name} is at ${numberOf(metadata)}`),
      ...lines("ReplicaSet", ({ metadata, spec }, owner) => {
        const { name } = metadata;
        return `${owner}: ReplicaSet ${name}, revision ${numberOf(metadata)}, ${spec.replicas} replicas`;
      }),
      ...lines("ControllerRevision", ({ metadata, revision }, owner) => {
        return `${owner}: ControllerRevision ${metadata.name}, revision ${revision}`;
      }),
    ],
    pods: lines("Pod", ({ metadata, spec, status }, owner) => {
      if (status.phase === "Succeeded") return undefined;
      const lasts = owner === "nobody" || owner.startsWith("StatefulSet");
      return `${lasts ? metadata.name : "one"} of ${owner}, pulls with ${namesOf(spec.imagePullSecrets)}`;
    }),
    jobs: lines("Job", (job, owner) =>
      isFinishedJob(job) ? undefined : `${job.metadata.name} of ${owner}, ${job.status.active} active`,
    ),
    claims: lines(
      "PersistentVolumeClaim",
      ({ metadata, spec, status }) => `${titleOf(metadata)}: ${status.phase} to ${spec.volumeName}`,
    ),
    volumes: lines("PersistentVolume", ({ metadata, spec }) => {
      return `${metadata.name}: for ${spec.claimRef === undefined ? "anybody" : titleOf(spec.claimRef)}`;
    }),
    accounts: lines("ServiceAccount", ({ metadata, imagePullSecrets }) =>
      imagePullSecrets === undefined ? undefined : `${titleOf(metadata)}: ${namesOf(imagePullSecrets)}`,
    ),
    watchers: [
      ...lines("HorizontalPodAutoscaler", (object) => {
        const able = hasCondition(object, "AbleToScale") ? "able" : "not able";
        return `HorizontalPodAutoscaler ${object.metadata.name}: ${object.status.currentReplicas} replicas, ${able} to scale`;
      }),
      ...lines("PodDisruptionBudget", ({ metadata, status }) => {
        return `PodDisruptionBudget ${metadata.name}: ${status.disruptionsAllowed} of ${status.currentHealthy} may go`;
      }),
    ],
    owners: objects
      .filter((object) => object.kind !== "Pod" && !isFinishedJob(object))
      .filter(({ metadata }) => metadata.ownerReferences !== undefined)
      .map((object) => {
        const owners = ownersOf(objects, object.metadata.ownerReferences);
        return `${object.kind} ${titleOf(object.metadata)}: ${owners.join(", ")}`;
      })
      .sort(),
  };
}

function numberOf({ annotations }: LiveObject): string {
  return annotations?.["deployment.kubernetes.io/revision"] ?? "none";
}

function namesOf(references: readonly { name: string }[] = []): string {
  return references.map(({ name }) => name).join(", ") || "nothing";
}

function controllerOf(objects: readonly LiveObject[], { metadata }: LiveObject): string {
  const references = ((metadata.ownerReferences ?? []) as Reference[]).filter(
    ({ controller }) => controller === true,
  );
  return ownersOf(objects, references)[0] ?? "nobody";
}

/** The owners as they are found by their uids. */
function ownersOf(objects: readonly LiveObject[], references: readonly Reference[]): string[] {
  return references.map(({ kind, name, uid }) => {
    const owner = objects.find(({ metadata }) => metadata.uid === uid);
    const right = owner?.kind === kind && owner.metadata.name === name;
    return right ? `${kind} ${name}` : `${kind} ${name}, which is not there`;
  });
}
