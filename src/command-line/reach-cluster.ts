import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { CONNECT_TIMEOUT } from "../cluster/requests/connect-timeout.ts";
import { formatDuration } from "../terminal/duration.ts";
import type { Log } from "../terminal/log/log.ts";

/** A wait that is longer than this is told, in milliseconds. */
const TOLD_AFTER = 1_000;

/**
 * Asks the cluster whether it is there, before anything long is done: a backup is not read for an API server that does not
 * answer. Says what is waited for, and for how long at most.
 *
 * @throws {ConnectionError} where the API server cannot be reached.
 */
export async function reachCluster(client: ApiClient, log: Log, signal: AbortSignal): Promise<void> {
  const timer = setTimeout(() => log.info(describeWait(client)), TOLD_AFTER);
  try {
    const request = { what: "reach the cluster", method: "GET", path: "/api" } as const;
    // A small answer: one that takes requests and is silent is given up as soon as one that takes no connection.
    await client.send({ ...request, idleTimeout: CONNECT_TIMEOUT }, signal);
  } catch (error) {
    // An answer is an answer: what the command itself asks says what is wrong.
    if (!(error instanceof ApiError)) throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** `Waiting for the API server https://…: connect ECONNREFUSED …; gives up in 14s`. */
function describeWait({ server, fault, patience }: Pick<ApiClient, "server" | "fault" | "patience">): string {
  const [why, left] =
    fault === undefined ? ["it has not answered yet", patience.silent] : [fault.reason, patience.failing];
  return `Waiting for the API server ${server}: ${why}; gives up in ${formatDuration(left - TOLD_AFTER)} at the latest`;
}
