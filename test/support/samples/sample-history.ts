/** A store with backups and a change log between them, without a cluster. */

import type { Buffer } from "node:buffer";
import type { ChangeRecord } from "../../../src/change-log/format/change-record.ts";
import { formatTimeline } from "../../../src/change-log/format/segment-name.ts";
import { SegmentChain, type SegmentChainOptions } from "../../../src/change-log/recording/segment-chain.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import type { Resource } from "../../../src/kubernetes/resource.ts";
import { resourceName } from "../../../src/kubernetes/resource.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { rfc3339 } from "../../../src/time/rfc3339.ts";
import { factsOf, NEVER, type SampleObject, writeSample } from "./sample-archive.ts";

const CLUSTER = "8a1c2f0e-0000-4000-8000-000000000000";

const resource = (group: string, plural: string, kind: string, more: Partial<Resource> = {}): Resource => ({
  ...{ group, version: "v1", resource: plural, kind, namespaced: true, singular: kind.toLowerCase() },
  ...more,
});

/** The kinds of such a store. */
export const KINDS = {
  namespaces: resource("", "namespaces", "Namespace", { namespaced: false, shortNames: ["ns"] }),
  configMaps: resource("", "configmaps", "ConfigMap", { shortNames: ["cm"] }),
  secrets: resource("", "secrets", "Secret"),
  deployments: resource("apps", "deployments", "Deployment", { shortNames: ["deploy"] }),
} as const;

/** A kind of such a store. */
export type KindWord = keyof typeof KINDS;

/** An object of `shop/web`, or of `shop` for a namespace. */
export function objectOf(kind: KindWord, path: string, content: JsonObject = {}): SampleObject {
  const { group, version, kind: title } = KINDS[kind];
  const [namespace, name = path] = path.includes("/") ? path.split("/") : [undefined, path];
  const { labels, ...rest } = content;
  const metadata = { name, ...(namespace && { namespace }), ...(labels === undefined ? {} : { labels }) };
  const apiVersion = group === "" ? version : `${group}/${version}`;
  const text = JSON.stringify({ apiVersion, kind: title, metadata, ...rest });
  return { resource: KINDS[kind], namespace, name, text };
}

/** The bytes of a backup of a moment with its resource version. */
export async function backupOf(
  time: Date,
  revision: number,
  objects: readonly SampleObject[],
): Promise<Buffer> {
  const order = Object.values(KINDS);
  const sorted = order.flatMap((kind) =>
    objects
      .filter((each) => each.resource.resource === kind.resource)
      .sort((one, other) => (`${one.namespace}/${one.name}` < `${other.namespace}/${other.name}` ? -1 : 1)),
  );
  const resources = order.map((kind) => ({
    ...kind,
    objects: sorted.filter((each) => each.resource.resource === kind.resource).length,
    ...{ revision: String(revision), sameMoment: true },
  }));
  const { bytes } = await writeSample(sorted, {
    time,
    facts: {
      ...factsOf(sorted),
      ...{ time: rfc3339(time), revision: String(revision), resources },
      cluster: { id: CLUSTER, kubernetesVersion: "v1.36.3" },
    },
  });
  return bytes;
}

/** Puts a backup into a store, of a moment with its resource version, and gives its name. */
export async function putBackupOf(
  store: Store,
  time: Date,
  revision: number,
  objects: readonly SampleObject[],
): Promise<string> {
  const bytes = await backupOf(time, revision, objects);
  const name = backupName(time);
  await store.put(
    name,
    (async function* () {
      yield bytes;
    })(),
    NEVER,
  );
  return name;
}

/** A change that a sample log has. */
export interface SampleChange {
  at: Date;
  revision: number;
  operation: ChangeRecord["operation"];
  kind: KindWord;
  path: string;
  content?: JsonObject;
  manager?: string;
}

/** What a sample timeline starts with. */
export interface SampleTimeline extends Pick<SegmentChainOptions, "sign" | "encrypt" | "onStored"> {
  began: Date;
  /** The backup that it starts from. */
  base: string;
  revision: number;
  begins?: string;
  writer?: string;
}

/** A timeline of a sample store. */
export interface OpenTimeline {
  name: string;
  /** Stores a segment that reaches a moment. */
  add(to: Date, revision: number, changes: readonly SampleChange[], base?: string): Promise<void>;
}

/** Begins a timeline at a backup. */
export async function beginTimeline(
  { segments }: Store,
  { began, base, revision, begins = "the program has started", writer = "00000001", ...how }: SampleTimeline,
): Promise<OpenTimeline> {
  const timeline = formatTimeline({ began, cluster: CLUSTER, writer });
  const chain = new SegmentChain({ segments, timeline, ...how });
  const resources = Object.values(KINDS).map(resourceName);
  let from = { revision: String(revision), time: began.toISOString() };
  const baseOf = (name: string, at: Date) => ({ base: name, settled: at.toISOString(), resources });
  const header = { cluster: CLUSTER, ...baseOf(base, began), begins, from, to: from };
  await chain.add({ header, records: [] }, NEVER);
  return {
    name: timeline,
    add: async (at, reached, changes, later) => {
      const to = { revision: String(reached), time: at.toISOString() };
      const ofBase = later === undefined ? {} : baseOf(later, at);
      await chain.add(
        { header: { cluster: CLUSTER, ...ofBase, from, to }, records: changes.map(recordOf) },
        NEVER,
      );
      from = to;
    },
  };
}

/** The record of a change. */
export function recordOf({
  at,
  revision,
  operation,
  kind,
  path,
  content,
  manager,
}: SampleChange): ChangeRecord {
  const { namespace, name, text } = objectOf(kind, path, content);
  return {
    ...{ revision: String(revision), time: at.toISOString(), operation },
    ...{ resource: resourceName(KINDS[kind]), kind: KINDS[kind].kind },
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(manager === undefined ? {} : { manager }),
    ...(operation === "delete" ? {} : { object: JSON.parse(text) as JsonObject }),
  };
}
