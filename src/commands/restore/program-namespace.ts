import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { OperatorError } from "../../errors.ts";
import { findProgramNamespaces } from "../../program/read-own-objects.ts";
import type { Settings } from "../../settings/settings.ts";

/** The namespace of the program where nothing else is said. */
const DEFAULT = "kube-system";

/**
 * Refuses a restore that takes the program for one of kube-system, where it runs in another namespace: the Lease of kube-system
 * would not keep that one from working at the same time, and pruning would delete it.
 *
 * @throws {OperatorError} where a Deployment of the program is in other namespaces alone.
 */
export async function rejectOtherProgramNamespace(
  client: ApiClient,
  { programNamespace }: Pick<Settings, "programNamespace">,
  signal: AbortSignal,
): Promise<void> {
  if (programNamespace !== DEFAULT) return;
  const found = await findProgramNamespaces(client, signal);
  const [other] = found ?? [];
  if (other === undefined || found?.includes(programNamespace)) return;
  throw new OperatorError(
    `Cannot restore: the program runs in the namespace ${other}, where the Lease is that keeps two from restoring at once`,
    { advice: `Add --program-namespace ${other}` },
  );
}
