/**
 * Backups of the same objects in very many namespaces, or in few: six kinds, of which one has owners. In very many, most
 * of an archive are its files, of which each namespace has seven.
 */

import { hash } from "node:crypto";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createArchive } from "../../../src/archive/writer.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import type { Owner } from "../../../src/kubernetes/owners.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { factsOf, NAMESPACES, NEVER, REPLICA_SETS, type SampleObject, SECRETS } from "./sample-archive.ts";

type SampleResource = SampleObject["resource"] & { version: string };

/** A kind, and what an object of the number has besides its metadata. */
interface SampleKind {
  resource: SampleResource;
  content: (index: number) => JsonObject;
  owner?: (name: string) => Owner;
}

const core = (resource: string, kind: string) => ({
  group: "",
  version: "v1",
  resource,
  kind,
  namespaced: true,
});

const LABELS = { app: "web" };
const WORKLOAD = {
  selector: { matchLabels: LABELS },
  template: {
    metadata: { labels: LABELS },
    spec: { containers: [{ name: "web", image: "registry.example.com/web:1.27" }] },
  },
};

/** Base64 that hardly packs, as that of Secrets: an archive in few namespaces is otherwise too small to be compared with. */
function tokenOf(index: number): string {
  return Array.from({ length: 32 }, (_, part) =>
    hash("sha256", `${index} ${part}`, "base64").slice(0, 40),
  ).join("");
}

/** In the order of the program. */
const KINDS: readonly SampleKind[] = [
  {
    resource: core("configmaps", "ConfigMap"),
    content: (index) => ({ data: { "app.properties": `log.level=info\nworkers=${index}\n`.repeat(4) } }),
  },
  {
    resource: { ...REPLICA_SETS, resource: "deployments", kind: "Deployment" },
    content: () => ({ spec: { replicas: 2, ...WORKLOAD } }),
  },
  {
    resource: REPLICA_SETS,
    content: () => ({ spec: { replicas: 2, ...WORKLOAD } }),
    owner: (name) => ({ apiVersion: "apps/v1", kind: "Deployment", name, controller: true }),
  },
  {
    resource: core("resourcequotas", "ResourceQuota"),
    content: (index) => ({ spec: { hard: { "requests.cpu": `${1 + (index % 64)}` } } }),
  },
  {
    resource: SECRETS,
    content: (index) => ({ type: "Opaque", data: { token: tokenOf(index) } }),
  },
  {
    resource: core("serviceaccounts", "ServiceAccount"),
    content: () => ({ automountServiceAccountToken: false }),
  },
];

/** Files of a namespace: one of each kind, and one of owners. */
export const FILES_OF_NAMESPACE = KINDS.length + 1;

/** How the objects are made. */
export interface ManyNamespaces {
  /** How many namespaces the objects are in. */
  namespaces: number;
  /** How many objects there are of each kind. */
  objects: number;
  /** Numbers of ConfigMaps that have other data. */
  changed?: ReadonlySet<number>;
  /** The time of the backup. */
  time: Date;
}

/** The name of a namespace, by its number. */
export function namespaceName(index: number): string {
  return `team-${String(index).padStart(5, "0")}`;
}

function* objectsOf(
  { resource, content, owner }: SampleKind,
  shape: ManyNamespaces,
): Generator<SampleObject> {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  const each = shape.objects / shape.namespaces;
  for (let index = 0; index < shape.objects; index += 1) {
    const namespace = namespaceName(Math.floor(index / each));
    const name = `web-${String(index).padStart(6, "0")}`;
    const isChanged = resource.resource === "configmaps" && shape.changed?.has(index) === true;
    const text = JSON.stringify({
      apiVersion,
      kind: resource.kind,
      metadata: { name, namespace, labels: LABELS },
      ...content(isChanged ? index + 1 : index),
    });
    yield { resource, namespace, name, text, ...(owner === undefined ? {} : { owners: [owner(name)] }) };
  }
}

/** The Namespaces, as many in any shape. */
function* namespacesOf({ objects }: ManyNamespaces): Generator<SampleObject> {
  for (let index = 0; index < objects; index += 1) {
    const name = namespaceName(index);
    const text = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    yield { resource: NAMESPACES, namespace: undefined, name, text };
  }
}

/** Writes a backup into a folder, without reading a cluster. Returns its name. */
export async function writeManyNamespaces(folder: string, shape: ManyNamespaces): Promise<string> {
  const { time, objects } = shape;
  const archive = createArchive({ time });
  const name = backupName(time);
  const written = pipeline(archive.bytes, createWriteStream(path.join(folder, `${name}.zip`)));
  const examples: SampleObject[] = [];
  for (const made of [namespacesOf(shape), ...KINDS.map((kind) => objectsOf(kind, shape))]) {
    let example: SampleObject | undefined;
    for (const object of made) {
      example ??= object;
      await archive.add(object, NEVER);
    }
    if (example !== undefined) examples.push(example);
  }
  const facts = factsOf(examples);
  const resources = facts.resources.map((each) => ({ ...each, objects }));
  await archive.finish({ ...facts, time: `${time.toISOString().slice(0, 19)}Z`, resources }, NEVER);
  await written;
  return name;
}
