import type { Settings } from "../settings/settings.ts";

/** Options of {@link targetNamespace}. */
export interface TargetNamespaceOptions {
  namespace?: string | undefined;
  /** The kubeconfig and context, whose namespace is the fallback. */
  settings: Pick<Settings, "kubeconfig" | "context">;
}

/**
 * The namespace of an object that the command line names, chosen as kubectl chooses it: the flag, then the namespace
 * of the kubeconfig context, then `default`. Sends no request.
 */
export async function targetNamespace({ namespace, settings }: TargetNamespaceOptions): Promise<string> {
  if (namespace !== undefined) return namespace;
  const { contextNamespace } = await import("../cluster/kubeconfig/context-namespace.ts");
  const { kubeconfig, context } = settings;
  return contextNamespace({ kubeconfig, context }) || "default";
}
