import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isJsonObject, type JsonObject } from "../../src/kubernetes/json.ts";
import { portable } from "../../src/objects/portable.ts";
import type { ControlPlane } from "../../test/support/cluster/control-plane.ts";
import { formatBody } from "../raw/bodies.ts";
import { COLLECTIONS, type Collection, NAMESPACES } from "./collections.ts";
import { namespaceNames, namespaceObjects, sampleObjects } from "./objects.ts";
import type { Shape } from "./shapes.ts";

const PAGE = 500;

/** Writes the objects that fill a cluster, for raw creates. */
export async function writeSample(file: string, shape: Shape, seed: number): Promise<void> {
  const lines = function* () {
    for (const { path, body } of namespaceObjects(shape)) yield formatBody(path, JSON.stringify(body));
    yield "\n";
    for (const { path, body } of sampleObjects(shape, seed)) yield formatBody(path, JSON.stringify(body));
  };
  await pipeline(Readable.from(lines()), createWriteStream(file));
}

/** The files with the content of the shape's namespaces, in two formats. */
export interface ContentFiles {
  raw: string;
  /** For `kubectl create -f`: concatenated JSON documents. */
  kubectl: string;
}

/**
 * Writes what a restore would send, in restore order: each object without the fields that its cluster assigned.
 *
 * @returns the number of objects, including namespaces.
 */
export async function writeContent(plane: ControlPlane, shape: Shape, files: ContentFiles): Promise<number> {
  const namespaces = new Set(namespaceNames(shape));
  const [raw, kubectl] = [createWriteStream(files.raw), createWriteStream(files.kubectl)];
  let objects = 0;
  const write = async (lines: string, documents: string) => {
    await Promise.all(
      [raw, kubectl].map((stream, index) => written(stream, index === 0 ? lines : documents)),
    );
  };
  for (const collection of [NAMESPACES, ...COLLECTIONS]) {
    for await (const items of pagesOf(plane, collection)) {
      let lines = "";
      let documents = "";
      for (const item of items) {
        const { kind, apiVersion, root, resource } = collection;
        const object = portable({ kind }, { apiVersion, kind, ...item }, namespaces);
        if (object === undefined || (kind === NAMESPACES.kind && !namespaces.has(object.name))) continue;
        const scope = object.namespace === undefined ? "" : `/namespaces/${object.namespace}`;
        lines += formatBody(`${root}${scope}/${resource}`, object.text);
        documents += `${object.text}\n`;
        objects += 1;
      }
      await write(lines, documents);
    }
    // A barrier: the next kind may depend on this kind. A Deployment adopts its ReplicaSets, as in a restore.
    await write("\n", "");
  }
  await Promise.all([raw, kubectl].map((stream) => new Promise((resolve) => stream.end(resolve))));
  return objects;
}

function written(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

async function* pagesOf(plane: ControlPlane, { root, resource }: Collection): AsyncGenerator<JsonObject[]> {
  for (let next = ""; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(next === "" ? {} : { continue: next }) });
    const list = await plane.request("GET", `${root}/${resource}?${query}`);
    yield (list.items as unknown[]).filter(isJsonObject);
    next = list.metadata.continue ?? "";
    if (next === "") return;
  }
}

/** Counts the objects of the shape's namespaces in a cluster, including the namespaces. */
export async function countContent(plane: ControlPlane, shape: Shape): Promise<number> {
  const inNamespaces = namespaceNames(shape).flatMap((namespace) =>
    COLLECTIONS.map(({ root, resource }) => `${root}/namespaces/${namespace}/${resource}`),
  );
  let objects = 0;
  for (const path of inNamespaces) {
    const { items, metadata } = await plane.request("GET", `${path}?limit=1`);
    objects += items.length + (metadata.remainingItemCount ?? 0);
    // Controllers create this ConfigMap in each namespace. No backup contains it.
    if (path.endsWith("/configmaps")) objects -= 1;
  }
  return objects + namespaceNames(shape).length;
}
