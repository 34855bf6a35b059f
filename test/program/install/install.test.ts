/**
 * docs/install.md, line by line: its commands run in a shell, with the address alone substituted by that of a local server, on
 * which lies a release that this test makes and signs.
 */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { ADDRESS } from "../../../build/address.ts";
import { hostTarget, TARGETS } from "../../../build/targets.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { binary } from "../../support/binaries/build.ts";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type FileServer, serveFiles } from "../../support/servers/file-server.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { until } from "../../support/until.ts";
import { type Shell, startShell } from "../walk-through/shell.ts";
import { blocksUnder } from "./document-blocks.ts";
import { commandsUnder, DOCUMENT, executable, kustomizationIn, makeSite, RELEASE } from "./release-site.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const { version } = packageJson;
const IMAGE = `ghcr.io/example/kube-backup@sha256:${"0123456789abcdef".repeat(4)}`;
const DEPLOYMENT = "/apis/apps/v1/namespaces/kube-system/deployments/kube-backup";

/** Headings of the platforms whose lines a shell here can run. */
const PLATFORMS: Record<string, string> = {
  "Linux, x64": "linux-x64",
  "Linux, arm64": "linux-arm64",
  "macOS, Apple silicon": "macos-arm64",
  "macOS, Intel": "macos-x64",
};

let folder: string;
let home: string;
let site: string;
let server: FileServer;
let shell: Shell;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-install-"));
  await mkdir(path.join(folder, "tools"));
  for (const name of ["kubectl", "helm"] as const)
    await symlink(await binary(name), path.join(folder, "tools", name));
  site = await makeSite(folder, IMAGE);
  server = await serveFiles(site);
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A command of the document, with the local server's address. */
function here(command: string): string {
  return command.replaceAll(ADDRESS.repository, server.url);
}

/** A shell of somebody who has kubectl and helm, and nothing of kube-backup yet. */
async function newShell(env: Record<string, string> = {}): Promise<void> {
  home = await mkdtemp(path.join(folder, "home-"));
  const places = [path.join(home, ".local/bin"), path.join(folder, "tools"), process.env["PATH"] ?? ""];
  shell = startShell({
    cwd: home,
    env: { PATH: places.join(path.delimiter), HOME: home, LC_ALL: "C.UTF-8", ...env },
  });
}

/** Runs a command of the document, which must succeed. */
async function run(command: string): Promise<string> {
  const output = await shell.run(here(command));
  assert.equal((await shell.run("echo $?")).trim(), "0", `${command}\n${output}`);
  return output;
}

describe("The executable", { concurrency: false }, () => {
  beforeEach(async () => {
    await newShell();
    for (const command of commandsUnder("The executable")) await run(command);
  });
  afterEach(() => shell.stop());
  const installed = () => path.join(home, ".local/bin/kube-backup");

  for (const [heading, name] of Object.entries(PLATFORMS)) {
    test(`${heading}: the lines download, check and install it`, async () => {
      const [block = "", ...others] = blocksUnder(DOCUMENT, heading);
      assert.deepEqual(others, []);
      const output = await run(block);
      assert.match(output, /Good "file" signature for kube-backup-release with ED25519 key/);
      assert.match(output, new RegExp(`^kube-backup-${version}-${name}: OK$`, "m"));
      assert.match(await readFile(installed(), "utf8"), new RegExp(`^# ${name}$`, "m"));
      if (name !== hostTarget().name) return;
      assert.equal(await run("kube-backup --version"), `${version}\n`);
      const [asPlugin = "", krew = ""] = blocksUnder(DOCUMENT, "As a plugin of kubectl");
      assert.match(await run(asPlugin), new RegExp(`kube-backup ${version.replaceAll(".", "\\.")} `));
      assert.match(await run("kubectl __complete backup ver"), /^verify\t.*\nversion\t.*\n:4$/m);
      assert.match(krew, /\/cluster-backup\.yaml$/);
    });
  }

  test("the platforms are those of a release; of Windows, what is downloaded is there", async () => {
    const names = TARGETS.map(({ name }) => name).filter((name) => name !== "windows-x64");
    assert.deepEqual(Object.values(PLATFORMS).sort(), names.sort());
    const [download = "", verify = "", compare = ""] = commandsUnder("Windows");
    await run(download.replace("curl.exe", "curl"));
    await run(/cmd \/c "(.*)"/.exec(verify)?.[1] ?? "false");
    const [, file = ""] = /Get-FileHash ([^\s)]+)\)/.exec(compare) ?? [];
    assert.ok(existsSync(path.join(home, file)), file);
  });

  const tampered: [what: string, file: (place: string) => string, check: RegExp][] = [
    ["a changed executable", (place) => path.join(place, `kube-backup-${version}-linux-x64`), /FAILED/],
    ["changed checksums", (place) => path.join(place, "SHA256SUMS"), /Could not verify signature/],
  ];
  for (const [what, fileOf, check] of tampered) {
    test(`${what}: nothing is installed`, async () => {
      const file = fileOf(path.join(site, RELEASE));
      const before = await readFile(file);
      await appendFile(file, "# tampered with\n");
      try {
        const [block = ""] = blocksUnder(DOCUMENT, "Linux, x64");
        assert.match(await shell.run(here(block)), check);
        assert.equal(existsSync(installed()), false);
      } finally {
        await writeFile(file, before);
      }
    });
  }
});

