import type { Manifest } from "./manifest.ts";

/** `a partial backup, only of the namespaces shop, team-*`. Undefined for a backup of all namespaces. */
export function describeScope({ scope }: Pick<Manifest, "scope">): string | undefined {
  if (scope === undefined) return undefined;
  const { includeNamespaces, excludeNamespaces } = scope;
  const parts = [
    ...(includeNamespaces === undefined ? [] : [`only of the namespaces ${includeNamespaces.join(", ")}`]),
    ...(excludeNamespaces === undefined ? [] : [`without the namespaces ${excludeNamespaces.join(", ")}`]),
  ];
  return `a partial backup, ${parts.join(" and ")}`;
}
