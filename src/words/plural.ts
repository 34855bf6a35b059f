import { amount } from "./amount.ts";

/** The plural of a kind: `Deployments`, `Ingresses`, `NetworkPolicies`, `Endpoints`. */
export function pluralOf(kind: string): string {
  if (/(?:ss|us|x|ch|sh)$/.test(kind)) return `${kind}es`;
  if (kind.endsWith("s")) return kind;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/** `1 Deployment`, `112 Deployments`. */
export function countOf(count: number, kind: string): string {
  return amount(count, kind, pluralOf(kind));
}
