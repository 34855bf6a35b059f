/** A field that the API server or a controller fills in, and that a backup holds. */
interface KeptField {
  kind: string;
  /** The field, with all that is below it. */
  path: string;
  /** Why each cluster can take it. */
  reason: string;
}

const PROTECTION = "Every cluster that serves the kind has the controller that takes it off";

/** In the order of docs/left-out.md. A test finds them in a real cluster, by who manages a field. */
export const KEPT_FIELDS: readonly KeptField[] = [
  {
    kind: "Deployment",
    path: "metadata.annotations.deployment.kubernetes.io/revision",
    reason: "It counts the ReplicaSets, which come back with their numbers",
  },
  { kind: "PersistentVolume", path: "metadata.finalizers", reason: PROTECTION },
  {
    kind: "PersistentVolume",
    path: "spec.claimRef",
    reason: "It names the claim of a volume made by hand, so that the claim gets its own volume again",
  },
  { kind: "PersistentVolumeClaim", path: "metadata.finalizers", reason: PROTECTION },
  {
    kind: "Pod",
    path: "metadata.annotations.kubernetes.io/limit-ranger",
    reason: "It says what the LimitRange of the namespace set",
  },
  {
    kind: "Pod",
    path: "spec.containers[].volumeMounts",
    reason: "The ServiceAccount's token, `kube-api-access-xxxxx`: each API server takes it for its own",
  },
  { kind: "Pod", path: "spec.serviceAccount", reason: "`default`, which every namespace has" },
  { kind: "Pod", path: "spec.serviceAccountName", reason: "`default`, which every namespace has" },
  {
    kind: "Pod",
    path: "spec.volumes",
    reason: "The ServiceAccount's token, `kube-api-access-xxxxx`: each API server takes it for its own",
  },
  { kind: "Service", path: "spec.clusterIPs", reason: "`None`, where a person said so in `spec.clusterIP`" },
  { kind: "ServiceCIDR", path: "metadata.finalizers", reason: PROTECTION },
  { kind: "VolumeAttributesClass", path: "metadata.finalizers", reason: PROTECTION },
];
