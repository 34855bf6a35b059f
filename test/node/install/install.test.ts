/**
 * docs/install.md on a real node, by its own lines: from the first one to a first backup, a comparison and a restored Deployment, by
 * the executable, by kustomize and by Helm, timed. Addresses and keys are those of local servers, and nothing else is changed.
 */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, type TestContext, test } from "node:test";
import { ADDRESS } from "../../../build/address.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { blocksUnder } from "../../program/install/document-blocks.ts";
import { commandsUnder, DOCUMENT, kustomizationIn, makeSite } from "../../program/install/release-site.ts";
import { type Shell, startShell } from "../../program/walk-through/shell.ts";
import { binary } from "../../support/binaries/build.ts";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import { IMAGES } from "../../support/node/images.ts";
import { type Node, startNode } from "../../support/node/node.ts";
import { whyNoNode } from "../../support/node/requirements.ts";
import { type FileServer, serveFiles } from "../../support/servers/file-server.ts";
import { until } from "../../support/until.ts";
import { type ClusterMinio, deployMinio } from "../story/minio.ts";
import { nodeCluster } from "../story/node-cluster.ts";

const WEB = "/apis/apps/v1/namespaces/shop/deployments/web";
const POD = "/apis/apps/v1/namespaces/kube-system/deployments/kube-backup";
const LEASES = "kubectl --namespace kube-system delete lease";
const skip = whyNoNode();

