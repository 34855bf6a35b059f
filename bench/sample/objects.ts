import { helmRelease } from "./helm-release.ts";
import { type Random, randomBase64, seededRandom, settingsText } from "./random.ts";
import type { Shape } from "./shapes.ts";

/** An object and the path to create it at. */
export interface NewObject {
  path: string;
  body: object;
}

/** Size of the data of a Secret, in bytes. */
const SECRET_BYTES = 2_000;
/** Size of a Helm release in its Secret: from 50 to 200 KB of text. */
const HELM_BYTES = { least: 50_000, more: 150_000 };
/** Objects per hundred. The Deployment controller creates one ReplicaSet for each Deployment. */
const SHARES = { secrets: 30, services: 15, deployments: 7.5, replicaSets: 7.5 };

/** The number of objects of each kind in a namespace. */
export interface Counts {
  secrets: number;
  configMaps: number;
  services: number;
  deployments: number;
}

/** The names of the namespaces of a shape. */
export function namespaceNames({ namespaces }: Shape): string[] {
  return Array.from({ length: namespaces }, (_, index) => `team-${String(index).padStart(3, "0")}`);
}

/** The Namespaces of a shape, which must be created first. */
export function namespaceObjects(shape: Shape): NewObject[] {
  return namespaceNames(shape).map((name) => ({
    path: "/api/v1/namespaces",
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { team: name } } },
  }));
}

/** All other objects of a shape, the same for the same seed. Objects that controllers create are omitted. */
export function* sampleObjects(shape: Shape, seed: number): Generator<NewObject> {
  const random = seededRandom(seed);
  for (const [index, namespace] of namespaceNames(shape).entries()) {
    const counts = countsOf(shape, index);
    const newSecret = shape.content === "helm-releases" ? helmSecret : secret;
    for (let number = 0; number < counts.secrets; number += 1) yield newSecret(random, namespace, number);
    for (let number = 0; number < counts.configMaps; number += 1)
      yield configMap(random, { namespace, number, size: shape.configMapSize });
    for (let number = 0; number < counts.services; number += 1) yield service(namespace, number);
    for (let number = 0; number < counts.deployments; number += 1)
      yield deployment(random, namespace, number);
  }
}

/** The counts for the namespace with this index. All namespaces together have the counts of the shape. */
export function countsOf({ objects, namespaces, content }: Shape, index: number): Counts {
  const all = share(objects, namespaces, index);
  if (content === "helm-releases") return { secrets: all, configMaps: 0, services: 0, deployments: 0 };
  if (content === "config-maps") return { secrets: 0, configMaps: all, services: 0, deployments: 0 };
  const part = (percent: number) => Math.floor((all * percent) / 100);
  const counts = {
    secrets: part(SHARES.secrets),
    services: part(SHARES.services),
    deployments: part(SHARES.deployments),
  };
  const configMaps = all - counts.secrets - counts.services - 2 * counts.deployments;
  return { ...counts, configMaps };
}

function share(all: number, parts: number, index: number): number {
  return Math.floor((all * (index + 1)) / parts) - Math.floor((all * index) / parts);
}

function metadata(namespace: string, name: string) {
  return {
    namespace,
    name,
    labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "Helm", tier: "backend" },
    annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace },
  };
}

function secret(random: Random, namespace: string, number: number): NewObject {
  return {
    path: `/api/v1/namespaces/${namespace}/secrets`,
    body: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: metadata(namespace, `credentials-${number}`),
      type: "Opaque",
      data: { password: randomBase64(random, 32), key: randomBase64(random, SECRET_BYTES - 32) },
    },
  };
}

function helmSecret(random: Random, namespace: string, number: number): NewObject {
  const name = `app-${number}`;
  return {
    path: `/api/v1/namespaces/${namespace}/secrets`,
    body: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        namespace,
        name: `sh.helm.release.v1.${name}.v1`,
        labels: { name, owner: "helm", status: "deployed", version: "1" },
      },
      type: "helm.sh/release.v1",
      data: { release: helmRelease(random, HELM_BYTES.least + random() * HELM_BYTES.more) },
    },
  };
}

function configMap(
  random: Random,
  { namespace, number, size }: { namespace: string; number: number; size: number },
): NewObject {
  return {
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    body: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: metadata(namespace, `settings-${number}`),
      data: { "application.properties": settingsText(random, size) },
    },
  };
}

function service(namespace: string, number: number): NewObject {
  return {
    path: `/api/v1/namespaces/${namespace}/services`,
    body: {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata(namespace, `service-${number}`),
      spec: {
        selector: { app: `app-${number}` },
        ports: [
          { name: "http", port: 80, targetPort: 8080 },
          { name: "metrics", port: 9090, targetPort: "metrics" },
        ],
      },
    },
  };
}

/** Without replicas: the cluster has no nodes, and backups contain no Pods. */
function deployment(random: Random, namespace: string, number: number): NewObject {
  const name = `app-${number}`;
  return {
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata(namespace, name),
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [
              {
                name: "main",
                image: `registry.example.com/${name}:${Math.floor(random() * 1000)}`,
                ports: [{ name: "http", containerPort: 8080 }],
                env: [{ name: "LOG_LEVEL", value: "info" }],
                envFrom: [{ configMapRef: { name: `settings-${number}` } }],
                resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
                readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 10 },
              },
            ],
          },
        },
      },
    },
  };
}
