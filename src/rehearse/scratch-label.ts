import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";

/** The name of a scratch namespace begins so; what follows is random. */
const NAME_PREFIX = "kube-backup-rehearsal-";
/** The label that marks a scratch namespace. Its value is the random part of the name. */
export const SCRATCH_LABEL = "kube-backup/rehearsal";
const MANAGED_BY = "app.kubernetes.io/managed-by";
/** The API server writes this one itself. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** A namespace's labels as selectors see them; equal sets have equal text. */
export type LabelSet = string;

/** A scratch namespace that is there. */
export interface ScratchNamespace {
  name: string;
  uid: string;
}

/** The labels of an archived namespace that a scratch namespace can have too. */
export function labelSetOf(labels: unknown): LabelSet {
  const entries = isJsonObject(labels) ? Object.entries(labels) : [];
  const kept = entries.filter(([name]) => name !== NAME_LABEL && name !== SCRATCH_LABEL);
  return JSON.stringify(Object.fromEntries(kept.sort(([left], [right]) => (left < right ? -1 : 1))));
}

/** The name of a scratch namespace. */
export function scratchName(random: string): string {
  return `${NAME_PREFIX}${random}`;
}

/** The body of a scratch namespace with these labels. */
export function scratchBody(random: string, labels: LabelSet): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: scratchName(random),
      // A policy may select by who manages a namespace: the label that is rehearsed wins.
      labels: { [MANAGED_BY]: "kube-backup", ...JSON.parse(labels), [SCRATCH_LABEL]: random },
      annotations: {
        "kube-backup/note": "Made by kube-backup verify --rehearse: stays empty, and can be deleted",
      },
    },
  });
}

/**
 * The scratch namespace that an object of the cluster is, or undefined. Name and label have to agree,
 * so that a label that was copied onto a namespace of somebody's makes it none.
 */
export function scratchOf(namespace: JsonObject): ScratchNamespace | undefined {
  const metadata = namespace["metadata"];
  if (!isJsonObject(metadata) || !isJsonObject(metadata["labels"])) return undefined;
  const { name, uid } = metadata;
  const random = metadata["labels"][SCRATCH_LABEL];
  if (typeof name !== "string" || typeof uid !== "string" || typeof random !== "string") return undefined;
  return random !== "" && name === scratchName(random) ? { name, uid } : undefined;
}
