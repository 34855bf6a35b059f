import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, test } from "node:test";

// Stands in for the Go toolchain, whose builds take minutes: writes what it is asked to build, slowly.
const GO = `#!/bin/sh
echo "$@" >> "$GO_CALLS"
sleep 0.3
test -z "$GO_FAILS" || { echo "the compiler's complaint" >&2; exit 1; }
while test "$1" != -o; do shift; done
out=$2; shift 2
for package; do name=$(basename "\${package%/v[0-9]}"); echo "$name" > "$out/$name"; done
`;

describe("building a program", () => {
  let folder: string;
  let env: Record<string, string>;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-build-"));
    await mkdir(path.join(folder, "bin"));
    await writeFile(path.join(folder, "bin", "go"), GO);
    await chmod(path.join(folder, "bin", "go"), 0o755);
    await writeFile(path.join(folder, "calls"), "");
    env = {
      PATH: `${path.join(folder, "bin")}:/usr/bin:/bin`,
      XDG_CACHE_HOME: path.join(folder, "cache"),
      GO_CALLS: path.join(folder, "calls"),
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const build = async (names: readonly string[], more: Record<string, string> = {}) => {
    const child = spawn(
      process.execPath,
      [path.resolve(import.meta.dirname, "../../support/binaries/build.ts"), ...names],
      {
        env: { ...env, ...more },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const ended = new Promise((resolve) => child.once("close", resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { status: await ended, stdout, stderr };
  };
  const calls = async () => (await readFile(path.join(folder, "calls"), "utf8")).split("\n").filter(Boolean);
  const cached = async () => {
    const binaries = path.join(folder, "cache", "kube-backup", "binaries");
    const [module = ""] = await readdir(binaries);
    return {
      folder: path.join(binaries, module),
      files: (await readdir(path.join(binaries, module))).sort(),
    };
  };

  test("builds all programs of a module at once, and none a second time", async () => {
    const first = await build(["etcd", "kubectl"]);
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /^Building etcd, kubectl 1\.\d+\.\d+: about \d minutes? the first time\n/);
    const second = await build(["kubectl", "etcd"]);
    assert.equal(second.stderr, "");
    assert.deepEqual(second.stdout.trim().split("\n").reverse(), first.stdout.trim().split("\n"));
    assert.deepEqual((await cached()).files, ["etcd", "kubectl"]);
    const made = await calls();
    assert.equal(made.length, 1);
    assert.match(
      made[0] ?? "",
      /gitVersion=v1\.\d+\.\d+ .*etcd\/server\/v3 k8s\.io\/kubernetes\/cmd\/kubectl$/,
    );
  });

  test("is done once when many want the same", async () => {
    const results = await Promise.all([1, 2, 3].map(() => build(["versitygw"])));
    assert.deepEqual(
      results.map(({ status }) => status),
      [0, 0, 0],
    );
    assert.equal((await calls()).length, 1);
    assert.equal(results.filter(({ stderr }) => /^Waiting for process \d+/.test(stderr)).length, 2);
  });

  test("takes over the lock of a process that is dead", async () => {
    const dead = spawn("/bin/true");
    await new Promise((resolve) => dead.once("exit", resolve));
    await build(["minio"]);
    const module = await cached();
    await rm(path.join(module.folder, "minio"));
    await writeFile(path.join(module.folder, ".lock"), `${dead.pid}\n`);
    const { status, stderr } = await build(["minio"]);
    assert.equal(status, 0, stderr);
    assert.deepEqual((await cached()).files, ["minio"]);
  });

  test("that fails shows the compiler's words and leaves nothing", async () => {
    const { status, stderr } = await build(["minio"], { GO_FAILS: "1" });
    assert.equal(status, 1);
    assert.match(stderr, /Cannot build minio .*: go build ended with 1\nthe compiler's complaint/);
    assert.deepEqual((await cached()).files, []);
  });

  test("without Go says what to do", async () => {
    const { status, stderr } = await build(["minio"], { PATH: "/nonexistent" });
    assert.equal(status, 1);
    assert.match(stderr, /there is no go on the path; install Go .*KUBEBUILDER_ASSETS/);
  });

  test("is not done for what lies in KUBEBUILDER_ASSETS", async () => {
    await writeFile(path.join(folder, "etcd"), "");
    const { stdout } = await build(["etcd"], { KUBEBUILDER_ASSETS: folder });
    assert.equal(stdout, `${path.join(folder, "etcd")}\n`);
    assert.deepEqual(await calls(), []);
  });

  test("of a Kubernetes that is not known is refused, and the known ones are named", async () => {
    const { status, stderr } = await build(["etcd"], { KUBERNETES_VERSION: "1.2" });
    assert.equal(status, 1);
    assert.match(stderr, /^Cannot build Kubernetes: KUBERNETES_VERSION is "1\.2", known are .*1\.36/);
  });

  test("of a program that is not known is refused", async () => {
    const { status, stderr } = await build(["nginx"]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^Cannot build nginx: known are actionlint, age, age-keygen, argo-rollouts, etcd, helm, kube-apiserver/,
    );
  });
});
