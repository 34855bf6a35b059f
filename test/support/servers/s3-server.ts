/** What every S3 server of the tests has, and how one is started. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { Agent, request } from "undici";
import { freePort } from "../processes/free-port.ts";
import { startServerProcess, waitUntilReady } from "../processes/server-process.ts";

const TIMEOUT = 30_000;

/** A running S3 server with an empty folder of its own. */
export interface S3Server {
  /** `http://127.0.0.1:12345`, https with TLS */
  readonly endpoint: string;
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A client that may do everything; closed by `stop`. */
  readonly client: S3Client;
  createBucket(name: string): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** How a server is started. */
export interface S3ServerOptions {
  /** Name for messages and folders. */
  name: string;
  /** Path of the executable. */
  command: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The authority of its certificate, as PEM, where it speaks TLS. */
  ca?: string;
  /** Its arguments and variables, for a port on 127.0.0.1 and an empty folder. */
  start(port: number, folder: string): { args: string[]; env?: Record<string, string> };
  /** Path that answers 200 when it is ready. */
  health: string;
}

/** Starts a server and waits until it is ready. */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { name, accessKeyId, secretAccessKey, ca } = options;
  const folder = await mkdtemp(path.join(tmpdir(), `${name}-`));
  const data = path.join(folder, "data");
  await mkdir(data);
  const port = await freePort();
  const endpoint = `${ca === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  const { args, env } = options.start(port, data);
  const log = path.join(folder, `${name}.log`);
  const server = await startServerProcess({
    command: options.command,
    args,
    log,
    orphanedFolder: folder,
    ...(env === undefined ? {} : { env }),
  });
  const dispatcher = new Agent({ connect: { ca } });
  const ready = async () => {
    const response = await request(`${endpoint}${options.health}`, { dispatcher });
    await response.body.dump();
    return response.statusCode === 200;
  };
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpsAgent: { ca } },
  });
  const stop = async () => {
    client.destroy();
    await dispatcher.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(server, ready, { what: name, timeoutMs: TIMEOUT });
  } catch (error) {
    await stop();
    throw error;
  }
  const createBucket = async (bucket: string) => {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  };
  return { endpoint, port, accessKeyId, secretAccessKey, client, createBucket, stop };
}