describe("With a cluster and an S3 server", { concurrency: false }, () => {
  let cluster: ControlPlane;
  let minio: S3Server;

  before(async () => {
    [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
    await minio.createBucket("my-bucket");
    await loadApplication(cluster, "shop");
    await newShell({ KUBECONFIG: cluster.kubeconfig, ENDPOINT_URI: minio.endpoint });
    const programs = path.join(home, ".local/bin");
    await mkdir(programs, { recursive: true });
    await writeFile(path.join(programs, "kube-backup"), executable("here"), { mode: 0o755 });
  });
  after(async () => {
    await shell?.stop();
    await cluster?.stop();
    await minio?.stop();
  });

  /** With the keys of this test's server. */
  const withKeys = (command: string) =>
    command
      .replaceAll("my-access-key-id", minio.accessKeyId)
      .replaceAll("my-secret-access-key", minio.secretAccessKey);

  test("a first backup, a comparison and a restored Deployment", async () => {
    const commands = commandsUnder("A first backup");
    assert.equal(commands.length, 8);
    const outputs: string[] = [];
    for (const command of commands) {
      if (command.includes("--dry-run"))
        await remove(cluster, "/apis/apps/v1/namespaces/shop/deployments/web");
      outputs.push(await run(withKeys(command)));
    }
    assert.match(outputs.join("\n"), /backup_\d{8}T\d{6}Z/);
    assert.equal(await exists(cluster, "/apis/apps/v1/namespaces/shop/deployments/web"), true);
  });

  test("flag, Secret and manifest; then kustomize; then Helm, up to its uninstallation, which leaves the flag", async () => {
    const started = Date.now();
    for (const command of commandsUnder("In the cluster")) await run(withKeys(command));
    const { data } = await cluster.request("GET", "/api/v1/namespaces/kube-system/secrets/kube-backup");
    assert.deepEqual(Object.keys(data).sort(), [
      ...["AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"],
      ...["FREQUENCY", "MAXRESTOREAGE", "S3TARGET"],
    ]);

    for (const command of commandsUnder("Manifest")) await run(command);
    assert.equal(await imageThere(), IMAGE);
    await cluster.kubectl(["delete", "-f", path.join(ROOT, "kube-backup.yml")]);

    const local = kustomizationIn(home);
    assert.doesNotMatch(local, /https:/);
    // A reference of an image is in lower case: that of a placeholder is refused by nobody but a node.
    await writeFile(path.join(home, "kustomization.yaml"), local);
    for (const command of commandsUnder("kustomize")) await run(command);
    assert.equal(await imageThere(), `${ADDRESS.image}:${version}`);
    await shell.run("kubectl delete -k .");

    const [install = "", upgrade = "", uninstall = ""] = commandsUnder("Helm");
    assert.match(await run(install), /STATUS: deployed/);
    assert.equal(await imageThere(), IMAGE);
    assert.match(await run(upgrade), /REVISION: 2/);
    await run(uninstall);
    await until("the Deployment is gone", async () => !(await exists(cluster, DEPLOYMENT)));
    assert.equal(await exists(cluster, FLAG), true);
    for (const command of commandsUnder("Uninstalling")) await run(command);
    assert.ok(Date.now() - started < 300_000, "in five minutes");
  });

  async function imageThere(): Promise<string> {
    const deployment = await cluster.request("GET", DEPLOYMENT);
    return deployment.spec.template.spec.containers[0].image;
  }
});
