import { UsageError } from "../../errors.ts";
import type { ConnectionOptions } from "./connection.ts";
import { loadKubeconfig } from "./load-kubeconfig.ts";

/**
 * The namespace that the kubeconfig's context names, for commands that take one. Nothing is
 * contacted. Undefined where the context names none, or where no kubeconfig can be read: a command
 * on the store alone works without.
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
