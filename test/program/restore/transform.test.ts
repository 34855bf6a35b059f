/** A migration: a backup of one cluster comes back into another with other images, classes and hosts, by files of patches. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ProgramResult, runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const SHOP = "/api/v1/namespaces/shop";
const WEB = "/apis/apps/v1/namespaces/shop/deployments/web";
const FRONT = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/front";

const PATCHES = `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
  - target: {kind: Deployment|ReplicaSet, name: web.*}
    patch: |-
      - op: test
        path: /spec/template/spec/containers/0/image
        value: registry.old.example/web:1
      - op: replace
        path: /spec/template/spec/containers/0/image
        value: registry.new.example/web:1
  - target: {kind: PersistentVolumeClaim, namespace: sh.p}
    patch:
      spec: {storageClassName: new-ssd}
  - target: {kind: StatefulSet}
    patch:
      - {op: replace, path: /spec/volumeClaimTemplates/0/spec/storageClassName, value: new-ssd}
  - target: {group: networking.k8s.io, kind: Ingress, labelSelector: "app in (web)"}
    patch:
      - {op: replace, path: /spec/rules/0/host, value: shop.new.example}
      - {op: replace, path: /spec/ingressClassName, value: new}
  - patch:
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: worker, namespace: shop}
      spec: {replicas: 1}
`;

let old: ControlPlane;
let next: ControlPlane;
let folder: string;

before(async () => {
  [old, next] = await Promise.all([startControlPlane(), startControlPlane()]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-transform-"));
  await Promise.all([apply(old, [...classes("old"), ...application()]), apply(next, classes("new"))]);
  await until("everything has been made of it", async () => {
    const sets = await old.request("GET", "/apis/apps/v1/namespaces/shop/replicasets");
    return sets.items.length === 2 && (await exists(old, `${SHOP}/persistentvolumeclaims/data-db-0`));
  });
  await file("patches.yaml", PATCHES);
  const taken = await runProgram(["backup", "--kinds", "all"], { env: environment(old) });
  assert.equal(taken.status, 0, taken.stderr);
});

after(async () => {
  await Promise.all([old?.stop(), next?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => await remove(next, SHOP));

function classes(name: string): object[] {
  return [
    {
      ...{ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: `${name}-ssd` } },
      provisioner: "example.com/disk",
    },
    {
      ...{ apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name } },
      spec: { controller: "example.com/ingress" },
    },
  ];
}

function application(): object[] {
  const metadata = (name: string, labels = {}) => ({ name, namespace: "shop", labels });
  const selector = (app: string) => ({ selector: { matchLabels: { app } } });
  const template = (app: string, image: string, restartPolicy = "Always") => ({
    metadata: { labels: { app } },
    spec: { restartPolicy, containers: [{ name: app, image }] },
  });
  const deployment = (app: string, image: string) => ({
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: metadata(app) },
    spec: { replicas: 2, ...selector(app), template: template(app, image) },
  });
  const resources = { requests: { storage: "1Gi" } };
  const claim = { accessModes: ["ReadWriteOnce"], storageClassName: "old-ssd", resources };
  const backend = { service: { name: "web", port: { number: 80 } } };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("settings"), data: { color: "blue" } },
    { apiVersion: "v1", kind: "Secret", metadata: metadata("login"), stringData: { password: "TOP-SECRET" } },
    {
      ...{ apiVersion: "v1", kind: "Service", metadata: metadata("web") },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    },
    deployment("web", "registry.old.example/web:1"),
    deployment("worker", "example.com/worker:1"),
    {
      ...{ apiVersion: "apps/v1", kind: "StatefulSet", metadata: metadata("db") },
      spec: {
        ...{
          replicas: 1,
          serviceName: "db",
          ...selector("db"),
          template: template("db", "example.com/db:1"),
        },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
      },
    },
    { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: metadata("files"), spec: claim },
    {
      ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: metadata("front", { app: "web" }) },
      spec: {
        ingressClassName: "old",
        rules: [{ host: "shop.old.example", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      },
    },
    {
      ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: metadata("night") },
      spec: {
        schedule: "0 3 * * *",
        jobTemplate: { spec: { template: template("night", "example.com/night:1", "OnFailure") } },
      },
    },
  ];
}

async function apply(cluster: ControlPlane, objects: readonly object[]): Promise<void> {
  const input = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
}

function environment({ kubeconfig }: ControlPlane): Record<string, string> {
  return { KUBECONFIG: kubeconfig, S3TARGET: `file://${folder}/store` };
}

async function file(name: string, text: string): Promise<void> {
  await writeFile(path.join(folder, name), text);
}

/** Runs a command against the new cluster, in the folder of the files of patches. */
async function run(line: string, ...statuses: number[]): Promise<ProgramResult> {
  const result = await runProgram(line.split(" "), { env: environment(next), cwd: folder });
  assert.ok(statuses.includes(result.status ?? -1), `${line}\n${result.stdout}${result.stderr}`);
  return result;
}

