import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import type { Log } from "../terminal/log/log.ts";
import { type Flag, readFlag } from "./restore-flag.ts";

/** What somebody has to know of a cluster that is in use and has no restore flag; undefined where the flag is there. */
export function describeMissingFlag(flag: Flag): { message: string; advice: string } | undefined {
  if (flag !== "absent") return undefined;
  return {
    message: `This cluster has no namespace ${FLAG_NAMESPACE}: the next start of run restores into it what was deleted since the newest backup`,
    advice: `Where the cluster is in use already: kubectl create namespace ${FLAG_NAMESPACE}`,
  };
}

/** Warns where the restore flag is missing. Where it cannot be read nothing is said: the backup is stored all the same. */
export async function warnOfMissingFlag(
  { client, log }: { client: ApiClient; log: Log },
  signal: AbortSignal,
): Promise<void> {
  try {
    const missing = describeMissingFlag((await readFlag(client, signal)).state);
    if (missing !== undefined) log.warn({ advice: missing.advice }, missing.message);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError)) throw error;
    log.debug({ err: error }, "Whether the restore flag is there is not known");
  }
}
