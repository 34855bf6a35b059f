import type { JsonObject } from "../kubernetes/json.ts";
import { annotation, member } from "../kubernetes/object-facts.ts";
import { isClaimed } from "./claimed-fields.ts";
import { type FieldRule, removeAnnotations, removeFinalizers } from "./field-rule.ts";

/** Which driver provisions the volume of a claim. */
const PROVISIONERS = [
  "volume.kubernetes.io/storage-provisioner",
  "volume.beta.kubernetes.io/storage-provisioner",
];

const CLAIM_ANNOTATIONS = [
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
  "volume.kubernetes.io/selected-node",
  "volume.kubernetes.io/storage-resizer",
  ...PROVISIONERS,
];

/** Fields of volumes and claims that name this cluster's storage. */
export const STORAGE_FIELDS: readonly FieldRule[] = [
  {
    kind: "PersistentVolumeClaim",
    what: "`spec.storageClassName`, where no field manager claims it, unless the claim is bound to a volume that nobody provisioned",
    reason:
      "The default class of this cluster, which the next one may not have: it gives the claim its own. A volume made by hand is found by its class",
    remove: (object) => {
      if (isClaimed(object, ["spec", "storageClassName"]) !== false) return;
      const spec = member(object, "spec");
      const isProvisioned = PROVISIONERS.some((name) => annotation(object, name) !== undefined);
      if (spec["volumeName"] === undefined || isProvisioned) delete spec["storageClassName"];
    },
  },
  {
    kind: "PersistentVolumeClaim",
    what: "`spec.volumeName`, where the controller chose the volume, and the annotations of binding, provisioning and resizing",
    reason: "The volume is of this cluster's storage: the claim is bound anew, to an empty one",
    remove: (object) => {
      if (annotation(object, "pv.kubernetes.io/bound-by-controller") === "yes")
        delete member(object, "spec")["volumeName"];
      removeAnnotations(object, CLAIM_ANNOTATIONS);
    },
  },
  {
    kind: "PersistentVolumeClaim",
    what: "the finalizer `snapshot.storage.kubernetes.io/pvc-as-source-protection`",
    reason:
      "It is there while a snapshot is taken; where no snapshot controller runs, nobody would take it off",
    remove: (object) =>
      removeFinalizers(object, /^snapshot\.storage\.kubernetes\.io\/pvc-as-source-protection$/),
  },
  {
    kind: "PersistentVolume",
    what: "`spec.claimRef.uid`, `spec.claimRef.resourceVersion` and the annotation of binding",
    reason:
      "They name one claim of this cluster for its lifetime: without them the claim of that name gets its own volume again",
    remove: (object) => {
      keepNameOnly(member(member(object, "spec"), "claimRef"));
      removeAnnotations(object, ["pv.kubernetes.io/bound-by-controller"]);
    },
  },
  {
    kind: "VolumeSnapshotContent",
    group: "snapshot.storage.k8s.io",
    what: "`spec.volumeSnapshotRef.uid` and `spec.volumeSnapshotRef.resourceVersion`",
    reason:
      "They name one VolumeSnapshot of this cluster for its lifetime: no other would ever be bound to it",
    remove: (object) => keepNameOnly(member(member(object, "spec"), "volumeSnapshotRef")),
  },
  {
    kind: "PersistentVolume",
    what: "the finalizers `external-attacher/DRIVER`",
    reason: "The volume is attached to a node of this cluster; the attacher puts it there again",
    remove: (object) => removeFinalizers(object, /^external-attacher\//),
  },
];

/** Takes out of a reference what is of one object for its lifetime. */
function keepNameOnly(reference: JsonObject): void {
  delete reference["uid"];
  delete reference["resourceVersion"];
}
