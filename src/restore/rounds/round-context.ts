import type { Log } from "../../terminal/log/log.ts";
import type { InFlight } from "../concurrency/concurrently.ts";
import type { ServedResources } from "../live/served-resources.ts";
import type { RestoreContext } from "../object/restore-context.ts";
import type { ArchivedObjects } from "../source/archived-objects.ts";
import type { WaitingObjects } from "./waiting-objects.ts";

/** What the rounds of one restore share: besides what any object needs, where objects come from and which wait. */
export interface RoundContext extends RestoreContext {
  log: Log;
  source: ArchivedObjects;
  served: ServedResources;
  waiting: WaitingObjects;
  inFlight: InFlight;
  /** Quotas that come after what they count, as `NAMESPACE/NAME`: the backup exceeds them. */
  exceededQuotas: ReadonlySet<string>;
  /** Filled by the restore of Namespaces. */
  namespacesBefore: Set<string>;
  /** Names of the CRDs that were restored, that wait, or that would be restored in a dry run. */
  crds: Set<string>;
}
