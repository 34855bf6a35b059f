/** Comparisons made from a seed, in which everything that a page shows occurs. */

import { type Random, seededRandom } from "../../../bench/sample/random.ts";
import type { Change, Comparison, FieldDifference, ObjectDifference } from "../../../src/compare/document.ts";

/** What a Secret of a sample would hold: it must never be in a page. */
export const SECRET_VALUE = "c3dvcmRmaXNo";

const APPLICATIONS = ["web", "api", "cart", "search", "mail", "ledger", "images", "worker", "login", "stock"];
const NAMESPACES = ["shop", "shop-data", "billing", "monitoring", "ingress-nginx", "team-blue", "team-green"];

/** A comparison with so many differing objects. */
export function sampleComparison(count: number, seed = 1): Comparison {
  const random = seededRandom(seed);
  const objects: ObjectDifference[] = [];
  for (let round = 0; objects.length < count; round += 1) objects.push(...sampleGroup(random, round));
  objects.length = count;
  const summary = { added: 0, changed: 0, removed: 0, alike: count === 0 ? 812 : count * 3 };
  for (const { change } of objects) summary[change] += 1;
  return {
    left: { kind: "backup", name: "backup_20261001T030000Z", time: "2026-10-01T03:00:00Z" },
    right: {
      kind: "cluster",
      name: "prod",
      time: "2026-10-01T09:12:41Z",
      server: "https://10.20.0.1:6443",
    },
    summary,
    objects,
    notes: count === 0 ? [] : ["events.events.k8s.io was left out of the backup and is not compared."],
  };
}

/** A few objects that belong together, or one. */
function sampleGroup(random: Random, round: number): ObjectDifference[] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const name = round < APPLICATIONS.length ? pick(APPLICATIONS) : `${pick(APPLICATIONS)}-${round}`;
  const namespace = pick(NAMESPACES);
  const makers = [deployment, configMap, secret, service, node, deployment] as const;
  return (makers[round % makers.length] ?? deployment)(random, namespace, name);
}

function deployment(random: Random, namespace: string, name: string): ObjectDifference[] {
  const version = () => `1.${Math.floor(random() * 9)}.${Math.floor(random() * 20)}`;
  const change = pickChange(random);
  const image = `registry.example.com/${namespace}/${name}`;
  const fields: FieldDifference[] = [
    { path: "spec.replicas", left: 3, right: 0 },
    {
      path: `spec.template.spec.containers[name=${name}].image`,
      left: `${image}:${version()}`,
      right: `${image}:${version()}-rc.1`,
    },
    { path: `spec.template.spec.containers[name=${name}].env[name=CACHE].value`, left: "on" },
    {
      path: `spec.template.spec.containers[name=${name}].resources.limits`,
      right: { cpu: "500m", memory: "256Mi" },
    },
  ];
  const workload = difference("apps/v1", "Deployment", "deployments.apps", namespace, name, change);
  if (change === "changed") workload.fields = fields.slice(0, 1 + Math.floor(random() * fields.length));
  else workload.object = deploymentObject(namespace, name, `${image}:${version()}`);
  const hash = Math.floor(random() * 2 ** 32).toString(36);
  const follower = difference(
    "apps/v1",
    "ReplicaSet",
    "replicasets.apps",
    namespace,
    `${name}-${hash}`,
    change,
  );
  if (change === "changed") follower.fields = [{ path: "spec.replicas", left: 3, right: 0 }];
  else follower.object = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: follower.name } };
  follower.follows = { kind: "Deployment", resource: "deployments.apps", namespace, name };
  return [workload, follower];
}

function deploymentObject(namespace: string, name: string, image: string): unknown {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels: { app: name, "app.kubernetes.io/part-of": namespace } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations: { "example.com/port": "8080" } },
        spec: {
          containers: [
            {
              name,
              image,
              args: ["--listen", ":8080", "--verbose=true"],
              command: ["sh", "-c", "set -e\nfor i in 1 2 3; do echo: $i; done\nexec ./serve\n"],
              ports: [{ containerPort: 8080, name: "http" }],
            },
          ],
        },
      },
    },
  };
}

function configMap(random: Random, namespace: string, name: string): ObjectDifference[] {
  const lines = Array.from({ length: 40 }, (_, line) => `option_${line} = ${Math.floor(random() * 1000)}`);
  const changed = [...lines];
  changed[12] = "option_12 = changed by hand";
  changed.splice(25, 2, "# two options are gone", "# and so is their line", "option_27 = 8");
  const map = difference("v1", "ConfigMap", "configmaps", namespace, `${name}-config`, "changed");
  map.fields = [
    { path: "data.app.ini", left: `${lines.join("\n")}\n`, right: `${changed.join("\n")}\n` },
    { path: "data.port", left: "8080", right: "80" },
    { path: "metadata.labels.edited-by", right: "hand" },
  ];
  return [map];
}

function secret(random: Random, namespace: string, name: string): ObjectDifference[] {
  const change = pickChange(random);
  const made = difference("v1", "Secret", "secrets", namespace, `${name}-credentials`, change);
  if (change === "changed") {
    made.fields = [
      { path: "data.password", left: SECRET_VALUE, right: SECRET_VALUE, masked: true },
      { path: "data.token", right: SECRET_VALUE, masked: true },
      { path: "type", left: "Opaque", right: "example.com/login" },
    ];
  } else {
    made.object = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: made.name, namespace },
      data: { password: SECRET_VALUE },
      type: "Opaque",
    };
  }
  return [made];
}

function service(random: Random, namespace: string, name: string): ObjectDifference[] {
  const change = pickChange(random);
  const made = difference("v1", "Service", "services", namespace, name, change);
  if (change === "changed") {
    made.fields = [{ path: "spec.ports[port=80].targetPort", left: 8080, right: "http" }];
  } else {
    made.object = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: { type: "ClusterIP", selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
    };
  }
  return [made];
}

function node(_random: Random, _namespace: string, name: string): ObjectDifference[] {
  const role = difference(
    "rbac.authorization.k8s.io/v1",
    "ClusterRole",
    "clusterroles.rbac.authorization.k8s.io",
    null,
    `${name}-reader`,
    "changed",
  );
  role.fields = [{ path: "rules[0].verbs", left: ["get", "list", "watch"], right: ["get", "list", "*"] }];
  return [role];
}

function pickChange(random: Random): Change {
  const number = random();
  return number < 0.6 ? "changed" : number < 0.88 ? "removed" : "added";
}

function difference(
  apiVersion: string,
  kind: string,
  resource: string,
  namespace: string | null,
  name: string,
  change: Change,
): ObjectDifference {
  return { apiVersion, kind, resource, namespace, name, change, fields: [] };
}
