/** MinIO as a Deployment in a story's cluster. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { startServerProcess, waitUntilReady } from "../../support/processes/server-process.ts";
import { answers, apply, getObjects, type StoryCluster } from "./cluster.ts";

/** Where it runs. */
export const MINIO_NAMESPACE = "kube-backup-minio";

const TIMEOUT = 60_000;
const PORT = 9000;
const ACCESS_KEY = { accessKeyId: "minio-access-key", secretAccessKey: "minio-secret-key" };
const LABELS = { app: "minio" };

/** A MinIO that runs in the cluster, and the way to its pod, for as long as that lives. */
export interface ClusterMinio {
  /** Its address for pods. */
  readonly endpoint: string;
  /** Its address for this machine, as long as its pod lives. */
  readonly address: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  createBucket(bucket: string): Promise<void>;
  /** Names of the objects under a prefix, without the prefix, in order. */
  list(bucket: string, prefix: string): Promise<string[]>;
  /** Ends the connection to it; it runs on. */
  close(): Promise<void>;
}

/** Where it comes from and keeps its data. */
export interface MinioOptions {
  image: string;
  /** The volume's source; by default one that lives as long as the pod. */
  volume?: object;
}

/** Starts MinIO, and connects to it. */
export async function deployMinio(
  cluster: StoryCluster,
  { image, volume = { emptyDir: {} } }: MinioOptions,
): Promise<ClusterMinio> {
  await apply(cluster, manifests(image, volume));
  return await connectMinio(cluster);
}

/** Waits until MinIO is ready, and connects to it through the API server. */
export async function connectMinio(cluster: StoryCluster): Promise<ClusterMinio> {
  await cluster.kubectl([
    "rollout",
    "status",
    "deployment/minio",
    `--namespace=${MINIO_NAMESPACE}`,
    `--timeout=${TIMEOUT / 1000}s`,
  ]);
  const [service] = await getObjects(cluster, ["service", "minio", `--namespace=${MINIO_NAMESPACE}`]);
  const endpoint = `http://${service.spec.clusterIP}:${PORT}`;
  const { address, close } = await forward(cluster);
  const client = new S3Client({
    endpoint: address,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: ACCESS_KEY,
  });
  return {
    endpoint,
    address,
    ...ACCESS_KEY,
    createBucket: async (Bucket) => {
      await client.send(new CreateBucketCommand({ Bucket }));
    },
    list: async (Bucket, Prefix) => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.flatMap(({ Key }) => Key?.slice(Prefix.length) ?? []).sort();
    },
    close: async () => {
      client.destroy();
      await close();
    },
  };
}

/** A port of this machine's loopback that leads to MinIO's pod, for as long as that pod lives. */
async function forward(cluster: StoryCluster): Promise<{ address: string; close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-forward-"));
  const log = path.join(folder, "kubectl.log");
  const [command, ...args] = cluster.kubectlCommand;
  const forwarder = await startServerProcess({
    command,
    args: [...args, `--namespace=${MINIO_NAMESPACE}`, "port-forward", "deployment/minio", `:${PORT}`],
    env: cluster.environment,
    log,
    orphanedFolder: folder,
  });
  const close = async () => {
    await forwarder.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const find = async () => /127\.0\.0\.1:\d+/.exec(await readFile(log, "utf8"))?.[0];
  try {
    const ready = async () => answers(`http://${await find()}/minio/health/ready`);
    await waitUntilReady(forwarder, ready, {
      what: "kubectl port-forward",
      timeoutMs: TIMEOUT,
      intervalMs: 100,
    });
    return { address: `http://${await find()}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function manifests(image: string, volume: object): object[] {
  const metadata = { name: "minio", namespace: MINIO_NAMESPACE, labels: LABELS };
  const container = {
    name: "minio",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["minio", "server", "--quiet", `--address=:${PORT}`, "/data"],
    env: [
      { name: "MINIO_ROOT_USER", value: ACCESS_KEY.accessKeyId },
      { name: "MINIO_ROOT_PASSWORD", value: ACCESS_KEY.secretAccessKey },
      { name: "MINIO_BROWSER", value: "off" },
      { name: "MINIO_UPDATE", value: "off" },
      { name: "HOME", value: "/data" },
    ],
    readinessProbe: { httpGet: { path: "/minio/health/ready", port: PORT }, periodSeconds: 1 },
    volumeMounts: [{ name: "data", mountPath: "/data" }],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: MINIO_NAMESPACE } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            terminationGracePeriodSeconds: 1,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65532,
              runAsGroup: 65532,
              fsGroup: 65532,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [container],
            volumes: [{ name: "data", ...volume }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: LABELS, ports: [{ port: PORT, targetPort: PORT }] },
    },
  ];
}
