import { binary } from "../binaries/build.ts";
import { freePort } from "../processes/free-port.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

/** Starts MinIO. */
export async function startMinio(): Promise<S3Server> {
  const accessKeyId = "minio-access-key";
  const secretAccessKey = "minio-secret-key";
  const consolePort = await freePort();
  return await startS3Server({
    name: "minio",
    command: await binary("minio"),
    accessKeyId,
    secretAccessKey,
    start: (port, folder) => ({
      args: [
        "server",
        "--quiet",
        `--address=127.0.0.1:${port}`,
        `--console-address=127.0.0.1:${consolePort}`,
        folder,
      ],
      env: {
        MINIO_ROOT_USER: accessKeyId,
        MINIO_ROOT_PASSWORD: secretAccessKey,
        MINIO_BROWSER: "off",
        MINIO_UPDATE: "off",
      },
    }),
    health: "/minio/health/ready",
  });
}
