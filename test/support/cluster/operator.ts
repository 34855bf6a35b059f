/** A controller of the kind that most operators are: where an owner appears whose object is missing, it creates the object. */

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import type { ControlPlane } from "./control-plane.ts";

/** An owner as the API server tells of it. */
export interface WatchedOwner {
  apiVersion: string;
  kind: string;
  metadata: { namespace?: string; name: string; uid: string };
}

/** What an operator watches, and what it makes of it. */
export interface OperatorRule {
  /** The collection of the owners, over all namespaces. */
  watch: string;
  /** The collection of the object that belongs to an owner, and the object. */
  make(owner: WatchedOwner): { collection: string; object: { metadata: { name: string } } };
}

/** An operator that runs. */
export interface Operator {
  /** What it made, as `COLLECTION/NAME`. */
  readonly made: readonly string[];
  stop(): Promise<void>;
}

/** Starts an operator. It waits for its definitions, and starts its watches anew when they end, as informers do. */
export async function startOperator(
  cluster: Pick<ControlPlane, "server" | "caFile" | "token" | "request">,
  rules: readonly OperatorRule[],
): Promise<Operator> {
  const made: string[] = [];
  const ending = new AbortController();
  const agent = new Agent({ connect: { ca: await readFile(cluster.caFile, "utf8") }, bodyTimeout: 0 });
  const act = async (rule: OperatorRule, owner: WatchedOwner) => {
    const { collection, object } = rule.make(owner);
    const path = `${collection}/${object.metadata.name}`;
    try {
      await cluster.request("GET", path);
    } catch (error) {
      if ((error as { status?: number }).status !== 404) return;
      const { apiVersion, kind, metadata } = owner;
      const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true };
      const body = { ...object, metadata: { ...object.metadata, ownerReferences: [reference] } };
      // The namespace may be going away, and another may have been faster.
      await cluster.request("POST", collection, body).then(
        () => made.push(path),
        () => {},
      );
    }
  };
  const watchOnce = async (rule: OperatorRule, ready: () => void) => {
    // A watch without a list before it begins with what a cache of the API server has: owners that are gone among it.
    const list = await cluster.request("GET", rule.watch).catch((error) => {
      ready();
      throw error;
    });
    const head = { apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, "") };
    for (const item of list.items) await act(rule, { ...item, ...head });
    const from = `?watch=1&resourceVersion=${list.metadata.resourceVersion}`;
    const { statusCode, body } = await request(new URL(`${rule.watch}${from}`, cluster.server), {
      dispatcher: agent,
      headers: { authorization: `Bearer ${cluster.token}` },
      signal: ending.signal,
    });
    ready();
    if (statusCode !== 200) return await body.dump();
    for await (const line of createInterface({ input: body })) {
      const { type, object } = JSON.parse(line) as { type: string; object: WatchedOwner };
      if (type === "ADDED") await act(rule, object);
    }
  };
  const watch = async (rule: OperatorRule, ready: () => void) => {
    while (!ending.signal.aborted) {
      // A watch ends where its definition is gone, or where the operator is stopped.
      await watchOnce(rule, ready).catch(() => {});
      await sleep(10);
    }
  };
  const watches = rules.map((rule) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { ended: watch(rule, resolve), ready: promise };
  });
  await Promise.all(watches.map(({ ready }) => ready));
  return {
    made,
    stop: async () => {
      ending.abort();
      await Promise.all(watches.map(({ ended }) => ended));
      await agent.destroy();
    },
  };
}
