import { existsSync } from "node:fs";
import path from "node:path";

/** Where a pod finds its ServiceAccount. */
export const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Whether the program runs in a pod. The variable alone does not tell: tools that connect a laptop to a cluster set it
 * there, too.
 *
 * @param folder of the ServiceAccount's files.
 */
export function isPod(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string = SERVICE_ACCOUNT,
): boolean {
  return Boolean(environment["KUBERNETES_SERVICE_HOST"]) && existsSync(path.join(folder, "token"));
}
