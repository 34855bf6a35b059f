import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { classifyStatus } from "./custom-status.ts";
import { ownedPorts } from "./owned-node-ports.ts";

/** A rule that removes a field from backed-up objects. */
export interface FieldRule {
  /** Kind of the objects, and its API group, empty for the core group. Without a kind, the rule is for all kinds. */
  kind?: string;
  group?: string;
  /** The field and the condition, as in docs/left-out.md. */
  what: string;
  reason: string;
  /** Removes the field from the object. Rules for one kind run while the object still has all its metadata. */
  remove: (object: JsonObject, resource: Pick<Resource, "statusVersions">) => void;
}

/** Fields that the API server or a controller sets, and sets again after a restore. */
export const FIELDS_LEFT_OUT: readonly FieldRule[] = [
  ...metadataRules({
    uid: "Names this one object for its lifetime; the restored one gets its own",
    resourceVersion: "Counts the writes to this cluster's etcd",
    generation: "Counts the changes to this object; starts again at 1",
    creationTimestamp: "The API server writes the time of the restore",
    selfLink: "Not served since Kubernetes 1.20",
    managedFields:
      "Who wrote which field here: kept in a file of their own beside the objects, and handed back",
    ownerReferences:
      "They hold uids of this cluster: kept in a file of their own beside the objects, by kind and name",
  }),
  {
    what: "`status`, unless it is a custom resource's without the status subresource",
    reason:
      "What controllers have seen; they look again. That of custom resources is kept in a file of its own beside the objects, for `--restore-status`",
    remove: (object, { statusVersions }) => {
      if (object["status"] === undefined) return;
      if (classifyStatus(object["apiVersion"], statusVersions) !== "field") delete object["status"];
    },
  },
  {
    kind: "Namespace",
    what: "`spec.finalizers`, where it holds `kubernetes` only",
    reason: "Every API server puts it there",
    remove: (object) => {
      const spec = object["spec"];
      if (!isJsonObject(spec) || !Array.isArray(spec["finalizers"])) return;
      if (spec["finalizers"].every((finalizer) => finalizer === "kubernetes")) delete spec["finalizers"];
      if (Object.keys(spec).length === 0) delete object["spec"];
    },
  },
  {
    kind: "Service",
    what: "`spec.clusterIP` and `spec.clusterIPs`, unless headless (`None`)",
    reason: "Addresses of this cluster's range, which the next one may not have or may have given away",
    remove: (object) => {
      const spec = member(object, "spec");
      if (spec["clusterIP"] === "None") return;
      delete spec["clusterIP"];
      delete spec["clusterIPs"];
    },
  },
  {
    kind: "Service",
    what: "`spec.healthCheckNodePort`",
    reason: "A port of this cluster's range; the API server gives a new one",
    remove: (object) => {
      delete member(object, "spec")["healthCheckNodePort"];
    },
  },
  {
    kind: "Service",
    what: "`spec.ports[].nodePort`, where no field manager claims it",
    reason: "The API server chose it; one that a person chose is kept",
    remove: (object) => {
      const owned = ownedPorts(object);
      if (owned === undefined) return;
      for (const port of items(member(object, "spec"), "ports")) {
        if (!owned.has(`${port["port"]}/${port["protocol"]}`)) delete port["nodePort"];
      }
    },
  },
  {
    kind: "PersistentVolumeClaim",
    what: "`spec.volumeName`, where the controller chose the volume, and the annotations of binding",
    reason: "The volume is of this cluster's storage: the claim is bound anew, to an empty one",
    remove: (object) => {
      const annotations = member(member(object, "metadata"), "annotations");
      if (annotations["pv.kubernetes.io/bound-by-controller"] === "yes") {
        delete member(object, "spec")["volumeName"];
      }
      removeAnnotations(object, CLAIM_ANNOTATIONS);
    },
  },
  {
    kind: "PersistentVolume",
    what: "`spec.claimRef.uid`, `spec.claimRef.resourceVersion` and the annotation of binding",
    reason:
      "They name one claim of this cluster for its lifetime: without them the claim of that name gets its own volume again",
    remove: (object) => {
      const claim = member(member(object, "spec"), "claimRef");
      delete claim["uid"];
      delete claim["resourceVersion"];
      removeAnnotations(object, ["pv.kubernetes.io/bound-by-controller"]);
    },
  },
  {
    kind: "Pod",
    what: "`spec.nodeName`, `spec.ephemeralContainers`, and `spec.priority` and `spec.preemptionPolicy`, which follow from the class",
    reason: "The scheduler chooses a node of the new cluster; the API server sets the others",
    remove: (object) => {
      const spec = member(object, "spec");
      delete spec["nodeName"];
      delete spec["ephemeralContainers"];
      delete spec["priority"];
      delete spec["preemptionPolicy"];
    },
  },
  {
    kind: "Job",
    group: "batch",
    what: "`spec.selector` and the labels `controller-uid` and `job-name`, unless `spec.manualSelector`",
    reason: "They hold the Job's uid: the API server writes those of the new one",
    remove: (object) => {
      const spec = member(object, "spec");
      if (spec["manualSelector"] === true) return;
      delete spec["selector"];
      const template = member(member(spec, "template"), "metadata");
      for (const metadata of [member(object, "metadata"), template]) removeJobLabels(metadata);
    },
  },
  {
    kind: "ServiceAccount",
    what: "`secrets[]` that name a token which the cluster made (`NAME-token-xxxxx`)",
    reason: "Such Secrets are left out: they are signed for this one ServiceAccount",
    remove: (object) => {
      const name = String(member(object, "metadata")["name"]);
      const kept = items(object, "secrets").filter(({ name: secret }) => {
        const rest = String(secret).startsWith(`${name}-token-`) ? String(secret).slice(name.length + 7) : "";
        return !/^[a-z0-9]{5}$/.test(rest);
      });
      if (kept.length === items(object, "secrets").length) return;
      if (kept.length === 0) delete object["secrets"];
      else object["secrets"] = kept;
    },
  },
];

const CLAIM_ANNOTATIONS = [
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
  "volume.kubernetes.io/selected-node",
  "volume.kubernetes.io/storage-provisioner",
  "volume.beta.kubernetes.io/storage-provisioner",
];

const JOB_LABELS = [
  "controller-uid",
  "job-name",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-name",
];

function removeJobLabels(metadata: JsonObject): void {
  const labels = metadata["labels"];
  if (!isJsonObject(labels)) return;
  for (const label of JOB_LABELS) delete labels[label];
  if (Object.keys(labels).length === 0) delete metadata["labels"];
}

function removeAnnotations(object: JsonObject, names: readonly string[]): void {
  const metadata = member(object, "metadata");
  const annotations = metadata["annotations"];
  if (!isJsonObject(annotations) || !names.some((name) => name in annotations)) return;
  for (const name of names) delete annotations[name];
  if (Object.keys(annotations).length === 0) delete metadata["annotations"];
}

function metadataRules(reasons: Record<string, string>): FieldRule[] {
  return Object.entries(reasons).map(([field, reason]) => ({
    what: `\`metadata.${field}\``,
    reason,
    remove: (object) => {
      delete member(object, "metadata")[field];
    },
  }));
}
