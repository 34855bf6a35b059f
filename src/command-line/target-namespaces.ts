import { isNamespaceGlob } from "../selection/namespaces.ts";
import type { Settings } from "../settings/settings.ts";

/** Options of {@link targetNamespaces}. */
export interface TargetNamespacesOptions {
  /** The names and patterns of `-n`. */
  namespaces?: readonly string[] | undefined;
  /** The kubeconfig and context, whose namespace is the fallback. */
  settings: Pick<Settings, "kubeconfig" | "context">;
}

/**
 * The namespaces of objects that the command line names, chosen as kubectl chooses: the flag, then the namespace
 * of the kubeconfig context, then `default`. Sends no request.
 */
export async function targetNamespaces({
  namespaces,
  settings,
}: TargetNamespacesOptions): Promise<readonly string[]> {
  if (namespaces !== undefined) return namespaces;
  const { contextNamespace } = await import("../cluster/kubeconfig/context-namespace.ts");
  const { kubeconfig, context } = settings;
  return [contextNamespace({ kubeconfig, context }) || "default"];
}

/** The problems of `-n`. An empty list usually comes from an empty variable and must not select everything. */
export function namespaceProblems(namespaces: readonly string[] | undefined): string[] {
  if (namespaces?.length === 0) return ["--namespace is empty: name at least one"];
  return (namespaces ?? [])
    .filter((each) => !isNamespaceGlob(each))
    .map((each) => `--namespace "${each}" is no namespace's name`);
}

/** Whether a namespace is named, and no pattern. */
export function isLiteral(namespace: string): boolean {
  return /^[-a-z0-9]+$/.test(namespace);
}
