import { createObject, patchObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";
import { NAMESPACES } from "../kubernetes/resource.ts";
import {
  type FlagFacts,
  type FoundFlagFacts,
  flagAnnotations,
  readFlagAnnotations,
} from "../objects/flag-annotations.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import { RETRY_FOR } from "../restore/rounds/retry-rounds.ts";
import type { Log } from "../terminal/log/log.ts";
import { sleep } from "../time/sleep.ts";

const KEY = { namespace: undefined, name: FLAG_NAMESPACE };
/** How long a restore flag that is being deleted is waited for, and the time between two reads, in milliseconds. */
const TERMINATING_TIMEOUT = 2 * 60_000;
const TERMINATING_POLL = 2_000;
/** The time between two attempts to write the restore flag, in milliseconds. */
const REFUSED_POLL = 2_000;

/** The state of the restore flag namespace. */
export type Flag = "absent" | "present" | "terminating";

/** A restore flag, and what its annotations say. */
export interface FoundFlag {
  state: Flag;
  facts: FoundFlagFacts;
}

/** Reads the restore flag. */
export async function readFlag(client: ApiClient, signal: AbortSignal): Promise<FoundFlag> {
  return found(await readObject<FlagNamespace>(client, NAMESPACES, KEY, signal));
}

/**
 * Reads the restore flag, and waits until a flag that is being deleted is gone: somebody has asked for a restore.
 *
 * @returns the flag: present or absent.
 * @throws {OperatorError} where the flag is still being deleted after two minutes.
 */
export async function readSettledFlag(
  client: ApiClient,
  { log, timeout = TERMINATING_TIMEOUT }: { log: Log; timeout?: number },
  signal: AbortSignal,
): Promise<FoundFlag> {
  for (let waited = 0; ; waited += TERMINATING_POLL) {
    const namespace = await readObject<FlagNamespace>(client, NAMESPACES, KEY, signal);
    const flag = found(namespace);
    if (flag.state !== "terminating") return flag;
    if (waited >= timeout) {
      const reasons = (namespace?.status?.conditions ?? [])
        .filter((condition) => condition.status === "True")
        .map((condition) => condition.message);
      throw new OperatorError(
        `Cannot pass the restore gate: the namespace ${FLAG_NAMESPACE} has been terminating for ${timeout / 1000} s${reasons.length > 0 ? `: ${reasons.join("; ")}` : ""}`,
        { advice: `See what keeps it: kubectl get namespace ${FLAG_NAMESPACE} -o yaml` },
      );
    }
    if (waited === 0) log.info(`The namespace ${FLAG_NAMESPACE} is being deleted; waiting until it is gone`);
    await sleep(TERMINATING_POLL, signal);
  }
}

/**
 * Writes the restore flag: from now on the gate restores nothing into this cluster. A refusal that passes by itself is
 * waited for: a webhook that is asked about namespaces is back from now on, and the Pods that answer start.
 *
 * A restore flag that exists and tells of no restore, since a person made it or since there was nothing to restore then,
 * comes to tell of this one: by it the cluster's own backups go on where those of the old cluster ended.
 *
 * @param options.timeout how long in milliseconds.
 * @throws what the API server refuses the namespace with in the end.
 */
export async function writeFlag(
  client: ApiClient,
  facts: FlagFacts,
  signal: AbortSignal,
  { timeout = RETRY_FOR }: { timeout?: number } = {},
): Promise<void> {
  const body = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: FLAG_NAMESPACE,
      labels: { "app.kubernetes.io/managed-by": "kube-backup" },
      annotations: flagAnnotations(facts),
    },
  };
  for (let waited = 0; ; waited += REFUSED_POLL) {
    try {
      const write = { resource: NAMESPACES, key: KEY, body: JSON.stringify(body) };
      const { created } = await createObject(client, write, signal);
      if (!created && facts.reason === "restored") await noteRestore(client, facts, signal);
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.waitsFor === undefined || waited >= timeout) throw error;
    }
    await sleep(REFUSED_POLL, signal);
  }
}

/** Has a restore flag that tells of no restore tell of one. Without the right to do so, it stays as it is. */
async function noteRestore(client: ApiClient, facts: FlagFacts, signal: AbortSignal): Promise<void> {
  try {
    const { state, facts: told } = await readFlag(client, signal);
    if (state !== "present" || told.reason === "restored") return;
    const body = JSON.stringify({ metadata: { annotations: flagAnnotations(facts) } });
    await patchObject(client, { resource: NAMESPACES, key: KEY, body }, signal);
  } catch (error) {
    // The flag itself is what keeps the gate from a restore.
    if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 404)) throw error;
  }
}

interface FlagNamespace {
  metadata: { deletionTimestamp?: string; annotations?: Record<string, string> };
  status?: { conditions?: { type: string; status: string; message: string }[] };
}

function found(namespace: FlagNamespace | undefined): FoundFlag {
  if (namespace === undefined) return { state: "absent", facts: {} };
  const { deletionTimestamp, annotations } = namespace.metadata;
  return {
    state: deletionTimestamp === undefined ? "present" : "terminating",
    facts: readFlagAnnotations(annotations),
  };
}
