/**
 * Clusters and backups of very many small ConfigMaps, made without a request for each: half of them are in one
 * namespace, and the others in thirty.
 */

import { Buffer } from "node:buffer";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { request } from "undici";
import { createArchive } from "../../../src/archive/writer.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { ApiError } from "../cluster/api-client.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { factsOf, NAMESPACES, NEVER, type SampleObject } from "./sample-archive.ts";

const CONFIG_MAPS = { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true };

/** "many" comes before the others, though "many" is the beginning of their names: "-" is less than "/". */
const LARGE = "many";
const SMALL = Array.from({ length: 30 }, (_, index) => `many-${String(index).padStart(2, "0")}`);

/** Operations of one transaction of etcd. */
const OPERATIONS = 100;
/** Transactions in flight. */
const IN_FLIGHT = 4;

/** The ConfigMaps in the order in which an API server lists them. */
function* manyConfigMaps(count: number): Generator<SampleObject> {
  const each = Math.floor(count / 2 / SMALL.length);
  for (const namespace of SMALL) yield* configMaps(namespace, each);
  yield* configMaps(LARGE, count - each * SMALL.length);
}

function* configMaps(namespace: string, count: number): Generator<SampleObject> {
  for (let index = 0; index < count; index += 1) {
    const name = `settings-${String(index).padStart(7, "0")}`;
    const data = { "app.properties": `log.level=info\nworkers=${index}\nregion=${namespace}\n`.repeat(4) };
    const text = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
      data,
    });
    yield { resource: CONFIG_MAPS, namespace, name, text };
  }
}

/** Writes a backup into a folder, without reading a cluster. Returns its name. */
export async function writeManyConfigMaps(
  folder: string,
  { count, time }: { count: number; time: Date },
): Promise<string> {
  const namespaces = [LARGE, ...SMALL].map((name): SampleObject => {
    const text = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    return { resource: NAMESPACES, namespace: undefined, name, text };
  });
  const archive = createArchive({ time });
  const name = backupName(time);
  const written = pipeline(archive.bytes, createWriteStream(path.join(folder, `${name}.zip`)));
  for (const object of namespaces) await archive.add(object, NEVER);
  for (const object of manyConfigMaps(count)) await archive.add(object, NEVER);
  const [first] = manyConfigMaps(2);
  const facts = factsOf([...namespaces, ...(first === undefined ? [] : [first])]);
  const resources = facts.resources.map((each) =>
    each.resource === CONFIG_MAPS.resource ? { ...each, objects: count } : each,
  );
  await archive.finish({ ...facts, time: `${time.toISOString().slice(0, 19)}Z`, resources }, NEVER);
  await written;
  return name;
}

/**
 * Writes the ConfigMaps into a cluster's etcd, as JSON, which the API server reads as it reads its own format. Those that
 * are there are written again.
 */
export async function fillWithConfigMaps(
  { etcd, request: send }: ControlPlane,
  count: number,
): Promise<void> {
  for (const name of [LARGE, ...SMALL]) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    await send("POST", "/api/v1/namespaces", body).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
    });
  }
  const writes = operations(count);
  const write = async () => {
    for (let success = take(writes); success.length > 0; success = take(writes)) {
      const { statusCode, body } = await request(`${etcd.url}/v3/kv/txn`, {
        method: "POST",
        body: JSON.stringify({ success }),
      });
      const answer = await body.text();
      if (statusCode !== 200) throw new Error(`Cannot write to etcd: ${statusCode} ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, write));
}

/** The operations of etcd that store the ConfigMaps. */
function* operations(count: number): Generator<object> {
  const creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
  let made = 0;
  for (const { namespace, name, text } of manyConfigMaps(count)) {
    made += 1;
    const uid = `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
    const assigned = JSON.stringify({ uid, creationTimestamp }).slice(1, -1);
    const value = text.replace('"metadata":{', `"metadata":{${assigned},`);
    const key = `/registry/configmaps/${namespace}/${name}`;
    yield { requestPut: { key: base64(key), value: base64(value) } };
  }
}

function take(writes: Generator<object>): object[] {
  const taken: object[] = [];
  while (taken.length < OPERATIONS) {
    const { done, value } = writes.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
