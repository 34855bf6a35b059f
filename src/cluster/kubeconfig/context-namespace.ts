import { UsageError } from "../../errors.ts";
import type { ConnectionOptions } from "./connection.ts";
import { loadKubeconfig } from "./load-kubeconfig.ts";

/**
 * The namespace of the kubeconfig's context, for commands that take a namespace. Nothing is contacted. Undefined
 * where the context has no namespace, or where no kubeconfig can be read: a command that needs only the store works
 * without a kubeconfig.
 */
export function contextNamespace({ kubeconfig, context }: ConnectionOptions): string | undefined {
  try {
    const { contexts, currentContext } = loadKubeconfig(kubeconfig);
    return contexts.get(context ?? currentContext ?? "")?.namespace;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
