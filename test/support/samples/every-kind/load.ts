/** Loads one object at least of every kind, and takes all of it away again. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { remove } from "../../cluster/cluster-contents.ts";
import type { ControlPlane } from "../../cluster/control-plane.ts";
import { waitUntilEstablished } from "../../cluster/established.ts";
import { until } from "../../until.ts";

const NAMESPACE = "every-kind";
const TIMEOUT = 60_000;

interface Document {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

/** A resource that the API server serves. */
export interface Served {
  name: string;
  apiVersion: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
}

/** What the API server serves, in the versions that it prefers; `deployments.apps`. */
export async function servedResources(cluster: ControlPlane): Promise<Served[]> {
  const lines = await cluster.kubectl(["api-resources", "--no-headers", "--output=wide"]);
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const words = line.split(/\s{2,}|\s(?=true|false)/).filter((word) => word !== "");
      const scope = words.findIndex((word) => word === "true" || word === "false");
      const apiVersion = words[scope - 1] ?? "";
      const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
      const verbs =
        words.slice(scope + 2).find((word) => word.includes("create") || word.includes("list")) ?? "";
      return {
        name: `${words[0]}${group}`,
        apiVersion,
        kind: words[scope + 1] ?? "",
        namespaced: words[scope] === "true",
        verbs: verbs.trim().split(","),
      };
    });
}

/**
 * Loads the fixtures of every kind that this API server serves, custom resources among them.
 *
 * @returns names of kinds in the fixtures that it does not serve in their version.
 */
export async function loadEveryKind(cluster: ControlPlane): Promise<string[]> {
  const served = new Set(
    (await servedResources(cluster)).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
  );
  const documents = await read("every-kind.yaml");
  const known = documents.filter(({ apiVersion, kind }) => served.has(`${apiVersion} ${kind}`));
  await apply(cluster, known);
  await apply(cluster, await read("definitions.yaml"));
  await waitUntilEstablished(cluster);
  await apply(cluster, await read("custom.yaml"));
  await cluster.request(
    "PATCH",
    `/apis/kinds.example.com/v1/namespaces/${NAMESPACE}/engines/running/status`,
    { status: { phase: "Running" } },
  );
  await waitUntilBound(cluster);
  await waitUntilQuiet(cluster);
  return documents
    .filter((each) => !known.includes(each))
    .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
}

/** Takes away what {@link loadEveryKind} loaded. */
export async function removeEveryKind(cluster: ControlPlane): Promise<void> {
  const served = await servedResources(cluster);
  // What finalizers keep would keep the namespace as well.
  const widget = `/apis/kinds.example.com/v1/namespaces/${NAMESPACE}/widgets/exact`;
  await cluster.request("PATCH", widget, { metadata: { finalizers: null } });
  const documents = [...(await read("every-kind.yaml")), ...(await read("custom.yaml"))];
  const clusterScoped = documents.filter(({ metadata, kind }) => !metadata.namespace && kind !== "Namespace");
  for (const { apiVersion, kind, metadata } of clusterScoped.reverse()) {
    const resource = served.find((each) => each.apiVersion === apiVersion && each.kind === kind);
    if (resource === undefined) continue;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const place = `${root}/${resource.name.split(".")[0]}/${encodeURIComponent(metadata.name)}`;
    // The volume is kept as long as its claim is there.
    await cluster.request("DELETE", place).catch((error: { status?: number }) => {
      if (error.status !== 404) throw error;
    });
  }
  await remove(cluster, `/api/v1/namespaces/${NAMESPACE}`);
  for (const { metadata } of await read("definitions.yaml")) {
    await remove(cluster, `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`);
  }
}

/** Waits until the claim has the volume: under load, the controller comes later than everything seems quiet. */
async function waitUntilBound(cluster: ControlPlane): Promise<void> {
  await until(
    "the claim is bound",
    async () => {
      const claim = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims/data`;
      return (await cluster.request("GET", claim)).status.phase === "Bound";
    },
    { timeoutMs: TIMEOUT },
  );
}

/** Waits until nothing in the namespace changes any more. */
export async function waitUntilQuiet(cluster: ControlPlane): Promise<void> {
  const kinds =
    "deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,rc,pods,hpa,pdb,quota,pvc,controllerrevisions";
  let previous = "";
  let same = 0;
  for (const end = Date.now() + TIMEOUT; same < 3; await sleep(500)) {
    if (Date.now() > end) throw new Error("The controllers are not at rest");
    const now = await cluster.kubectl([
      "get",
      kinds,
      "--namespace",
      NAMESPACE,
      "--output=jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation} {.spec}{'\\n'}{end}",
    ]);
    same = now === previous ? same + 1 : 0;
    previous = now;
  }
}

async function read(file: string): Promise<Document[]> {
  const text = await readFile(path.join(import.meta.dirname, file), "utf8");
  // BigInt: a number beyond 2^53 must reach the API server as it is written.
  return parseAllDocuments(text, { intAsBigInt: true }).map((document) => document.toJS() as Document);
}

async function apply(cluster: ControlPlane, documents: readonly Document[]): Promise<void> {
  const input = documents.map((document) =>
    JSON.stringify(document, (_key, value) =>
      typeof value === "bigint"
        ? (JSON as never as { rawJSON(text: string): unknown }).rawJSON(String(value))
        : value,
    ),
  );
  await cluster.kubectl(["create", "--validate=strict", "-f", "-"], { input: input.join("\n---\n") });
}
