/** Single objects of kube-system that are kept, because a setting names them. */

import { type Candidate, isOf, label } from "../kubernetes/object-facts.ts";

/** The namespace of the cluster itself, of which backups hold nothing else. */
export const SYSTEM_NAMESPACE = "kube-system";

/** Objects of kube-system to keep: one by name, or all with a label. */
export interface SystemTerm {
  kind: "Secret" | "ConfigMap";
  /** Of one object. */
  name?: string;
  /** Of all objects with this label, and this value where there is one. */
  label?: { key: string; value?: string };
}

/** Whether an object of kube-system is kept. */
export type KeepsSystemObject = (candidate: Candidate) => boolean;

/** Compiles the terms; nothing is kept without them. */
export function keptSystemObjects(terms: readonly SystemTerm[] = []): KeepsSystemObject {
  if (terms.length === 0) return () => false;
  return (candidate) =>
    candidate.namespace === SYSTEM_NAMESPACE && terms.some((term) => matches(term, candidate));
}

function matches(term: SystemTerm, candidate: Candidate): boolean {
  if (!isOf(candidate, "", term.kind)) return false;
  if (term.label === undefined) return candidate.name === term.name;
  const value = label(candidate.object, term.label.key);
  return value !== undefined && (term.label.value === undefined || term.label.value === value);
}

/** Objects of kube-system on which applications are known to rely, with the term that keeps them. */
export const KNOWN_SYSTEM_OBJECTS: readonly { term: SystemTerm; text: string; what: string }[] = [
  {
    term: { kind: "Secret", label: { key: "sealedsecrets.bitnami.com/sealed-secrets-key" } },
    text: "secrets:sealedsecrets.bitnami.com/sealed-secrets-key",
    what: "keys without which no SealedSecret can be read",
  },
  {
    term: { kind: "ConfigMap", name: "aws-auth" },
    text: "configmap/aws-auth",
    what: "who may do what in the cluster by an AWS role",
  },
  {
    term: { kind: "ConfigMap", name: "coredns-custom" },
    text: "configmap/coredns-custom",
    what: "names that the cluster's DNS resolves",
  },
];