describe("docs/install.md on a real node", { skip, concurrency: false }, () => {
  let folder: string;
  let home: string;
  let node: Node;
  let minio: ClusterMinio;
  let server: FileServer;
  let shell: Shell;
  let atFirst: Set<string>;
  /** Each way has a prefix of its own: where a backup of a moment ago lies, the next one is not due. */
  let prefix = "executable";

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-install-"));
    node = await startNode();
    const image = await node.containerd.nameByDigest(IMAGES.kubeBackup, "ghcr.io/example/kube-backup");
    server = await serveFiles(await makeSite(folder, image));
    minio = await deployMinio(await nodeCluster(node), { image: IMAGES.minio });
    await minio.createBucket("my-bucket");
    await loadApplication(node.cluster, "shop");
    home = path.join(folder, "home");
    const tools = path.join(folder, "tools");
    await mkdir(home);
    await mkdir(tools);
    for (const name of ["kubectl", "helm"] as const)
      await symlink(await binary(name), path.join(tools, name));
    const places = [path.join(home, ".local/bin"), tools, process.env["PATH"] ?? ""];
    shell = startShell({
      cwd: home,
      env: {
        ...{ PATH: places.join(path.delimiter), HOME: home, LC_ALL: "C.UTF-8" },
        ...{ KUBECONFIG: node.cluster.kubeconfig, ENDPOINT_URI: minio.address },
      },
    });
    atFirst = await objects();
  });
  after(async () => {
    await shell?.stop();
    await minio?.close();
    await server?.stop();
    await node?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A command with local addresses and keys. The Secret of the pod says which S3 server, as for any that is not Amazon's. */
  function here(command: string): string {
    return command
      .replaceAll(ADDRESS.repository, server.url)
      .replaceAll("s3://my-bucket/my-cluster", `s3://my-bucket/${prefix}`)
      .replaceAll("my-access-key-id", minio.accessKeyId)
      .replaceAll("my-secret-access-key", minio.secretAccessKey)
      .replace(
        "--from-literal=S3TARGET",
        `--from-literal=ENDPOINT_URI=${minio.endpoint} --from-literal=S3TARGET`,
      );
  }

  /** Runs a command of the document, which must succeed. */
  async function run(command: string): Promise<string> {
    const output = await shell.run(here(command));
    assert.equal((await shell.run("echo $?")).trim(), "0", `${command}\n${output}`);
    return output;
  }

  /**
   * Names of all objects of the kinds that an installation could leave behind. Of the flag, its Namespace counts. The Lease of the
   * node comes when the kubelet first renews it.
   */
  async function objects(): Promise<Set<string>> {
    const kinds =
      "namespaces,serviceaccounts,secrets,configmaps,clusterroles,clusterrolebindings,roles,rolebindings,deployments,replicasets,pods,networkpolicies,leases,jobs,cronjobs,services";
    const lines = await node.cluster.kubectl([
      ...["get", kinds, "--all-namespaces", "--no-headers"],
      "--output=custom-columns=K:kind,N:metadata.namespace,M:metadata.name",
    ]);
    const names = lines.split("\n").map((line) => line.trim().split(/ +/).join(" "));
    return new Set(
      names.filter(
        (name) =>
          name !== "" && !/^\w+ (shop|kube-backup-minio|backuprestore-donotuse|kube-node-lease) /.test(name),
      ),
    );
  }

  /** What is there now and was not at first. */
  async function added(): Promise<string[]> {
    return [...(await objects())].filter((name) => !atFirst.has(name)).sort();
  }

  /** The lines under "A first backup" that compare, and bring a Deployment back that was deleted. */
  async function compareAndRestore(): Promise<void> {
    const all = commandsUnder("A first backup");
    for (const command of all.filter((line) => line.startsWith("export "))) await run(command);
    const commands = all.filter((line) => / (diff|restore)\b/.test(line));
    assert.equal(commands.length, 3);
    for (const command of commands) {
      if (command.includes("--dry-run")) await remove(node.cluster, WEB);
      await run(command);
    }
    assert.equal(await exists(node.cluster, WEB), true);
  }

  /** Installs by a way, and waits as the document does, up to a first backup, a comparison and a restored Deployment. */
  async function installAndUse(t: TestContext, way: string, install: () => Promise<void>): Promise<void> {
    prefix = way;
    const started = performance.now();
    for (const command of commandsUnder("In the cluster")) await run(command);
    await install();
    await run("kubectl --namespace kube-system rollout status deployment/kube-backup");
    await until("there is a first backup", async () => (await backups()).length > 0);
    const stored = performance.now();
    await compareAndRestore();
    report(t, way, { "first backup": stored - started, "restored Deployment": performance.now() - started });
  }

  async function backups(): Promise<string[]> {
    return (await minio.list("my-bucket", `${prefix}/`)).filter((key) => /^backup_.*\.zip$/.test(key));
  }

  function report(t: TestContext, way: string, times: Record<string, number>): void {
    for (const [what, ms] of Object.entries(times))
      t.diagnostic(`${way}: ${what} after ${(ms / 1000).toFixed(1)} s`);
    assert.ok(
      Object.values(times).every((ms) => ms < 300_000),
      "in five minutes",
    );
  }

  test("the executable: from its download to a restored Deployment", async (t) => {
    const started = performance.now();
    for (const command of commandsUnder("The executable")) await run(command);
    const [block = ""] = blocksUnder(DOCUMENT, `Linux, ${process.arch === "arm64" ? "arm64" : "x64"}`);
    await run(block);
    let stored = 0;
    for (const command of commandsUnder("A first backup")) {
      if (/ (diff|restore)\b/.test(command)) break;
      await run(command);
      if (command.endsWith(" backup")) stored = performance.now();
    }
    assert.equal((await backups()).length, 1);
    await compareAndRestore();
    report(t, "executable", {
      "first backup": stored - started,
      "restored Deployment": performance.now() - started,
    });
  });

  test("kustomize: from the restore flag to a restored Deployment", async (t) => {
    await installAndUse(t, "kustomize", async () => {
      const local = kustomizationIn(home).replaceAll(
        ADDRESS.image,
        IMAGES.kubeBackup.slice(0, IMAGES.kubeBackup.lastIndexOf(":")),
      );
      assert.ok(local.includes(`newTag: ${packageJson.version}`));
      await writeFile(path.join(home, "kustomization.yaml"), local);
      for (const command of commandsUnder("kustomize")) await run(command);
    });
    await run("kubectl delete -k . --wait");
    await run("kubectl delete secret kube-backup --namespace kube-system");
    await until("its pod is gone", async () => (await podsLeft()).length === 0);
    await run("kubectl delete namespace backuprestore-donotuse");
  });

  test("Helm: install, a first backup, upgrade and uninstall, which leaves the restore flag and nothing else", async (t) => {
    const [install = "", upgrade = "", uninstall = "", ...others] = commandsUnder("Helm");
    assert.deepEqual(others, []);
    await installAndUse(t, "helm", async () => {
      assert.match(await run(install), /STATUS: deployed/);
    });

    const started = performance.now();
    const { metadata } = await node.cluster.request("GET", POD);
    assert.match(await run(upgrade), /REVISION: 2/);
    await run("kubectl --namespace kube-system rollout status deployment/kube-backup");
    const after = await node.cluster.request("GET", POD);
    assert.ok(after.metadata.generation > metadata.generation);
    report(t, "helm", { "upgraded and ready": performance.now() - started });

    await run(uninstall);
    await until("its pod is gone", async () => (await podsLeft()).length === 0);
    for (const command of commandsUnder("Uninstalling")) await run(command);
    assert.ok(commandsUnder("Uninstalling").some((command) => command.startsWith(LEASES)));
    // The Secret with the settings is not the release's.
    await run("kubectl delete secret kube-backup --namespace kube-system");
    const left = async () => (await added()).join();
    await until(
      "nothing else is left",
      async () => (await left()) === "Namespace <none> backuprestore-donotuse",
    ).catch(async (error) => {
      throw new Error(`Left behind: ${await left()}`, { cause: error });
    });
    assert.equal(await exists(node.cluster, FLAG), true);
  });

  async function podsLeft(): Promise<string[]> {
    const selector = "--selector=app.kubernetes.io/name=kube-backup";
    const names = await node.cluster.kubectl(["get", "pods", "-n", "kube-system", selector, "--output=name"]);
    return names.split("\n").filter((name) => name !== "");
  }
});
