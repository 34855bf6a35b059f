import { mkdirSync } from "node:fs";
import path from "node:path";
import { binary } from "../binaries/build.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

/** Starts the Versity S3 gateway: a second S3 server, written by others than MinIO. */
export async function startVersitygw(): Promise<S3Server> {
  const accessKeyId = "versity-access-key";
  const secretAccessKey = "versity-secret-key";
  return await startS3Server({
    name: "versitygw",
    command: await binary("versitygw"),
    accessKeyId,
    secretAccessKey,
    start: (port, folder) => {
      // Not every temporary folder has the extended attributes in which it would keep metadata.
      const sidecar = path.join(path.dirname(folder), "sidecar");
      mkdirSync(sidecar);
      return {
        args: [
          `--port=127.0.0.1:${port}`,
          `--access=${accessKeyId}`,
          `--secret=${secretAccessKey}`,
          "--health=/health",
          "--quiet",
          "posix",
          `--sidecar=${sidecar}`,
          folder,
        ],
      };
    },
    health: "/health",
  });
}
