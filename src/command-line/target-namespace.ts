import type { Settings } from "../settings/settings.ts";

/** What of a command line says in which namespace a named object is. */
export interface TargetNamespaceOptions {
  /** `--namespace`. */
  namespace?: string | undefined;
  /** The kubeconfig and its context, whose namespace is the next choice. */
  settings: Pick<Settings, "kubeconfig" | "context">;
}

/**
 * The namespace in which an object is that is named on the command line, chosen as kubectl chooses it:
 * the one that was given, or that of the kubeconfig's context, or `default`. Nothing is contacted.
 */
export async function targetNamespace({ namespace, settings }: TargetNamespaceOptions): Promise<string> {
  if (namespace !== undefined) return namespace;
  const { contextNamespace } = await import("../cluster/kubeconfig/context-namespace.ts");
  const { kubeconfig, context } = settings;
  return contextNamespace({ kubeconfig, context }) || "default";
}
