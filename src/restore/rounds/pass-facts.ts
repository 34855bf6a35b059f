import { parseJson } from "../../kubernetes/json.ts";
import { member } from "../../kubernetes/object-facts.ts";
import { parseApiVersion } from "../../kubernetes/resource.ts";
import { isAdopter } from "../../objects/adopters.ts";
import type { ObjectWriter } from "../object/cluster-writer.ts";
import type { ArchivedObjects } from "../source/archived-objects.ts";
import { type ArchivedCounts, isExceeded, QUOTAS } from "./quota-counts.ts";

/** What of a backup decides the order of its restore. */
export interface ArchivedOrder {
  /** Resources that have owned objects, and the resources of the owners. */
  owners: Map<string, Set<string>>;
  /** Quotas that the backup exceeds, as `NAMESPACE/NAME` in the cluster. */
  exceededQuotas: Set<string>;
}

/** Reads what decides the order. In a dry run nothing depends on the order, and nothing is read. */
export async function readArchivedOrder(
  { source, writer }: { source: ArchivedObjects; writer: Pick<ObjectWriter, "stores"> },
  signal: AbortSignal,
): Promise<ArchivedOrder> {
  const order: ArchivedOrder = { owners: new Map(), exceededQuotas: new Set() };
  if (!writer.stores) return order;
  const names = source.resourceNames();
  const resources = new Map(
    names.map((name) => {
      const resource = source.resource(name);
      return [`${resource?.group}/${resource?.kind}`, name];
    }),
  );
  for (const name of names) {
    const ofOwners = new Set<string>();
    for (const file of source.files(name)) {
      for await (const { owners } of source.owners(file, signal)) {
        for (const owner of owners) {
          const resource = resources.get(`${parseApiVersion(owner.apiVersion).group}/${owner.kind}`);
          if (resource !== undefined && !isAdopter(name, owner)) ofOwners.add(resource);
        }
      }
    }
    if (ofOwners.size > 0) order.owners.set(name, ofOwners);
  }
  await readQuotas(source, order.exceededQuotas, signal);
  return order;
}

async function readQuotas(
  source: ArchivedObjects,
  exceeded: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const files = source.resourceNames().map((name) => [name, source.files(name)] as const);
  for (const file of source.files(QUOTAS)) {
    const counts: ArchivedCounts = new Map(
      files.map(([name, files]) => [name, files.in(file.namespace).objects]),
    );
    for await (const { key, text } of source.objects(file, signal)) {
      const spec = member(parseJson(text) as Record<string, unknown>, "spec");
      if (isExceeded(member(spec, "hard"), counts)) exceeded.add(quotaId(key));
    }
  }
}

/** A quota in {@link ArchivedOrder}. */
export function quotaId({ namespace, name }: { namespace: string | undefined; name: string }): string {
  return `${namespace ?? ""}/${name}`;
}
