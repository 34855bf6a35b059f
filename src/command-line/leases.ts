import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { Patience } from "../lease/acquire.ts";
import { identityOf, readProcessFacts } from "../lease/identity.ts";
import { LeaseClient } from "../lease/lease-client.ts";
import { whileHolding } from "../lease/while-holding.ts";
import { WriteGuard } from "../lease/write-guard.ts";
import type { CommandContext } from "./command.ts";

/** The Leases of one process. */
export interface Leases {
  /** Who this process is in a Lease. */
  readonly identity: string;
  /** For the API client: nothing is written after a Lease is lost. */
  readonly guard: WriteGuard;
  /** The same for the store. */
  beforeWrite(): Promise<void>;
  /** Works while this process holds a Lease; at once where it takes none, by `--no-lock`. */
  hold<T>(options: HoldLease, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Which Lease to hold. */
interface HoldLease {
  client: ApiClient;
  name: string;
  patience: Patience;
  /** Called at each look, while another process holds the Lease, with who that is. */
  onWait?: ((holder: string) => void) | undefined;
}

/** Prepares the Leases of this process. Contacts nothing. */
export async function openLeases(
  context: Pick<CommandContext, "settings" | "log" | "now" | "monotonic" | "environment" | "signal">,
  { lock }: { lock: boolean },
): Promise<Leases> {
  const { settings, log, now, monotonic, signal } = context;
  const namespace = settings.programNamespace;
  const process = await readProcessFacts(context.environment);
  const guard = new WriteGuard();
  const common = { term: settings.leaseTerm, process, clocks: { now, monotonic }, log, guard };
  return {
    identity: identityOf(process),
    guard,
    beforeWrite: () => guard.ensure(signal),
    hold: async ({ client, name, patience, onWait }, work, signal) => {
      if (!lock) {
        log.info(
          `The Lease ${namespace}/${name} is not taken (--no-lock): nothing keeps another kube-backup from doing the same meanwhile`,
        );
        return await work(signal);
      }
      // A renewal must not wait for a rate limit, or for a connection that restored objects occupy.
      const beside = client.beside();
      const lease = new LeaseClient(beside, { namespace, name });
      try {
        return await whileHolding({ ...common, lease, patience, onWait }, work, signal);
      } finally {
        await beside.close();
      }
    },
  };
}
