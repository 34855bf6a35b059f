/** The objects of this program in its namespace, where that is another than kube-system. */

import { type Candidate, isOf, label } from "../kubernetes/object-facts.ts";

/** The label by which manifests, kustomizations and the chart name this program, and its value. */
export const NAME_LABEL = "app.kubernetes.io/name";
export const PROGRAM_NAME = "kube-backup";

/** What is known of the program in its namespace. */
export interface OwnFacts {
  /** The namespace of the program. */
  namespace: string;
  /** What its pods use: `Secret/kube-backup`, `ConfigMap/NAME`, `ServiceAccount/NAME`. */
  used: ReadonlySet<string>;
  /** The Helm releases that installed it, of which Helm keeps Secrets with their values. */
  releases: ReadonlySet<string>;
}

/** Whether an object is one of this program's own, which backups leave out. */
export type IsOwn = (candidate: Candidate) => boolean;

/** Nothing is this program's own: in kube-system, all is left out as it is. */
export const NONE_OWN: IsOwn = () => false;

/**
 * Own are, in the namespace of the program: what carries its label, what it writes itself (its Leases and its record), what
 * its pods use, and what Helm keeps of its release.
 */
export function ownObjects({ namespace, used, releases }: OwnFacts): IsOwn {
  return (candidate) => {
    if (candidate.namespace !== namespace) return false;
    const { object, kind, name } = candidate;
    if (label(object, NAME_LABEL) === PROGRAM_NAME) return true;
    if (label(object, "app.kubernetes.io/managed-by") === PROGRAM_NAME) return true;
    const isCore = isOf(candidate, "", kind);
    if (isCore && used.has(`${kind}/${name}`)) return true;
    if (!isCore || kind !== "Secret" || object["type"] !== "helm.sh/release.v1") return false;
    return releases.has(String(label(object, "name")));
  };
}
