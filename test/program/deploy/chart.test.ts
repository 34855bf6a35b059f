/** The Helm chart: what it renders to, and its life in a real cluster, by a real Helm. */

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { CHART, runHelm } from "../../support/deploy/helm.ts";
import {
  kustomized,
  type ManifestObject,
  manifestObjects,
  plainManifest,
} from "../../support/deploy/rendered.ts";
import { unzipNewest } from "../../support/program/archive-contents.ts";
import { startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const DEPLOYMENT = "Deployment kube-system/kube-backup";
/** Every kind of which the chart makes objects, or the controllers of what it makes. */
const KINDS =
  "serviceaccounts,secrets,clusterroles,clusterrolebindings,roles,rolebindings,deployments,replicasets,networkpolicies";

let cluster: ControlPlane;
let folder: string;

withTestBed((bed) => {
  ({ cluster, folder } = bed);
});

/** Renders the chart with values. */
async function render(
  values: object = {},
  namespace = "kube-system",
): Promise<Record<string, ManifestObject>> {
  const file = path.join(folder, "values.json");
  await writeFile(file, JSON.stringify(values));
  return manifestObjects(
    await runHelm(["template", "kube-backup", CHART, "--namespace", namespace, "--values", file], { folder }),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: a Pod's spec.
async function pod(values: object): Promise<any> {
  return (await render(values))[DEPLOYMENT]?.spec.template.spec;
}

async function container(values: object) {
  return (await pod(values)).containers[0];
}

const helmOf = (args: readonly string[]) => runHelm(args, { folder, kubeconfig: cluster.kubeconfig });

/** A kustomization of backups alone, of every kind. */
async function allKindsBackupOnly(): Promise<string> {
  const place = path.join(folder, "kustomization");
  await mkdir(place, { recursive: true });
  const to = (what: string) => path.relative(place, path.join(ROOT, "deploy", what));
  const components = ["all-kinds", "backup-only"].map((each) => to(`components/${each}`));
  await writeFile(
    path.join(place, "kustomization.yaml"),
    `kind: Kustomization\nresources: [${to("base")}]\ncomponents: [${components.join(", ")}]\n`,
  );
  return place;
}

/** Without the labels that Helm's charts have. */
function withoutHelmLabels(objects: Record<string, ManifestObject>): Record<string, ManifestObject> {
  for (const { metadata } of Object.values(objects)) {
    assert.equal(metadata.labels?.["app.kubernetes.io/managed-by"], "Helm");
    assert.match(metadata.labels?.["helm.sh/chart"] ?? "", /^kube-backup-\d/);
    delete metadata.labels?.["app.kubernetes.io/managed-by"];
    delete metadata.labels?.["helm.sh/chart"];
  }
  return objects;
}

describe("What the chart renders", { concurrency: false }, () => {
  test("without values: kube-backup.yml, but for Helm's own labels", async () => {
    assert.deepEqual(withoutHelmLabels(await render()), await plainManifest());
  });

  test("lint finds nothing", async () => {
    await runHelm(["lint", "--strict", "--quiet", CHART], { folder });
  });

  test("an image by tag, and by digest, which wins", async () => {
    const repository = "registry.example.com/tools/kube-backup";
    assert.equal((await container({ image: { repository, tag: "1.2.3" } })).image, `${repository}:1.2.3`);
    const byDigest = { image: { repository, tag: "1.2.3", digest: DIGEST, pullPolicy: "Always" } };
    const { image, imagePullPolicy } = await container(byDigest);
    assert.deepEqual([image, imagePullPolicy], [`${repository}@${DIGEST}`, "Always"]);
  });

  test("a Secret that exists, or one of values; not both", async () => {
    const existing = await render({ existingSecret: "mine", keysSecret: "" });
    assert.ok(!Object.keys(existing).some((title) => title.startsWith("Secret")));
    const { containers } = existing[DEPLOYMENT]?.spec.template.spec ?? {};
    assert.deepEqual(containers[0].envFrom, [{ secretRef: { name: "mine" } }]);

    const settings = { S3TARGET: "s3://bucket/blue", FREQUENCY: 15, MAXRESTOREAGE: 1_500_000, DEBUG: true };
    const objects = await render({ settings });
    assert.deepEqual(objects["Secret kube-system/kube-backup"]?.["stringData"], {
      S3TARGET: "s3://bucket/blue",
      FREQUENCY: "15",
      MAXRESTOREAGE: "1500000",
      DEBUG: "true",
    });
    const checksum = (of: Record<string, ManifestObject>) =>
      of[DEPLOYMENT]?.spec.template.metadata.annotations["checksum/settings"];
    assert.match(checksum(objects), /^[0-9a-f]{64}$/);
    const changed = await render({ settings: { ...settings, FREQUENCY: 30 } });
    assert.notEqual(checksum(changed), checksum(objects), "a change restarts the pod");
    await assert.rejects(render({ existingSecret: "mine", settings }), /exclude each other/);
  });

  test("kinds, the change log, retention and more environment, in this order", async () => {
    const { env } = await container({
      kinds: "+roles",
      ...{ changeLog: "5s", restoreTo: "newest", copyTo: "s3://other/blue" },
      rehearsal: { schedule: "03:30" },
      retention: {
        ...{ keepLast: 1_000_000, keepDaily: 7, keepWithin: "7d", minAge: "36h", keepReports: "1y" },
        keepLog: "2d",
      },
      extraEnv: [{ name: "CLUSTER_NAME", value: "blue" }],
    });
    assert.deepEqual(
      env
        .filter(({ value }: { value?: string }) => value !== undefined)
        .map(({ name, value }: { name: string; value: string }) => `${name}=${value}`),
      [
        ...["LISTEN=:8080", "KINDS=+roles", "CHANGE_LOG=5s", "COPY_TO=s3://other/blue", "REHEARSE=03:30"],
        "RESTORE_TO=newest",
        ...["KEEP_DAILY=7", "KEEP_LAST=1000000", "KEEP_LOG=2d", "KEEP_REPORTS=1y"],
        ...["KEEP_WITHIN=7d", "PRUNE_MIN_AGE=36h", "CLUSTER_NAME=blue"],
      ],
    );
  });

  test("rehearsals: the objects of the component, and in another namespace all of them are there", async () => {
    const values = { rehearsal: { schedule: "03:30" } };
    const component = await kustomized("deploy/overlays/scheduled-rehearsal");
    const objects = withoutHelmLabels(await render(values));
    for (const each of [objects, component])
      for (const { metadata } of Object.values(each)) delete metadata.labels?.["app.kubernetes.io/component"];
    assert.deepEqual(objects, component);
    const elsewhere = JSON.stringify(await render(values, "tools"));
    assert.doesNotMatch(elsewhere, /"namespace":"kube-system"|serviceaccount:kube-system/);
    assert.match(elsewhere, /system:serviceaccount:tools:kube-backup-rehearsal/);
  });

  test("every kind: the rights of the component, with those to custom resources", async () => {
    const rights = await readFile(path.join(ROOT, "deploy/components/all-kinds/rights.yaml"), "utf8");
    const objects = await render({ rights: { allKinds: true } });
    const added = Object.entries(withoutHelmLabels(objects)).filter(([title]) => title.includes("all-kinds"));
    assert.deepEqual(Object.fromEntries(added), manifestObjects(rights));
    const kinds = async (values: object) =>
      (await container(values)).env.find(({ name }: { name: string }) => name === "KINDS")?.value;
    assert.equal(await kinds({ rights: { allKinds: true } }), "all");
    assert.equal(await kinds({ rights: { allKinds: true }, kinds: "all,-secrets" }), "all,-secrets");
    const custom = await render({ rights: { allKinds: true, customResourceGroups: ["cert-manager.io"] } });
    assert.deepEqual(custom["ClusterRole kube-backup-all-kinds"]?.rules?.at(-1), {
      apiGroups: ["cert-manager.io"],
      resources: ["*"],
      verbs: ["list", "watch", "get", "create", "patch"],
    });
  });

  test("what concerns the pod and its account", async () => {
    const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi" } };
    const tolerations = [{ key: "dedicated", operator: "Exists" }];
    const certificates = { name: "certificates", secret: { secretName: "ca" } };
    const mount = { name: "certificates", mountPath: "/certificates", readOnly: true };
    const spec = await pod({
      ...{ resources, tolerations, priorityClassName: "", affinity: { nodeAffinity: {} } },
      ...{ nodeSelector: { pool: "system" }, imagePullSecrets: [{ name: "registry" }] },
      ...{ extraVolumes: [certificates], extraVolumeMounts: [mount] },
    });
    assert.deepEqual(spec.containers[0].resources, resources);
    assert.deepEqual(spec.containers[0].volumeMounts, [mount]);
    assert.deepEqual(spec.volumes, [certificates]);
    assert.deepEqual(spec.tolerations, tolerations);
    assert.deepEqual(spec.affinity, { nodeAffinity: {} });
    assert.deepEqual(spec.nodeSelector, { "kubernetes.io/os": "linux", pool: "system" });
    assert.deepEqual(spec.imagePullSecrets, [{ name: "registry" }]);
    assert.ok(!("priorityClassName" in spec));

    const role = { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/backup" };
    const label = { "azure.workload.identity/use": "true" };
    const objects = await render({
      serviceAccount: { annotations: role },
      podLabels: label,
      podAnnotations: role,
    });
    const account = objects["ServiceAccount kube-system/kube-backup"]?.metadata as { annotations?: object };
    assert.deepEqual(account.annotations, role);
    const { metadata } = objects[DEPLOYMENT]?.spec.template ?? {};
    assert.equal(metadata.labels["azure.workload.identity/use"], "true");
    assert.deepEqual(metadata.annotations, role);
  });

  test("a NetworkPolicy only where it is asked for", async () => {
    const extraEgress = [{ ports: [{ port: 9000, protocol: "TCP" }] }];
    const objects = await render({ networkPolicy: { enabled: true, egressPorts: [443], extraEgress } });
    const { ingress, egress } = objects["NetworkPolicy kube-system/kube-backup"]?.spec ?? {};
    assert.deepEqual(ingress, [{ ports: [{ port: "http", protocol: "TCP" }] }]);
    assert.deepEqual(egress.slice(1), [{ ports: [{ port: 443, protocol: "TCP" }] }, ...extraEgress]);
  });

  test("metrics and alerts only where they are asked for: those of deploy/monitoring", async () => {
    const on = { enabled: true };
    const labels = { release: "prometheus" };
    const plain = await kustomized("deploy/monitoring");
    const objects = withoutHelmLabels(await render({ monitoring: { podMonitor: on, rules: on } }));
    const titles = ["PodMonitor kube-system/kube-backup", "PrometheusRule kube-system/kube-backup"];
    assert.deepEqual(Object.keys(plain), titles);
    for (const title of titles) assert.deepEqual(objects[title], plain[title]);
    const labelled = await render({
      monitoring: { serviceMonitor: { ...on, interval: "1m", labels }, rules: { ...on, labels } },
    });
    for (const kind of ["ServiceMonitor", "PrometheusRule"])
      assert.equal(labelled[`${kind} kube-system/kube-backup`]?.metadata.labels?.["release"], "prometheus");
    assert.deepEqual(labelled["ServiceMonitor kube-system/kube-backup"]?.spec.endpoints, [
      { port: "http", path: "/metrics", interval: "1m" },
    ]);
    assert.equal(labelled["Service kube-system/kube-backup"]?.spec.publishNotReadyAddresses, true);
  });

  test("backups alone: the rights of the component, of every kind too", async () => {
    for (const allKinds of [false, true]) {
      const objects = withoutHelmLabels(await render({ rights: { allKinds, backupOnly: true } }));
      assert.deepEqual(
        objects,
        await kustomized(allKinds ? await allKindsBackupOnly() : "deploy/overlays/backup-only"),
      );
    }
  });

  test("in another namespace: there, and with the label that keeps it out of its backups", async () => {
    const objects = await render({ settings: { S3TARGET: "s3://bucket/blue" } }, "operations");
    const places = Object.keys(objects).filter((title) => title.includes("/"));
    assert.deepEqual(places, [
      "Deployment operations/kube-backup",
      "Role operations/kube-backup",
      "RoleBinding operations/kube-backup",
      "Secret operations/kube-backup",
      "ServiceAccount operations/kube-backup",
    ]);
    for (const [title, { metadata, subjects = [] }] of Object.entries(objects)) {
      assert.equal(metadata.labels?.["kube-backup/exclude"], "true", title);
      for (const { namespace } of subjects as { namespace: string }[]) assert.equal(namespace, "operations");
    }
  });
});

describe("The schema of the values", { concurrency: false }, () => {
  interface Schema {
    properties?: Record<string, Schema>;
    additionalProperties?: unknown;
  }

  function paths({ properties = {} }: Schema, before = ""): string[] {
    return Object.entries(properties).flatMap(([name, each]) =>
      each.properties === undefined ? [`${before}${name}`] : paths(each, `${before}${name}.`),
    );
  }

  function valuePaths(values: object, known: readonly string[], before = ""): string[] {
    return Object.entries(values).flatMap(([name, value]) =>
      known.includes(`${before}${name}`)
        ? [`${before}${name}`]
        : valuePaths(value, known, `${before}${name}.`),
    );
  }

  test("names the values of values.yaml, no more and no fewer", async () => {
    const schema: Schema = JSON.parse(await readFile(path.join(CHART, "values.schema.json"), "utf8"));
    const values = parse(await readFile(path.join(CHART, "values.yaml"), "utf8"));
    const known = paths(schema).filter((name) => name !== "global");
    assert.deepEqual(valuePaths(values, known).sort(), known.sort());
  });

  const refused: [values: object, reason: RegExp][] = [
    [{ retentoin: { keepDaily: 7 } }, /retentoin/],
    [{ retention: { keepDaily: 0 } }, /keepDaily/],
    [{ retention: { keepDaily: "7" } }, /keepDaily/],
    [{ changeLog: "5 seconds" }, /changeLog/],
    [{ rehearsal: { schedule: "nightly" } }, /schedule/],
    [{ restoreTo: "latest" }, /restoreTo/],
    [{ copyTo: "other-bucket" }, /copyTo/],
    [{ image: { digest: "sha256:abc" } }, /digest/],
    [{ settings: { s3target: "s3://bucket" } }, /s3target/],
    [{ existingSecret: "My Secret" }, /existingSecret/],
    [{ rights: { allKinds: "yes" } }, /allKinds/],
    [{ tolerations: { key: "x" } }, /tolerations/],
    [{ extraEnv: { CLUSTER_NAME: "blue" } }, /extraEnv/],
    [{ networkPolicy: { egressPorts: [0] } }, /egressPorts/],
    [{ monitoring: { podMonitor: { interval: "often" } } }, /interval/],
  ];
  for (const [values, reason] of refused)
    test(`refuses ${JSON.stringify(values)}`, () => assert.rejects(render(values), reason));
});

describe("The chart in a cluster", { concurrency: false }, () => {
  /** What is there of a release, wherever. */
  async function left(): Promise<string[]> {
    const selector = ["--all-namespaces", "--selector=app.kubernetes.io/name=kube-backup", "--output=name"];
    const named = await cluster.kubectl(["get", KINDS, ...selector]);
    const releases = await cluster.kubectl(["get", "secrets", "-A", "-l", "owner=helm", "--output=name"]);
    return `${named}${releases}`.split("\n").filter((line) => line !== "");
  }

  test("install, upgrade and uninstall leave the restore flag, and nothing else", async () => {
    const release = [
      "kube-backup",
      CHART,
      "--namespace=kube-system",
      "--set=settings.S3TARGET=s3://bucket/blue",
    ];
    const installed = await helmOf(["install", ...release]);
    assert.match(installed, /This cluster had no namespace backuprestore-donotuse/);
    assert.match(installed, /"helm uninstall" leaves it in place. Keep it/);
    const { stringData, data } = await cluster.request(
      "GET",
      "/api/v1/namespaces/kube-system/secrets/kube-backup",
    );
    assert.deepEqual([stringData, Object.keys(data)], [undefined, ["S3TARGET"]]);
    // As the program's gate does it.
    await cluster.kubectl(["create", "namespace", "backuprestore-donotuse"]);

    const upgraded = await helmOf([
      "upgrade",
      ...release,
      "--set=rights.allKinds=true",
      "--set=networkPolicy.enabled=true",
    ]);
    assert.doesNotMatch(upgraded, /This cluster had no namespace/);
    assert.match(upgraded, /Keep it/);
    const deployment = await cluster.request(
      "GET",
      "/apis/apps/v1/namespaces/kube-system/deployments/kube-backup",
    );
    const { env } = deployment.spec.template.spec.containers[0];
    assert.deepEqual(env.at(-1), { name: "KINDS", value: "all" });
    assert.ok((await left()).includes("clusterrole.rbac.authorization.k8s.io/kube-backup-all-kinds"));
    await helmOf(["upgrade", ...release]);
    const less = await left();
    assert.ok(!less.some((name) => /all-kinds|networkpolicy/.test(name)), less.join());

    await helmOf(["uninstall", "kube-backup", "--namespace=kube-system"]);
    await until("all is gone", async () => (await left()).length === 0);
    assert.equal(await exists(cluster, FLAG), true);
  });

  test("in a namespace of its own, the program's account has the rights, and its backups hold nothing of it", async () => {
    await remove(cluster, FLAG);
    await loadApplication(cluster, "shop");
    const store = path.join(folder, "store");
    const args = ["--namespace=operations", "--create-namespace"];
    await helmOf(["install", "kube-backup", CHART, ...args, "--set=settings.S3TARGET=s3://bucket/blue"]);
    const env = {
      ...{ KUBECONFIG: await cluster.serviceAccountKubeconfig("operations", "kube-backup") },
      ...{ S3TARGET: `file://${store}`, FREQUENCY: "1", MAXRESTOREAGE: "60", POD_NAMESPACE: "operations" },
    };
    await mkdir(store);
    const program = startProgram(["run"], { env });
    await program.saw(/"msg":"Backup stored"/);
    program.child.kill("SIGTERM");
    const { status, stderr } = await program.ended;
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /cannot be used/, "it has the right to the Leases");
    const contents = await unzipNewest(store);
    assert.ok([...contents.keys()].some((file) => file.startsWith("namespaces/shop/")));
    const own = [...contents].filter(
      ([file, text]) => file.includes("/operations/") && /"kube-backup"|helm.sh\/release/.test(text),
    );
    assert.deepEqual(
      own.map(([file]) => file),
      [],
    );
    await helmOf(["uninstall", "kube-backup", "--namespace=operations"]);
    await until("all is gone", async () => (await left()).length === 0);
    assert.equal(await exists(cluster, FLAG), true);
  });
});
