/** A control plane with a store, and the program's engine between them: what these tests share. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openArchive } from "../../../src/archive/reader.ts";
import { type TakenBackup, takeBackup } from "../../../src/backup/take-backup.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { readBackupSide } from "../../../src/compare/backup-side.ts";
import { readClusterSide } from "../../../src/compare/cluster-side.ts";
import { compareSides } from "../../../src/compare/compare-sides.ts";
import type { Comparison } from "../../../src/compare/document.ts";
import { restoreIntoCluster } from "../../../src/restore/foreign-cluster.ts";
import type { ExistingPolicy } from "../../../src/restore/object/existing-policy.ts";
import type { RestoredItem, RestoreReport } from "../../../src/restore/report/report.ts";
import { EVERYTHING } from "../../../src/selection/selection.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { remove } from "../cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { itemsOf, textAt, withoutOwn } from "../cluster/raw-json.ts";
import { NEVER } from "../samples/sample-archive.ts";
import { until } from "../until.ts";
import { openClient } from "./engine.ts";

/** What a restore did. */
export interface Restored {
  report: RestoreReport;
  items: RestoredItem[];
}

/** All of it; to be stopped. */
export interface Rig {
  readonly cluster: ControlPlane;
  /** The store's folder. */
  readonly folder: string;
  /** S3TARGET and KUBECONFIG for the program. */
  readonly env: Record<string, string>;
  /** Sends a request and returns the answer's text; throws where it is no success. */
  send(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: string): Promise<string>;
  /** Texts of the objects of a list, by `namespace/name`, without what belongs to the cluster alone. */
  texts(path: string): Promise<Map<string, string>>;
  /** Takes a backup of all kinds, and of further ones that `all` passes over. */
  backUp(...more: string[]): Promise<TakenBackup>;
  /** Restores all of a backup, or in a dry run asks. */
  restore(backup: TakenBackup, existing?: ExistingPolicy, dryRun?: "server" | undefined): Promise<Restored>;
  /** Compares a backup with the cluster, as `diff` does. */
  compare(backup: TakenBackup): Promise<Comparison>;
  stop(): Promise<void>;
}

const SILENT = { write: () => {} };

/** Starts it. */
export async function startRig(): Promise<Rig> {
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-names-"));
  const cluster = await startControlPlane();
  const client: ApiClient = await openClient(cluster);
  const store = new FileStore({ folder });
  const now = () => new Date();
  const log = await createLog({ stream: SILENT, readable: false, colors: false, debug: false, now });
  const send: Rig["send"] = async (method, path, body) => {
    const what = `${method} ${path}`;
    const request = { what, method, path, retryInternalErrors: false };
    return (await client.send(body === undefined ? request : { ...request, body }, NEVER)).text;
  };
  return {
    cluster,
    folder,
    env: { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` },
    send,
    texts: async (path) => {
      const items = itemsOf(textAt(await send("GET", path), ["items"]));
      return new Map(items.map((item) => [titleOf(item), withoutOwn(item)]));
    },
    backUp: async (...more) => {
      const terms = ["all", ...more].map((word) => ({ adds: true, word }));
      const kinds = { base: "none", terms } as const;
      const program = { version: "0.0.0", commit: "0000000" };
      return await takeBackup({ client, store, kinds, program, now, log }, NEVER);
    },
    restore: async ({ name }, existing = "skip", dryRun) => {
      const items: RestoredItem[] = [];
      const source = await store.open(name, NEVER);
      try {
        const archive = await openArchive(source, NEVER);
        const onObject = (item: RestoredItem) => items.push(item);
        const options = { client, archive, existing, log, onObject, intoEmptyOnly: false };
        return { report: await restoreIntoCluster({ ...options, dryRun }, NEVER), items };
      } finally {
        await source.close();
      }
    },
    compare: async ({ name }) => {
      const source = await store.open(name, NEVER);
      try {
        const left = await readBackupSide({ name, archive: await openArchive(source, NEVER) }, NEVER);
        const right = await readClusterSide({ client, now }, NEVER);
        return await compareSides({ left, right, selection: EVERYTHING }, NEVER);
      } finally {
        await source.close();
      }
    },
    stop: async () => {
      await client.close();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What makes a CustomResourceDefinition. */
export interface Definition {
  group: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  shortNames?: readonly string[];
  versions: readonly { name: string; served: boolean; storage: boolean; [more: string]: unknown }[];
}

/** A version of which everything is kept. */
export const OPEN_VERSION = {
  name: "v1",
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
};

/** The path of all objects of a definition, in the first version that is served. */
export function collectionOf({ group, plural, versions }: Definition, namespace?: string): string {
  const version = versions.find(({ served }) => served)?.name;
  return `/apis/${group}/${version}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}`;
}

/** Creates definitions and waits until their objects can be listed and are known to discovery. */
export async function define(
  { cluster }: Pick<Rig, "cluster">,
  definitions: readonly Definition[],
): Promise<void> {
  for (const { group, plural, kind, namespaced, shortNames, versions } of definitions) {
    await cluster.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: {
        name: `${plural}.${group}`,
        // The API server asks for that in groups of Kubernetes.
        ...(group.endsWith(".k8s.io")
          ? { annotations: { "api-approved.kubernetes.io": "unapproved, for a test" } }
          : {}),
      },
      spec: {
        group,
        scope: namespaced ? "Namespaced" : "Cluster",
        names: { plural, kind, ...(shortNames === undefined ? {} : { shortNames }) },
        versions,
      },
    });
  }
  await untilServed(cluster, definitions);
}

/** Deletes definitions, and waits until the API server serves none of them. */
export async function removeDefinitions({ cluster }: Rig, definitions: readonly Definition[]): Promise<void> {
  const root = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  for (const { plural, group } of definitions) await remove(cluster, `${root}/${plural}.${group}`);
  for (const group of new Set(definitions.map((definition) => definition.group)))
    await until(`${group} is served no more`, async () => {
      const { groups } = await cluster.request("GET", "/apis");
      return groups.every(({ name }: { name: string }) => name !== group);
    });
}

/** Waits until the objects of definitions can be listed, and discovery names them. */
async function untilServed(
  { request }: Pick<ControlPlane, "request">,
  definitions: readonly Definition[],
): Promise<void> {
  for (const definition of definitions) {
    const { group, versions, plural } = definition;
    const version = versions.find(({ served }) => served)?.name;
    await until(`${plural}.${group} is served`, async () => {
      await request("GET", collectionOf(definition));
      const { resources } = await request("GET", `/apis/${group}/${version}`);
      return resources.some(({ name }: { name: string }) => name === plural);
    });
  }
}

function titleOf(item: string): string {
  const { namespace = "", name } = JSON.parse(textAt(item, ["metadata"])) as {
    namespace?: string;
    name: string;
  };
  return `${namespace}/${name}`;
}
