import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";

/** The prefix of the name of every scratch namespace. The suffix is random. */
const NAME_PREFIX = "kube-backup-rehearsal-";
/** The label that marks a scratch namespace. Its value is the random suffix of the name. */
const SCRATCH_LABEL = "kube-backup/rehearsal";
const MANAGED_BY = "app.kubernetes.io/managed-by";
/** The API server sets this label itself. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** A namespace's labels as JSON. Equal sets of labels have equal text. */
export type LabelSet = string;

/** A scratch namespace that exists. */
export interface ScratchNamespace {
  name: string;
  uid: string;
}

/** The labels of an archived namespace, without those that a scratch namespace cannot have. */
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
      // A policy may select by the label managed-by: the value of the archived namespace wins.
      labels: { [MANAGED_BY]: "kube-backup", ...JSON.parse(labels), [SCRATCH_LABEL]: random },
      annotations: {
        "kube-backup/note": "Made by kube-backup verify --rehearse: stays empty, and can be deleted",
      },
    },
  });
}

/**
 * Returns a Namespace object as a scratch namespace, or undefined where it is another namespace. Name and
 * label must agree: a user may have copied the label to another namespace.
 */
export function asScratchNamespace(namespace: JsonObject): ScratchNamespace | undefined {
  const metadata = namespace["metadata"];
  if (!isJsonObject(metadata) || !isJsonObject(metadata["labels"])) return undefined;
  const { name, uid } = metadata;
  const random = metadata["labels"][SCRATCH_LABEL];
  if (typeof name !== "string" || typeof uid !== "string" || typeof random !== "string") return undefined;
  return random !== "" && name === scratchName(random) ? { name, uid } : undefined;
}
