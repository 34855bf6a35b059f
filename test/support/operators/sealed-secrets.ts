/** The sealed-secrets controller, and secrets that are sealed for it. */

import { spawnSync } from "node:child_process";
import { constants, createCipheriv, publicEncrypt, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { binary } from "../binaries/build.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { freePort } from "../processes/free-port.ts";
import { type ServerProcess, startServerProcess } from "../processes/server-process.ts";
import { until } from "../until.ts";

/** Where its keys are: not in a namespace that a test deletes. */
const NAMESPACE = "sealed-secrets";

/**
 * It takes the API server's address from its environment, and token and certificate from where a pod has them: in a
 * mount namespace of its own, which is the only one that sees them.
 */
const IN_A_POD = `set -e
mount -t tmpfs tmpfs /var/run/
folder=/var/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$folder"
cp "$1" "$folder/ca.crt"
cp "$2" "$folder/token"
shift 2
exec "$@"`;

/**
 * Why it cannot run here, for a test's option `skip`; false where it can.
 *
 * @throws {Error} with the same reason in continuous integration (CI=true), where nothing may be skipped.
 */
export function whyNoSealedSecrets(): string | false {
  const allowed = process.platform === "linux" && spawnSync("unshare", ["--mount", "true"]).status === 0;
  if (allowed) return false;
  const reason = "sealed-secrets needs Linux, and the right to make mount namespaces";
  if (process.env["CI"] === "true") throw new Error(`Cannot run sealed-secrets: ${reason}`);
  return reason;
}

/** Starts it and waits until it has a key. Its definition must be there. */
export async function startSealedSecrets(cluster: ControlPlane): Promise<ServerProcess> {
  await cluster.kubectl(["create", "namespace", NAMESPACE]);
  const token = path.join(cluster.folder, "sealed-secrets-token");
  await writeFile(token, cluster.token, { mode: 0o600 });
  const { hostname, port } = new URL(cluster.server);
  const server = await startServerProcess({
    command: await binary("sealed-secrets"),
    prefix: ["unshare", "--mount", "sh", "-c", IN_A_POD, "in-a-pod", cluster.caFile, token],
    args: [
      "--key-size=2048",
      `--listen-addr=127.0.0.1:${await freePort()}`,
      `--listen-metrics-addr=127.0.0.1:${await freePort()}`,
    ],
    env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE: NAMESPACE },
    log: path.join(cluster.folder, "sealed-secrets.log"),
  });
  try {
    await until("sealed-secrets has a key", async () => (await certificate(cluster)) !== undefined);
  } catch (error) {
    throw new Error(`Cannot start sealed-secrets: ${await server.lastOutput()}`, { cause: error });
  }
  return server;
}

/** The certificate that secrets are sealed with, PEM. */
async function certificate(cluster: ControlPlane): Promise<string | undefined> {
  const selector = "sealedsecrets.bitnami.com/sealed-secrets-key=active";
  const list = `/api/v1/namespaces/${NAMESPACE}/secrets?labelSelector=${encodeURIComponent(selector)}`;
  const [secret] = (await cluster.request("GET", list)).items;
  return secret && Buffer.from(secret.data["tls.crt"], "base64").toString();
}

/** Seals a value for one Secret, as kubeseal does. */
export async function seal(
  cluster: ControlPlane,
  { namespace, name, value }: { namespace: string; name: string; value: string },
): Promise<string> {
  const key = await certificate(cluster);
  if (key === undefined) throw new Error("Cannot seal: sealed-secrets has no key");
  const sessionKey = randomBytes(32);
  const sealedKey = publicEncrypt(
    {
      key,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
      oaepLabel: Buffer.from(`${namespace}/${name}`),
    },
    sessionKey,
  );
  // The session's key is used once, so that its nonce may be zero.
  const cipher = createCipheriv("aes-256-gcm", sessionKey, Buffer.alloc(12));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sealedKey.length);
  const parts = [length, sealedKey, cipher.update(value), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(parts).toString("base64");
}
