import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { OperatorError } from "../../errors.ts";
import { NAMESPACES } from "../../kubernetes/resource.ts";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";
import { shellCommand } from "../../words/shell-command.ts";

/** How long a namespace that is being deleted is waited for, and the time between two reads, in milliseconds. */
const TERMINATING_TIMEOUT = 2 * 60_000;
const TERMINATING_POLL = 1_000;

interface Namespace {
  metadata: { deletionTimestamp?: string };
}

/** A namespace of the same name stays in deletion: the objects of this namespace cannot be restored. */
export class NamespaceTerminatingError extends OperatorError {
  override name = "NamespaceTerminatingError";
}

/**
 * Creates a namespace. A namespace that is being deleted is waited for: objects that were created in it would be
 * deleted with it.
 *
 * @param create creates the namespace; returns false where one of its name exists.
 * @returns false where the namespace existed.
 * @throws {NamespaceTerminatingError} where the namespace is still being deleted after the timeout.
 */
export async function createNamespace(
  client: ApiClient,
  {
    name,
    log,
    create,
    timeout = TERMINATING_TIMEOUT,
  }: { name: string; log: Log; create: () => Promise<boolean>; timeout?: number },
  signal: AbortSignal,
): Promise<boolean> {
  const key = { namespace: undefined, name };
  for (let waited = 0; ; waited += TERMINATING_POLL) {
    if (await create()) return true;
    const live = await readObject<Namespace>(client, NAMESPACES, key, signal);
    if (live !== undefined && live.metadata.deletionTimestamp === undefined) return false;
    if (waited >= timeout) {
      throw new NamespaceTerminatingError(
        `Cannot create namespace ${name}: the one before it has been terminating for ${timeout / 1000} s`,
        {
          advice: `See what keeps it: ${shellCommand`kubectl get namespace/${name} -o yaml`}`,
        },
      );
    }
    if (waited === 0) log.info(`The namespace ${name} is being deleted; waiting until it is gone`);
    await sleep(TERMINATING_POLL, signal);
  }
}
