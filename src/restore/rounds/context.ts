import type { Log } from "../../terminal/log/log.ts";
import type { InFlight } from "../concurrency/concurrently.ts";
import type { ServedResources } from "../live/served-resources.ts";
import type { RestoreTarget } from "../object/target.ts";
import type { ArchivedObjects } from "../source/archived-objects.ts";
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
