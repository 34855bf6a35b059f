import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { OperatorError } from "../../errors.ts";
import { NAMESPACES } from "../../kubernetes/resource.ts";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";

/** How long a namespace that is being deleted is waited for, and how often it is looked at, in milliseconds. */
const TERMINATING_LIMIT = 2 * 60_000;
const TERMINATING_POLL = 1_000;

interface Namespace {
  metadata: { deletionTimestamp?: string };
}

/** The namespace that was there before does not go away: the objects of this one namespace cannot come back. */
export class NamespaceTerminatingError extends OperatorError {
  override name = "NamespaceTerminatingError";
}

/**
 * Creates a namespace. One that is still being deleted is waited for: whatever is put into it would
 * go with it. Returns false where it was there already.
 *
 * @param create creates it; tells false where there is one of its name.
 */
export async function createNamespace(
  client: ApiClient,
  {
    name,
    log,
    create,
    limit = TERMINATING_LIMIT,
  }: { name: string; log: Log; create: () => Promise<boolean>; limit?: number },
  signal: AbortSignal,
): Promise<boolean> {
  const key = { namespace: undefined, name };
  for (let waited = 0; ; waited += TERMINATING_POLL) {
    if (await create()) return true;
    const live = await readObject<Namespace>(client, NAMESPACES, key, signal);
    if (live !== undefined && live.metadata.deletionTimestamp === undefined) return false;
    if (waited >= limit) {
      throw new NamespaceTerminatingError(
        `Cannot create namespace ${name}: the one before it has been terminating for ${limit / 1000} s`,
        {
          advice: `See what keeps it: kubectl get namespace ${name} -o yaml`,
        },
      );
    }
    if (waited === 0) log.info(`The namespace ${name} is being deleted; waiting until it is gone`);
    await sleep(TERMINATING_POLL, signal);
  }
}
