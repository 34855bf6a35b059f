/** Stores in buckets of a real S3 server. */

import { DeleteObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Store, StoreLog } from "../../../src/store/contract/store.ts";
import { type OpenStoreOptions, openStore } from "../../../src/store/open-store.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import type { StoreFixture } from "./contract.ts";

export const BUCKET = "backups";

/** A log that nobody reads. */
export const SILENT: StoreLog = { debug: () => undefined, warn: () => undefined };

/** A store on a server; `other` changes how it is opened. */
export async function openOn(
  server: S3Server,
  prefix: string,
  other: Partial<OpenStoreOptions> = {},
): Promise<Store> {
  return await openStore({
    target: { kind: "s3", bucket: BUCKET, prefix },
    endpoint: new URL(server.endpoint),
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    log: SILENT,
    ...other,
  });
}

/** The contract's fixture on a server that `start` starts. */
export async function s3Fixture(start: () => Promise<S3Server>): Promise<StoreFixture> {
  const server = await start();
  await server.createBucket(BUCKET);
  const opened: Store[] = [];
  const open = async (prefix: string, bucket: string) => {
    const store = await openOn(server, prefix, { target: { kind: "s3", bucket, prefix } });
    opened.push(store);
    return store;
  };
  const put = async (Key: string, Body: Uint8Array) => {
    await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  };
  return {
    open: (place) => open(place, BUCKET),
    openMissing: () => open("place", "missing"),
    putForeign: (place, path, bytes) => put(`${place}/${path}`, bytes),
    replace: async (place, name, bytes) => {
      const Key = `${place}/${name}.zip`;
      await server.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
      await put(Key, bytes);
    },
    unfinished: async (place) => await unfinishedUploads(server, place),
    afterReplacement: "error",
    stop: async () => {
      for (const store of opened) await store.close();
      await server.stop();
    },
  };
}

/** Keys under a place of uploads that were begun and are neither complete nor aborted. */
export async function unfinishedUploads(server: S3Server, place: string): Promise<string[]> {
  const { Uploads } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  return (Uploads ?? []).map(({ Key }) => Key ?? "").filter((key) => key.startsWith(`${place}/`));
}