interface Difference {
  kind: string;
  name: string;
  change: string;
  byController?: true;
  fields: { path: string; left?: unknown; right?: unknown }[];
}

/** What differs: `Deployment web spec.replicas: 2 → 1`. */
function differences({ stdout }: ProgramResult): string[] {
  return (JSON.parse(stdout).items as Difference[])
    .filter(({ byController }) => byController !== true)
    .flatMap(({ kind, name, change, fields }) =>
      change === "changed"
        ? fields.map(({ path, left, right }) => `${kind} ${name} ${path}: ${left} → ${right}`)
        : [`${kind} ${name} ${change}`],
    )
    .sort();
}

const CHANGED = [
  { file: "patches.yaml", kind: "PersistentVolumeClaim", objects: 2 },
  { file: "patches.yaml", kind: "Deployment", objects: 2 },
  { file: "patches.yaml", kind: "ReplicaSet", objects: 1 },
  { file: "patches.yaml", kind: "StatefulSet", objects: 1 },
  { file: "patches.yaml", kind: "Ingress", objects: 1 },
];

const byKind = (one: { kind: string }, other: { kind: string }) => (one.kind < other.kind ? -1 : 1);

test("a migration: all that the patches say, and nothing else", async () => {
  const planned = JSON.parse(
    (await run("restore -n shop --transform patches.yaml --dry-run -o json", 0)).stdout,
  );
  assert.deepEqual(planned.transformed.sort(byKind), CHANGED.toSorted(byKind));
  assert.equal(await exists(next, SHOP), false);

  const { stdout } = await run("restore -n shop --transform patches.yaml --yes -o json", 0);
  const document = JSON.parse(stdout);
  assert.deepEqual(document.transformed.sort(byKind), CHANGED.toSorted(byKind));
  assert.deepEqual(document.missingReferences, []);
  assert.match(document.notes.join("\n"), /2 Deployments, .* changed by patches\.yaml/);
  const { spec } = await next.request("GET", WEB);
  assert.equal(spec.template.spec.containers[0].image, "registry.new.example/web:1");

  const plain = await run("diff -n shop -o json", 1);
  const image = "spec.template.spec.containers[name=web].image";
  const images = "registry.old.example/web:1 → registry.new.example/web:1";
  const found = differences(plain);
  const [set] = found.filter((line) => line.startsWith("ReplicaSet"));
  assert.deepEqual(
    found.filter((line) => line !== set),
    [
      `Deployment web ${image}: ${images}`,
      "Deployment worker spec.replicas: 2 → 1",
      "Ingress front spec.ingressClassName: old → new",
      ...found.filter((line) => /^Ingress front spec\.rules/.test(line)),
      "PersistentVolumeClaim data-db-0 spec.storageClassName: old-ssd → new-ssd",
      "PersistentVolumeClaim files spec.storageClassName: old-ssd → new-ssd",
      ...found.filter((line) => /^StatefulSet db spec\.volumeClaimTemplates/.test(line)),
    ],
  );
  assert.match(
    set ?? "",
    /^ReplicaSet web-\w+ .*registry\.old\.example\/web:1 → registry\.new\.example\/web:1$/,
  );
  assert.equal(found.filter((line) => line.includes("shop.new.example")).length, 1);
  assert.equal(found.filter((line) => line.startsWith("StatefulSet")).length, 1);

  const compared = await run("diff -n shop --transform patches.yaml -o json", 0);
  assert.deepEqual(differences(compared), []);
  assert.deepEqual(JSON.parse(compared.stdout).transformed.sort(byKind), CHANGED.toSorted(byKind));
});

