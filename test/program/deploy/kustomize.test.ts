/** deploy/base, its components and overlays: what they render to, and the program with the rights that they give. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { kustomized, type ManifestObject, plainManifest } from "../../support/deploy/rendered.ts";
import { objectsOf, unzipNewest } from "../../support/program/archive-contents.ts";
import { type ProgramResult, runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const OVERLAYS = (await readdir(path.join(ROOT, "deploy/overlays"))).sort();
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-backup";
/** The program's own, in the namespace of the overlay other-namespace. */
const OWN_LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-backup/leases/kube-backup";
const OWN_RECORD = "/api/v1/namespaces/kube-backup/configmaps/kube-backup-restore";
const OWN_DEPLOYMENT = "/apis/apps/v1/namespaces/kube-backup/deployments/kube-backup";
const SETTINGS = "/api/v1/namespaces/shop/configmaps/settings";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
});

/** An empty store. */
async function newStore(): Promise<Record<string, string>> {
  const store = await mkdtemp(path.join(folder, "store-"));
  return { S3TARGET: `file://${store}`, FREQUENCY: "1", MAXRESTOREAGE: "60" };
}

/** Applies an overlay to a cluster that holds no other, and waits until what it says of rights has taken effect. */
async function apply(overlay: string): Promise<void> {
  for (const each of OVERLAYS)
    await cluster.kubectl(["delete", "--ignore-not-found", "-k", path.join(ROOT, "deploy/overlays", each)]);
  const strictly = ["apply", "--server-side", "--validate=strict", "--warnings-as-errors"];
  await cluster.kubectl([...strictly, "-k", path.join(ROOT, "deploy/overlays", overlay)]);
}

async function account(name: string, namespace = "kube-system"): Promise<Record<string, string>> {
  return { KUBECONFIG: await cluster.serviceAccountKubeconfig(namespace, name) };
}

/** Runs the loop until it has stored a backup or has failed. */
async function runOnce(env: Record<string, string>): Promise<ProgramResult> {
  const program = startProgram(["run"], { env });
  const end = program.saw(/"msg":"Backup (stored|failed)"/).catch(() => {});
  await Promise.race([end, program.ended]);
  program.child.kill("SIGTERM");
  return await program.ended;
}

function rulesOf(objects: Record<string, ManifestObject>) {
  return Object.values(objects).flatMap(({ rules = [] }) => rules);
}

/** Whether an account may do something now. */
async function may(env: Record<string, string>, ...what: string[]): Promise<boolean> {
  const answer = cluster.kubectl(["auth", "can-i", ...what], { kubeconfig: env["KUBECONFIG"] ?? "" });
  return (await answer.catch(() => "no")).trim() === "yes";
}

describe("What kustomize renders", { concurrency: false }, () => {
  test("the base is kube-backup.yml, object by object", async () => {
    assert.deepEqual(await kustomized("deploy/base"), await plainManifest());
  });

  test("all-kinds adds one role with its binding, and KINDS=all", async () => {
    const base = await plainManifest();
    const objects = await kustomized("deploy/overlays/all-kinds");
    const added = Object.keys(objects).filter((title) => !(title in base));
    assert.deepEqual(added, [
      "ClusterRole kube-backup-all-kinds",
      "ClusterRoleBinding kube-backup-all-kinds",
    ]);
    const title = "Deployment kube-system/kube-backup";
    const [container] = objects[title]?.spec.template.spec.containers ?? [];
    assert.deepEqual(container.env.pop(), { name: "KINDS", value: "all" });
    assert.deepEqual(objects[title], base[title]);
  });

  test("backup-only leaves no verb that creates or changes, of every kind too", async () => {
    for (const components of [["backup-only"], ["all-kinds", "backup-only"]]) {
      const objects = await kustomized(await kustomization(components));
      for (const { resources, resourceNames, verbs } of rulesOf(objects)) {
        if (resources.includes("events")) assert.deepEqual(verbs, ["create"]);
        else if (resources.includes("leases"))
          assert.deepEqual([resourceNames, verbs], [["kube-backup"], ["get", "update"]]);
        else assert.ok(["list,watch", "get"].includes(verbs.join()), `${verbs} of ${resources}`);
      }
      assert.equal(Object.keys(objects).includes("ClusterRole kube-backup-all-kinds"), components.length > 1);
      assert.ok(
        !Object.keys(objects).some((title) => title.startsWith("Namespace")),
        "the flag is the operator's",
      );
    }
  });

  test("other-namespace puts the program into the namespace that one file names, and nothing of it elsewhere", async () => {
    const objects = await kustomized("deploy/overlays/other-namespace");
    const places = Object.entries(objects)
      .filter(([, { metadata }]) => metadata.namespace !== undefined)
      .map(([title]) => title);
    assert.deepEqual(places, [
      "Deployment kube-backup/kube-backup",
      "Role kube-backup/kube-backup",
      "RoleBinding kube-backup/kube-backup",
      "ServiceAccount kube-backup/kube-backup",
    ]);
    const subjects = Object.values(objects).flatMap(
      ({ subjects = [] }) => subjects as { namespace: string }[],
    );
    assert.deepEqual(
      subjects.map(({ namespace }) => namespace),
      ["kube-backup", "kube-backup"],
    );
  });

  test("every image is the one of kube-backup.yml", async () => {
    const images = (text: string) => [...text.matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image);
    const [image] = images(JSON.stringify(await plainManifest()));
    for (const overlay of OVERLAYS)
      for (const each of images(JSON.stringify(await kustomized(`deploy/overlays/${overlay}`))))
        assert.equal(each, image);
  });
});

