import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "../binaries/build.ts";
import { freePort } from "../processes/free-port.ts";
import type { Certificate } from "./certificate.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

/** How MinIO is started. */
export interface MinioOptions {
  /** Variables of its environment: MINIO_DOMAIN, MINIO_KMS_SECRET_KEY. */
  env?: Record<string, string>;
  /** With it, MinIO speaks TLS. */
  certificate?: Certificate;
}

/** Starts MinIO. */
export async function startMinio({ env, certificate }: MinioOptions = {}): Promise<S3Server> {
  const accessKeyId = "minio-access-key";
  const secretAccessKey = "minio-secret-key";
  const consolePort = await freePort();
  return await startS3Server({
    name: "minio",
    command: await binary("minio"),
    accessKeyId,
    secretAccessKey,
    ...(certificate === undefined ? {} : { ca: certificate.ca }),
    start: (port, folder) => ({
      args: [
        "server",
        "--quiet",
        `--address=127.0.0.1:${port}`,
        `--console-address=127.0.0.1:${consolePort}`,
        ...(certificate === undefined ? [] : [`--certs-dir=${writeCertificate(folder, certificate)}`]),
        folder,
      ],
      env: {
        MINIO_ROOT_USER: accessKeyId,
        MINIO_ROOT_PASSWORD: secretAccessKey,
        MINIO_BROWSER: "off",
        MINIO_UPDATE: "off",
        ...env,
      },
    }),
    health: "/minio/health/ready",
  });
}

/** Puts the certificate beside the data, under the names that MinIO looks for. */
function writeCertificate(data: string, { cert, key }: Certificate): string {
  const folder = path.join(path.dirname(data), "certs");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "public.crt"), cert);
  writeFileSync(path.join(folder, "private.key"), key, { mode: 0o600 });
  return folder;
}
