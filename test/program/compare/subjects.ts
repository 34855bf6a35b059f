/** Objects for the edits of `edits.ts`, beside those of the round trip. */

import type { ControlPlane } from "../../support/cluster/control-plane.ts";

/** Where they are. */
export const NAMESPACE = "fixture-empty";

const labels = { app: "subject" };
const container = {
  name: "main",
  image: "registry.example.com/main:1",
  args: ["--first", "--last"],
  env: [
    { name: "A", value: "1" },
    { name: "B", value: "$(A)" },
    { name: "C", value: "3" },
  ],
  ports: [{ name: "dns", containerPort: 53, protocol: "UDP" }],
  resources: { limits: { cpu: "1", memory: "1Gi" } },
  livenessProbe: { tcpSocket: { port: 53 } },
  volumeMounts: [
    { name: "config", mountPath: "/a" },
    { name: "config", mountPath: "/b" },
  ],
};

/** Objects by kind: created before the backup. */
const SUBJECTS = [
  // Paused, so that its template can change and change back without a trace of it in a ReplicaSet.
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "paused", annotations: { "example.com/some.thing": "1" } },
    spec: {
      paused: true,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [container], volumes: [{ name: "config", configMap: { name: "settings" } }] },
      },
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "rolling" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "rolling" } },
      template: {
        metadata: { labels: { app: "rolling" } },
        spec: { containers: [{ name: "main", image: "registry.example.com/rolling:1" }] },
      },
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "stateful" },
    spec: {
      serviceName: "none",
      selector: { matchLabels: { app: "stateful" } },
      template: {
        metadata: { labels: { app: "stateful" } },
        spec: { containers: [{ name: "main", image: "registry.example.com/stateful:1" }] },
      },
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "everywhere" },
    spec: {
      selector: { matchLabels: { app: "everywhere" } },
      template: {
        metadata: { labels: { app: "everywhere" } },
        spec: { containers: [{ name: "main", image: "registry.example.com/everywhere:1" }] },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80 }] },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web" },
    spec: {
      rules: ["one.example.com", "two.example.com"].map((host) => ({
        host,
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } },
          ],
        },
      })),
    },
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", labels: { tier: "db" } },
    data: { color: "blue", "nginx.conf": "server {\n  listen 80;\n  server_name a;\n}\n" },
    binaryData: { "icon.png": "iVBORw0KGgo=" },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "login",
      labels: { team: "blue" },
      annotations: { "example.com/note": "TOP-SECRET-note" },
    },
    type: "example.com/login",
    stringData: { user: "TOP-SECRET-user-of-the-subject", "pass.word": "TOP-SECRET-password-of-the-subject" },
  },
];

/** Creates them. */
export async function createSubjects(cluster: ControlPlane): Promise<void> {
  for (const subject of SUBJECTS) {
    const { metadata } = subject;
    const object = { ...subject, metadata: { ...metadata, namespace: NAMESPACE } };
    await cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(object) });
  }
}
