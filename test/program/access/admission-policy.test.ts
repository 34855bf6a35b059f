/** deploy/admission-policy: what the account of kube-backup may bring into a cluster, by a real API server. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const POLICY = path.join(ROOT, "deploy/admission-policy");

let cluster: ControlPlane;
let folder: string;
let account: string;

const APPS = "/apis/apps/v1/namespaces";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";

/** What every cluster has, and what is restored without an exception. */
const HARMLESS = {
  [`${APPS}/shop/deployments/web`]: workload("Deployment", "shop", "web", { containers: [container()] }),
  [`${APPS}/agents/statefulsets/db`]: workload("StatefulSet", "agents", "db", {
    containers: [container({ capabilities: { add: ["NET_BIND_SERVICE"] } })],
  }),
  [`${RBAC}/clusterroles/shop-reader`]: clusterRole("shop-reader", ["get"]),
  [`${RBAC}/clusterrolebindings/shop-reader`]: binding("shop-reader", "shop-reader"),
};

/** What takes an exception, and why it is refused without one. */
const REFUSED: Record<string, { object: object; message: RegExp }> = {
  [`${APPS}/agents/daemonsets/network`]: {
    object: workload("DaemonSet", "agents", "network", { hostNetwork: true, containers: [container()] }),
    message: /it uses its node, and nodeAccessNamespaces does not name agents/,
  },
  [`${APPS}/agents/deployments/path`]: {
    object: workload("Deployment", "agents", "path", {
      containers: [container()],
      volumes: [{ name: "root", hostPath: { path: "/" } }],
    }),
    message: /it uses its node/,
  },
  [`${APPS}/agents/replicasets/privileged`]: {
    object: workload("ReplicaSet", "agents", "privileged", {
      containers: [container()],
      initContainers: [{ ...container({ privileged: true }), name: "init" }],
    }),
    message: /it uses its node/,
  },
  "/apis/batch/v1/namespaces/agents/cronjobs/capable": {
    object: {
      ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "capable", namespace: "agents" } },
      spec: {
        ...{ schedule: "0 0 1 1 *", suspend: true },
        jobTemplate: {
          spec: {
            template: {
              spec: {
                restartPolicy: "Never",
                containers: [container({ capabilities: { add: ["SYS_ADMIN"] } })],
              },
            },
          },
        },
      },
    },
    message: /it uses its node/,
  },
  [`${RBAC}/clusterrolebindings/owner`]: {
    object: binding("owner", "cluster-admin"),
    message: /it binds to cluster-admin, and adminBindings does not name it/,
  },
  [`${RBAC}/clusterroles/everything`]: {
    object: clusterRole("everything", ["*"]),
    message: /it gives every right, as cluster-admin does/,
  },
  "/api/v1/persistentvolumes/node": {
    object: volume("node", { claimRef: { namespace: "agents", name: "node" } }),
    message:
      /it is a path of a node, and nodeAccessNamespaces does not name the namespace of its claim, agents/,
  },
  [`${WEBHOOKS}/spy`]: {
    object: {
      ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" },
      ...{ metadata: { name: "spy" }, webhooks: [] },
    },
    message: /it changes what the API server does, and apiServerExtensions is not/,
  },
};

function container(securityContext: object = {}): object {
  return { name: "main", image: "registry.example.com/main:1", securityContext };
}

function workload(kind: string, namespace: string, name: string, spec: object): object {
  const labels = { app: name };
  return {
    ...{ apiVersion: "apps/v1", kind, metadata: { name, namespace } },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      ...(kind === "DaemonSet" ? {} : { replicas: 0 }),
      ...(kind === "StatefulSet" ? { serviceName: name } : {}),
    },
  };
}

function volume(name: string, spec: object): object {
  return {
    ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name } },
    spec: {
      ...{ capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], storageClassName: "by-hand" },
      ...{ hostPath: { path: "/" }, persistentVolumeReclaimPolicy: "Retain" },
      ...spec,
    },
  };
}

function clusterRole(name: string, verbs: string[]): object {
  const rules = [{ apiGroups: ["*"], resources: ["*"], verbs }];
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules };
}

function binding(name: string, role: string): object {
  return {
    ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name: "default", namespace: "shop" }],
  };
}

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  const files = ["kube-backup.yml", "deploy/components/all-kinds/rights.yaml"];
  const texts = await Promise.all(files.map((file) => readFile(path.join(ROOT, file), "utf8")));
  const manifests = texts
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()))
    .filter(({ kind }) => kind !== "Deployment");
  const namespaces = ["shop", "agents"].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  const refused = Object.values(REFUSED).map(({ object }) => object);
  await apply([...manifests, ...namespaces, ...Object.values(HARMLESS), ...refused]);
  account = await cluster.serviceAccountKubeconfig("kube-system", "kube-backup");
  const taken = await run(["backup", "--kinds", "all"]);
  assert.equal(taken.status, 0, taken.stderr);
  await cluster.kubectl(["apply", "-k", POLICY]);
  const [[, spy] = assert.fail("no webhook")] = Object.entries(REFUSED).filter(([at]) => at.includes("spy"));
  const input = JSON.stringify(spy.object).replaceAll("spy", "probe");
  const create = ["create", "--dry-run=server", "-f", "-"];
  // The API server takes a moment to go by a new policy.
  await until("the policy is in force", async () =>
    cluster.kubectl(create, { input, kubeconfig: account }).then(
      () => false,
      (error) => /apiServerExtensions/.test(String(error)),
    ),
  );
});