test("what came back so is unchanged, and --existing update undoes what was changed since", async () => {
  await run("restore -n shop --transform patches.yaml --yes", 0);
  const again = JSON.parse((await run("restore -n shop --transform patches.yaml --yes -o json", 0)).stdout);
  const differing = again.items.filter(({ outcome }: { outcome: string }) => outcome !== "unchanged");
  // Its controller has scaled the ReplicaSet as the patch has the Deployment.
  assert.deepEqual(
    differing.map(({ kind, name, outcome }: Record<string, string>) => [
      kind,
      name?.replace(/-\w+$/, ""),
      outcome,
    ]),
    [["ReplicaSet", "worker", "skipped"]],
  );
  await next.request("PATCH", FRONT, { spec: { ingressClassName: "old" } });
  const line = "restore ingress/front -n shop --transform patches.yaml --existing update --yes -o json";
  // The Deployment that a patch names is not among what is selected.
  assert.match((await run(line, 1)).stdout, /patch 5 of patches\.yaml names Deployment shop\/worker/);
  await file("ingress.yaml", "patches: [{target: {kind: Ingress}, patch: {spec: {ingressClassName: new}}}]");
  const updated = JSON.parse((await run(line.replace("patches.yaml", "ingress.yaml"), 0)).stdout);
  assert.equal(updated.summary.updated, 1);
  assert.equal((await next.request("GET", FRONT)).spec.ingressClassName, "new");
});

test("fields that patches changed belong to whom they belonged: the next apply of the old manifests meets no conflict", async () => {
  await run("restore -n shop --transform patches.yaml --paused --yes", 0);
  await apply(
    next,
    application().filter((object) => /"kind":"(Deployment|Ingress)"/.test(JSON.stringify(object))),
  );
  const { spec } = await next.request("GET", WEB);
  assert.equal(spec.template.spec.containers[0].image, "registry.old.example/web:1");
  assert.equal(spec.replicas, 2);
});

test("flags do the same for images, classes and hosts, and the difference is exactly that", async () => {
  const flags =
    "--set-image registry.old.example=registry.new.example --set-storage-class old-ssd=new-ssd --set-ingress-class old=new --set-host old.example=new.example";
  const document = JSON.parse((await run(`restore -n shop ${flags} --yes -o json`, 0)).stdout);
  const changed = Map.groupBy(document.transformed as { file: string; kind: string }[], ({ file }) => file);
  assert.deepEqual(
    Object.fromEntries([...changed].map(([file, kinds]) => [file, kinds.map(({ kind }) => kind).sort()])),
    {
      "--set-image registry.old.example=registry.new.example": ["Deployment", "ReplicaSet"],
      "--set-storage-class old-ssd=new-ssd": ["PersistentVolumeClaim", "StatefulSet"],
      "--set-ingress-class old=new": ["Ingress"],
      "--set-host old.example=new.example": ["Ingress"],
    },
  );
  const { spec } = await next.request("GET", FRONT);
  assert.deepEqual([spec.ingressClassName, spec.rules[0].host], ["new", "shop.new.example"]);
  const [container] = (await next.request("GET", WEB)).spec.template.spec.containers;
  assert.equal(container.image, "registry.new.example/web:1");
  assert.deepEqual(differences(await run(`diff -n shop ${flags} -o json`, 0)), []);
  const fields = differences(await run("diff -n shop -o json", 1));
  assert.ok(fields.length >= 4, JSON.stringify(fields));
});

test("a flag that matches nothing is told of, and a wrong one is refused before anything is read", async () => {
  const none = "restore -n shop --set-image no.example=new.example --dry-run=client -o json";
  const { notes } = JSON.parse((await run(none, 3)).stdout);
  assert.match(notes.join("\n"), /--set-image no\.example=new\.example matches nothing of what is selected/);
  const { stderr } = await run("restore --yes --set-host old.example", 2);
  assert.match(
    stderr,
    /--set-host \\?"old\.example\\?" is not OLD=NEW: write for example old\.example=new\.example/,
  );
  assert.equal(await exists(next, SHOP), false);
});

