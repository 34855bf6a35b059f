import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import { isClaimed } from "./claimed-fields.ts";
import { classifyStatus } from "./custom-status.ts";
import { type FieldRule, removeAnnotations, removeFinalizers } from "./field-rule.ts";
import { SERVICE_FIELDS } from "./service-fields.ts";
import { STORAGE_FIELDS } from "./storage-fields.ts";

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
    what: "the annotation `control-plane.alpha.kubernetes.io/leader`",
    reason: "It says which process of this cluster leads, and until when",
    remove: (object) => removeAnnotations(object, ["control-plane.alpha.kubernetes.io/leader"]),
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
  ...SERVICE_FIELDS,
  ...STORAGE_FIELDS,
  {
    kind: "Pod",
    what: "`spec.nodeName`, `spec.ephemeralContainers`; `spec.priority`, `spec.preemptionPolicy` and `spec.overhead`, which follow from the classes; and `spec.nodeSelector`, `spec.tolerations` and `spec.imagePullSecrets`, each where no field manager claims it",
    reason:
      "The scheduler chooses a node of the new cluster; the API server sets the others, and refuses a Pod whose overhead is another than that of the RuntimeClass there",
    remove: (object) => {
      const spec = member(object, "spec");
      delete spec["nodeName"];
      delete spec["ephemeralContainers"];
      delete spec["priority"];
      delete spec["preemptionPolicy"];
      delete spec["overhead"];
      // Admission gives a Pod those of the RuntimeClass, of the cluster and of the ServiceAccount.
      for (const field of ["nodeSelector", "tolerations", "imagePullSecrets"])
        if (isClaimed(object, ["spec", field]) === false) delete spec[field];
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
    kind: "Ingress",
    group: "networking.k8s.io",
    what: "`spec.ingressClassName`, where no field manager claims it",
    reason: "The default class of this cluster; the next one gives the Ingress its own",
    remove: (object) => {
      if (isClaimed(object, ["spec", "ingressClassName"]) === false)
        delete member(object, "spec")["ingressClassName"];
    },
  },
  {
    kind: "ResourceClaim",
    group: "resource.k8s.io",
    what: "the finalizer `resource.kubernetes.io/delete-protection`",
    reason: "It is there while devices of this cluster are allocated; the scheduler puts it there again",
    remove: (object) => removeFinalizers(object, /^resource\.kubernetes\.io\/delete-protection$/),
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

function metadataRules(reasons: Record<string, string>): FieldRule[] {
  return Object.entries(reasons).map(([field, reason]) => ({
    what: `\`metadata.${field}\``,
    reason,
    remove: (object) => {
      delete member(object, "metadata")[field];
    },
  }));
}
