import type { Log } from "../terminal/log.ts";
import type { ArchivedObjects } from "./archived-objects.ts";
import type { InFlight } from "./concurrently.ts";
import type { RestoreTarget } from "./restore-target.ts";
import type { ServedResources } from "./served-resources.ts";
import type { WaitingObjects } from "./waiting-objects.ts";

/** What the parts of one restore share. */
export interface Restore extends Omit<RestoreTarget, "resource" | "live"> {
  log: Log;
  objects: ArchivedObjects;
  served: ServedResources;
  waiting: WaitingObjects;
  inFlight: InFlight;
  /** Custom resources whose definition came back, waits, or, in a dry run, would come back. */
  defined: Set<string>;
}