test("a restore that was killed in the middle goes on to the same end", async () => {
  const line = "restore -n shop --transform patches.yaml --yes --no-lock -o json";
  const env = environment(next);
  const program = startProgram([...line.split(" "), "--max-qps", "4"], { env, cwd: folder });
  await until("something is there", () => exists(next, `${SHOP}/configmaps/settings`));
  program.child.kill("SIGKILL");
  await program.ended;
  assert.equal(await exists(next, FRONT), false);
  const { summary } = JSON.parse((await run(line, 0)).stdout);
  assert.ok(summary.created > 0 && summary.unchanged > 0, JSON.stringify(summary));
  assert.deepEqual(differences(await run("diff -n shop --transform patches.yaml -o json", 0)), []);
});

test("targets name the namespaces of the backup, which get their other names afterwards", async () => {
  await apply(
    next,
    application().filter((object) => /Namespace|Ingress|CronJob/.test(JSON.stringify(object))),
  );
  try {
    const mapped = "restore --namespace-mapping shop=shop-copy --transform patches.yaml --yes -o json";
    const document = JSON.parse((await run(mapped, 0)).stdout);
    assert.deepEqual(document.transformed.sort(byKind), CHANGED.toSorted(byKind));
    const copy = await next.request("GET", WEB.replace("/shop/", "/shop-copy/"));
    assert.equal(copy.spec.template.spec.containers[0].image, "registry.new.example/web:1");
    const notes: string = document.notes.join("\n");
    assert.match(
      notes,
      /CronJobs of which the original runs, too: shop-copy\/night; --paused suspends the copies/,
    );
    assert.doesNotMatch(notes, /Hosts that/);
    // The new cluster lacks the old one's classes, which is status 3.
    const plain = await run(
      "restore --namespace-mapping shop=shop-copy --paused --dry-run=client -o json",
      3,
    );
    const told: string = JSON.parse(plain.stdout).notes.join("\n");
    assert.match(
      told,
      /Hosts that two Ingresses serve then: shop\.old\.example \(shop\/front, shop-copy\/front\)/,
    );
    assert.doesNotMatch(told, /CronJobs of which/);
  } finally {
    await remove(next, "/api/v1/namespaces/shop-copy");
  }
});

describe("what is refused, before anything is written", () => {
  const target = "target: {kind: Deployment, name: web}";
  const rows: [title: string, patches: string, status: number, said: RegExp][] = [
    ["a field that there is not", "images: []\npatches: []", 2, /refused\.yaml: unknown field images/],
    [
      "a test that fails",
      `patches: [{${target}, patch: [{op: test, path: /spec/replicas, value: 9}]}]`,
      1,
      /Cannot use refused\.yaml: Deployment shop\/web: patch 1 of refused\.yaml, operation 1 \(test \/spec\/replicas\): the value is another/,
    ],
    [
      "a path that is not there",
      `patches: [{${target}, patch: [{op: replace, path: /spec/x/y, value: 9}]}]`,
      1,
      /spec has no field x/,
    ],
    [
      "into kube-system",
      `patches: [{${target}, patch: {metadata: {namespace: kube-system}}}]`,
      1,
      /changes metadata\.namespace/,
    ],
    [
      "a token",
      "patches: [{target: {kind: Secret}, patch: {type: kubernetes.io/service-account-token}}]",
      1,
      /what no backup holds/,
    ],
    [
      "owners",
      `patches: [{${target}, patch: {metadata: {ownerReferences: [{name: a}]}}}]`,
      1,
      /owners are those of the backup/,
    ],
  ];
  for (const [title, patches, status, said] of rows) {
    test(title, async () => {
      await file("refused.yaml", patches);
      for (const line of ["restore -n shop --yes", "restore -n shop --dry-run", "diff -n shop"]) {
        // Of a comparison, 1 means that something differs.
        const expected = line.startsWith("diff") ? 2 : status;
        const { stdout, stderr } = await run(`${line} --transform refused.yaml`, expected);
        assert.match(stdout + stderr, said);
        assert.doesNotMatch(stdout + stderr, /TOP-SECRET|VE9QLVNFQ1JFVA/);
      }
      assert.equal(await exists(next, SHOP), false);
    });
  }
  test("a file that is not there", async () => {
    const { stderr } = await run("restore --yes --transform gone.yaml", 2);
    assert.match(stderr, /Cannot read the patches gone\.yaml: there is no such file/);
  });
  test("of the restore gate", async () => {
    const { stderr } = await run("run --transform patches.yaml", 2);
    assert.match(stderr, /transform/);
  });
});