/** A folder with a kustomization of the base and some components, as a user writes one. */
async function kustomization(components: readonly string[]): Promise<string> {
  const place = path.join(folder, `kustomization-${components.join("-")}`);
  await mkdir(place, { recursive: true });
  const to = (what: string) => path.relative(place, path.join(ROOT, "deploy", what));
  const lines = ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization"];
  lines.push(
    `resources: [${to("base")}]`,
    `components: [${components.map((each) => to(`components/${each}`)).join(", ")}]`,
  );
  await writeFile(path.join(place, "kustomization.yaml"), `${lines.join("\n")}\n`);
  return place;
}

describe("The program with the rights of an overlay", { concurrency: false }, () => {
  test("backup-only: without the flag it ends with an error and writes nothing", async () => {
    await apply("backup-only");
    const env = { ...(await newStore()), ...(await account("kube-backup")) };
    await until("the rights are there", () => may(env, "list", "secrets", "-A"));
    await remove(cluster, FLAG);
    const { status, stderr } = await runOnce(env);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /backuprestore-donotuse/);
    assert.match(stderr, /create resource \\*"namespaces/);
    assert.equal(await exists(cluster, FLAG), false);
  });

  test("backup-only: where a fresh backup waits, it restores nothing without the flag", async () => {
    const env = { ...(await newStore()), ...(await account("kube-backup")) };
    const taken = await runProgram(["backup"], { env });
    assert.equal(taken.status, 0, taken.stderr);
    await remove(cluster, SETTINGS);
    const { status, stderr } = await runOnce(env);
    assert.equal(status, 1, stderr);
    assert.equal(await exists(cluster, SETTINGS), false);
    assert.equal(await exists(cluster, RECORD), false);
    await loadApplication(cluster, "shop");
  });

  test("backup-only: with the flag it takes backups, under its Lease, and can create nothing", async () => {
    const env = { ...(await newStore()), ...(await account("kube-backup")) };
    await cluster.kubectl(["create", "namespace", "backuprestore-donotuse"]);
    const { status, stderr } = await runOnce(env);
    assert.match(stderr, /"msg":"Backup stored"/);
    assert.doesNotMatch(stderr, /"level":"(warn|error)"|cannot be used/, "no right is missing");
    assert.equal(status, 0);
    const { spec } = await cluster.request("GET", LEASE);
    assert.ok(spec.leaseTransitions > 0, "the Lease was taken");
    for (const what of [
      "namespaces",
      "secrets",
      "configmaps",
      "leases.coordination.k8s.io",
      "deployments.apps",
    ])
      for (const verb of ["create", "patch", "update", "delete"])
        assert.equal(await may(env, verb, what, "-A"), false, `${verb} ${what}`);
  });

  test("restore-account: the loop's account cannot restore, the account for it can", async () => {
    await apply("restore-account");
    const store = await newStore();
    const loop = { ...store, ...(await account("kube-backup")) };
    const restorer = { ...store, ...(await account("kube-backup-restore")) };
    await until("the rights are there", () => may(restorer, "create", "secrets", "-A"));
    await until("the rights are there", () => may(loop, "list", "secrets", "-A"));
    const taken = await runProgram(["backup"], { env: loop });
    assert.equal(taken.status, 0, taken.stderr);
    await remove(cluster, SETTINGS);
    const refused = await runProgram(["restore", "latest", "configmap/settings", "-n", "shop", "--yes"], {
      env: loop,
    });
    assert.notEqual(refused.status, 0);
    assert.equal(await exists(cluster, SETTINGS), false);
    await remove(cluster, "/api/v1/namespaces/shop");
    const { status, stderr } = await runProgram(["restore", "latest", "--yes"], { env: restorer });
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /cannot be used|came back with fields that belong to/, "no right is missing");
    assert.equal(await exists(cluster, SETTINGS), true);
  });

  test("rehearsal: its account rehearses, what is gone too, and the policy holds it to that", async () => {
    await apply("rehearsal");
    const store = await newStore();
    const env = { ...store, ...(await account("kube-backup-rehearsal")) };
    const taken = await runProgram(["backup"], { env: { ...store, KUBECONFIG: cluster.kubeconfig } });
    assert.equal(taken.status, 0, taken.stderr);
    await until("the rights are there", () => may(env, "delete", "namespaces"));
    const write = ["create", "configmap", "stray", "--namespace=shop"];
    const as = { kubeconfig: env.KUBECONFIG ?? "" };
    await until("the policy is in force", async () => {
      const done = await cluster.kubectl(write, as).then(
        () => true,
        () => false,
      );
      if (done) await remove(cluster, "/api/v1/namespaces/shop/configmaps/stray");
      return !done;
    });
    await remove(cluster, "/api/v1/namespaces/shop");
    const { status, stdout, stderr } = await runProgram(["verify", "--rehearse", "-o", "json"], { env });
    assert.equal(status, 0, stderr + stdout);
    const { summary } = JSON.parse(stdout);
    assert.equal(summary.accepted, summary.objects);
    await loadApplication(cluster, "shop");
    const refused = /a rehearsal writes and deletes nothing but scratch namespaces/;
    await assert.rejects(cluster.kubectl(write, as), refused);
    await assert.rejects(cluster.kubectl(["create", "namespace", "stray"], as), refused);
    await assert.rejects(cluster.kubectl(["delete", "namespace", "shop"], as), refused);
    await cluster.kubectl([...write, "--dry-run=server"], as);
  });

  test("scheduled-rehearsal: the loop rehearses by the account that it may impersonate, and no other", async () => {
    await apply("scheduled-rehearsal");
    const store = await newStore();
    const loop = { ...store, ...(await account("kube-backup")) };
    const taken = await runProgram(["backup"], { env: { ...store, KUBECONFIG: cluster.kubeconfig } });
    assert.equal(taken.status, 0, taken.stderr);
    await until("the rights are there", () =>
      may(loop, "impersonate", "serviceaccounts/kube-backup-rehearsal", "-n=kube-system"),
    );
    await until("the rights are there", async () =>
      may({ ...(await account("kube-backup-rehearsal")) }, "delete", "namespaces"),
    );
    assert.equal(await may(loop, "impersonate", "serviceaccounts/default", "-n=kube-system"), false);
    assert.equal(await may(loop, "impersonate", "users/admin"), false);
    assert.equal(await may(loop, "impersonate", "groups/system:masters"), false);
    assert.equal(await may(loop, "delete", "namespaces"), false);
    if (!(await exists(cluster, FLAG)))
      await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
    await remove(cluster, "/api/v1/namespaces/shop");
    const program = startProgram(["run"], { env: { ...loop, REHEARSE: "7d" } });
    await Promise.race([program.saw(/"msg":"(Rehearsed|Rehearsal failed)/), program.ended]);
    program.child.kill("SIGTERM");
    const { stderr } = await program.ended;
    await loadApplication(cluster, "shop");
    const [, end = "{}"] = /^(.*"msg":"Rehearsed".*)$/m.exec(stderr) ?? [];
    const { objects, accepted } = JSON.parse(end);
    assert.ok(objects > 0, stderr);
    assert.equal(accepted, objects, stderr);
    assert.doesNotMatch(stderr, /REHEARSE is set, and/);
  });

  test("other-namespace: it backs up and restores, and what is its own there is in no backup", async () => {
    await apply("other-namespace");
    const store = await newStore();
    const env = {
      ...{ ...store, POD_NAMESPACE: "kube-backup" },
      ...(await account("kube-backup", "kube-backup")),
    };
    await until("the rights are there", () => may(env, "list", "secrets", "-A"));
    const at = "--namespace=kube-backup";
    await cluster.kubectl(["create", "secret", "generic", "kube-backup", at, "--from-literal=KINDS=all"]);
    await cluster.kubectl(["create", "configmap", "notes", at, "--from-literal=a=1"]);
    await remove(cluster, FLAG);
    await remove(cluster, LEASE);
    const { status, stderr } = await runOnce(env);
    assert.match(stderr, /"msg":"Backup stored"/);
    assert.doesNotMatch(stderr, /cannot be used/, "it has the right to the Leases");
    assert.equal(status, 0);
    assert.equal(await exists(cluster, FLAG), true);
    assert.deepEqual([await exists(cluster, LEASE), await exists(cluster, OWN_LEASE)], [false, true]);
    const contents = await unzipNewest(store["S3TARGET"]?.replace("file://", "") ?? "");
    assert.ok([...contents.keys()].some((file) => file.startsWith("namespaces/shop/")));
    const own = [...contents].filter(([file]) => file.startsWith("namespaces/kube-backup/"));
    assert.deepEqual(
      own.filter(([file]) => !file.endsWith(".jsonl")).map(([file]) => file),
      ["namespaces/kube-backup/configmaps.json"],
    );
    assert.deepEqual(
      objectsOf(contents, "kube-backup", "configmaps").map(({ metadata }) => metadata.name),
      ["notes"],
    );
    await remove(cluster, FLAG);
    await remove(cluster, SETTINGS);
    const again = startProgram(["run"], { env });
    await until("the restore is done", () => exists(cluster, FLAG));
    await until("its record is gone", async () => !(await exists(cluster, OWN_RECORD)));
    again.child.kill("SIGTERM");
    assert.equal((await again.ended).status, 0, again.output().stderr);
    assert.equal(await exists(cluster, SETTINGS), true);
    assert.equal(await exists(cluster, RECORD), false);

    const asked = await runProgram(["check-access", "--for=backup,restore"], { env });
    assert.equal(asked.status, 0, asked.stdout + asked.stderr);
  });

  test("other-namespace: by hand, its own objects stay, and who does not name it is told", async () => {
    const store = await newStore();
    const env = { ...store, KUBECONFIG: cluster.kubeconfig };
    const here = ["--program-namespace=kube-backup"];
    const taken = await runProgram(["backup", ...here], { env });
    assert.equal(taken.status, 0, taken.stderr);
    const diff = await runProgram(["diff", ...here], { env });
    assert.equal(diff.status, 0, diff.stdout + diff.stderr);
    const refused = await runProgram(["restore", "--prune", "--no-lock", "--yes"], { env });
    assert.equal(refused.status, 1, refused.stdout);
    assert.match(refused.stderr, /Cannot restore: the program runs in the namespace kube-backup/);
    assert.match(refused.stderr, /Add --program-namespace kube-backup/);
    await cluster.kubectl(["create", "configmap", "extra", "--namespace=kube-backup"]);
    const { status, stderr } = await runProgram(["restore", "--prune", "--yes", ...here], { env });
    assert.equal(status, 0, stderr);
    const inIt = "/api/v1/namespaces/kube-backup";
    assert.equal(await exists(cluster, `${inIt}/configmaps/extra`), false);
    assert.equal(await exists(cluster, `${inIt}/secrets/kube-backup`), true);
    assert.equal(await exists(cluster, OWN_DEPLOYMENT), true);
    assert.equal(await exists(cluster, OWN_LEASE.replace(/kube-backup$/, "kube-backup-restore")), true);
  });

  test("other-namespace: where others run in it, it ends at its start, unless that is allowed", async () => {
    const store = await newStore();
    const env = {
      ...{ ...store, POD_NAMESPACE: "kube-backup" },
      ...(await account("kube-backup", "kube-backup")),
    };
    await cluster.kubectl([
      "create",
      "deployment",
      "web",
      "--namespace=kube-backup",
      "--image=web",
      "--replicas=0",
    ]);
    const refused = await runOnce(env);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /Cannot run in the namespace kube-backup: Deployment kube-backup\/web is there too/,
    );
    assert.match(refused.stderr, /ALLOW_SHARED=true \(--allow-shared\)/);
    const { status, stderr } = await runOnce({ ...env, ALLOW_SHARED: "true" });
    assert.equal(status, 0, stderr);
    const contents = await unzipNewest(store["S3TARGET"]?.replace("file://", "") ?? "");
    const names = (resource: string) =>
      objectsOf(contents, "kube-backup", resource).map(({ metadata }) => metadata.name);
    assert.deepEqual([names("deployments.apps"), names("secrets")], [["web"], []]);
  });
});
