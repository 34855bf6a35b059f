import { readObject } from "../../cluster/objects.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { member } from "../../kubernetes/object-facts.ts";
import type { ObjectKey } from "../../kubernetes/resource.ts";
import { sleep } from "../../time/sleep.ts";
import { quotaId } from "./pass-facts.ts";
import { countsObjects, QUOTAS } from "./quota-counts.ts";
import type { RoundContext } from "./round-context.ts";

/** How long quotas are waited for until their usage is computed, and the time between two reads, in milliseconds. */
const TIMEOUT = 5_000;
const POLL = 50;

/**
 * Waits until the usage of quotas on object counts is computed: until then, admission refuses what they count, and a
 * ReplicaSet that is refused comes later than its Deployment. Without a quota controller, the wait ends by itself.
 */
export async function waitForQuotas(context: RoundContext, signal: AbortSignal): Promise<void> {
  const { client, served } = context;
  const resource = served.named(QUOTAS);
  if (resource === undefined || !context.writer.stores) return;
  const waiting = await quotasOnCounts(context, signal);
  for (let waited = 0; waiting.length > 0 && waited < TIMEOUT; ) {
    const [key] = waiting;
    const live: JsonObject | undefined =
      key === undefined ? undefined : await readObject(client, resource, key, signal);
    if (live === undefined || Object.keys(member(member(live, "status"), "hard")).length > 0) waiting.shift();
    else {
      await sleep(POLL, signal);
      waited += POLL;
    }
  }
}

async function quotasOnCounts(
  { source, exceededQuotas }: RoundContext,
  signal: AbortSignal,
): Promise<ObjectKey[]> {
  const keys: ObjectKey[] = [];
  for (const file of source.files(QUOTAS)) {
    for await (const { key, text } of source.objects(file, signal)) {
      const spec = member(parseJson(text) as JsonObject, "spec");
      if (countsObjects(member(spec, "hard")) && !exceededQuotas.has(quotaId(key))) keys.push(key);
    }
  }
  return keys;
}