async function apply(objects: object[]): Promise<void> {
  const input = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  await cluster.kubectl(["apply", "-f", "-"], { input });
}

async function run(args: string[]) {
  const env = { KUBECONFIG: account, S3TARGET: `file://${path.join(folder, "store")}` };
  const result = await runProgram([...args, "-o", "json"], { env });
  return { ...result, json: JSON.parse(result.stdout) };
}

async function loseAll(): Promise<void> {
  for (const at of [...Object.keys(HARMLESS), ...Object.keys(REFUSED)]) await remove(cluster, at);
}

describe("The admission policy", { concurrency: false }, () => {
  test("lets kube-backup restore what is harmless, and refuses what gives more than that", async () => {
    await loseAll();
    const { status, json, stdout } = await run(["restore", "latest", "--yes"]);
    assert.equal(status, 3, stdout);
    for (const at of Object.keys(HARMLESS)) assert.equal(await exists(cluster, at), true, at);
    for (const at of Object.keys(REFUSED)) assert.equal(await exists(cluster, at), false, at);
    const failures: string[] = json.failures.map((each: unknown) => JSON.stringify(each));
    for (const [at, { message }] of Object.entries(REFUSED)) {
      const [, kind, name = ""] = /([^/]+)\/([^/]+)$/.exec(at) ?? [];
      const found = failures.filter((each) => each.includes(`"${name}"`) && message.test(each));
      assert.ok(found.length > 0, `${kind} ${name}: ${failures.join("\n")}`);
    }
  });

  test("restores the same by the exceptions that parameters.yaml has a place for", async () => {
    await loseAll();
    const text = await readFile(path.join(POLICY, "parameters.yaml"), "utf8");
    const parameters = parseAllDocuments(text)[0]?.toJS();
    parameters.data = {
      ...parameters.data,
      nodeAccessNamespaces: "monitoring,agents",
      adminBindings: "owner,everything",
      apiServerExtensions: "true",
    };
    await apply([parameters]);
    await until(
      "the parameters are in force",
      async () => (await run(["restore", "latest", "--yes"])).status === 0,
    );
    for (const at of Object.keys(REFUSED)) assert.equal(await exists(cluster, at), true, at);
  });

  test("keeps the account out of kube-system, the exceptions included", async () => {
    const patch = ["patch", "configmap", "kube-backup-admission", "--namespace=kube-system", "--type=merge"];
    const more = JSON.stringify({ data: { apiServerExtensions: "true" } });
    await assert.rejects(
      cluster.kubectl([...patch, "-p", more], { kubeconfig: account }),
      /nothing is restored into kube-system but what systemObjects names/,
    );
    const own = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kube-backup-restore" } };
    await cluster.kubectl(["create", "--namespace=kube-system", "--dry-run=server", "-f", "-"], {
      input: JSON.stringify(own),
      kubeconfig: account,
    });
  });

  test("binds the accounts of restores by hand and of rehearsals too", async () => {
    const accounts = {
      "restore-account": "kube-backup-restore",
      "rehearsal-account": "kube-backup-rehearsal",
    };
    for (const [component, name] of Object.entries(accounts)) {
      for (const file of ["account.yaml", "rights.yaml"])
        await cluster.kubectl(["apply", "-f", path.join(ROOT, "deploy/components", component, file)]);
      const kubeconfig = await cluster.serviceAccountKubeconfig("kube-system", name);
      const create = ["create", "configmap", "stray", "--dry-run=server"];
      await until(`${name} has its rights`, async () => {
        await cluster.kubectl([...create, "--namespace=shop"], { kubeconfig });
        return true;
      });
      await assert.rejects(
        cluster.kubectl([...create, "--namespace=kube-system"], { kubeconfig }),
        /nothing is restored into kube-system but what systemObjects names/,
      );
    }
  });

  test("refuses what goes around its exceptions", async () => {
    const gathering = (selector: object) => ({
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "gathering" } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { app: "web" } }, selector] },
    });
    const rights = /it gathers the rights of cluster-admin/;
    const rows: [object, RegExp][] = [
      [
        volume("free", {}),
        /it is a path of a node, and nodeAccessNamespaces does not name the namespace of its/,
      ],
      [gathering({ matchLabels: { "kubernetes.io/bootstrapping": "rbac-defaults" } }), rights],
      [gathering({ matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }), rights],
      [gathering({}), rights],
    ];
    const create = ["create", "--dry-run=server", "-f", "-"];
    for (const [object, message] of rows)
      await assert.rejects(
        cluster.kubectl(create, { input: JSON.stringify(object), kubeconfig: account }),
        message,
      );
    const usual = gathering({ matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] });
    // Without rules, and so is this one.
    const empty = { ...clusterRole("empty", []), rules: null };
    for (const object of [usual, empty])
      await cluster.kubectl(create, { input: JSON.stringify(object), kubeconfig: account });
  });

  test("binds nobody but these accounts", async () => {
    await apply(Object.values(REFUSED).map(({ object }) => object));
  });
});
