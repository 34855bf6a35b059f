/** `restore --wait`. */

import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { CommandContext } from "../../command-line/command.ts";
import {
  type AwaitedWorkload,
  awaitedKind,
  type NotReady,
  waitUntilReady,
} from "../../restore/ready/wait-until-ready.ts";
import { formatDuration } from "../../terminal/duration.ts";
import { amount } from "../../words/amount.ts";
import { someNames } from "../../words/some-names.ts";
import type { ResultItem } from "./tally.ts";

/** How many workloads a sentence names. */
const NAMED = 10;

/** What came of the waiting, as the document has it. */
export interface Waited {
  /** How many are ready. */
  ready: number;
  notReady: readonly NotReady[];
}

/** Collects the workloads that a restore has brought, or found there. */
export class AwaitedWorkloads {
  readonly workloads: AwaitedWorkload[] = [];
  readonly #jobs: boolean;

  /** @param jobs whether Jobs are waited for, too. */
  constructor({ jobs }: { jobs: boolean }) {
    this.#jobs = jobs;
  }

  add({ resource, namespace, name, outcome }: ResultItem): void {
    const kind = awaitedKind(resource);
    if (kind === undefined || namespace === undefined || outcome === "failed" || outcome === "deleted")
      return;
    if (kind === "Job" && !this.#jobs) return;
    this.workloads.push({ kind, namespace, name });
  }
}

/** Waits until they are ready, and shows how many are. */
export async function waitForWorkloads(
  { progress, signal, monotonic }: Pick<CommandContext, "progress" | "signal" | "monotonic">,
  {
    client,
    workloads,
    timeout,
  }: { client: ApiClient; workloads: readonly AwaitedWorkload[]; timeout: number },
): Promise<Waited> {
  const total = workloads.length;
  if (total === 0) return { ready: 0, notReady: [] };
  const stage = progress({ title: "Waiting", unit: "objects", total });
  let ready = 0;
  const onLook = (waiting: number) => {
    stage.advance(total - waiting - ready);
    ready = total - waiting;
  };
  try {
    const notReady = await waitUntilReady({ client, workloads, timeout, monotonic, onLook }, signal);
    return { ready: total - notReady.length, notReady };
  } finally {
    stage.end();
  }
}

/** What a person is told: `Not ready after 5m: Deployment shop/web (1 of 3 Pods are available)`. */
export function describeWaited({ ready, notReady }: Waited, timeout: number): string {
  if (notReady.length === 0) return `${amount(ready, "workload")} ${ready === 1 ? "is" : "are"} ready`;
  const names = notReady.map(
    ({ kind, namespace, name, reason }) => `${kind} ${namespace}/${name} (${reason})`,
  );
  return `Not ready after ${formatDuration(timeout)}: ${someNames(names, NAMED)}`;
}
