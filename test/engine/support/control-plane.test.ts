import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../../support/cluster/api-client.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";

describe("a control plane", () => {
  let cluster: ControlPlane;
  before(async () => {
    cluster = await startControlPlane({ historyFromCache: false, dualStack: true });
  });
  after(() => cluster?.stop());

  test("is the Kubernetes that was asked for", async () => {
    const version = await cluster.request("GET", "/version");
    assert.match(version.gitVersion, /^v1\.\d+\.\d+$/);
    assert.equal(
      version.gitVersion,
      JSON.parse(await cluster.kubectl(["version", "-o", "json"])).clientVersion.gitVersion,
    );
  });

  test("runs controllers: a Deployment gets its ReplicaSet, a deleted namespace goes away", async () => {
    await cluster.kubectl(["create", "namespace", "short-lived"]);
    await cluster.kubectl(["create", "deployment", "web", "--image=web", "-n", "short-lived"]);
    await cluster.kubectl([
      "wait",
      "--for=create",
      "replicaset",
      "-l",
      "app=web",
      "-n",
      "short-lived",
      "--timeout=10s",
    ]);
    await cluster.kubectl(["delete", "namespace", "short-lived", "--timeout=30s"]);
    await assert.rejects(cluster.request("GET", "/api/v1/namespaces/short-lived"), { status: 404 });
  });

  test("answers 410 for a revision that was compacted", async () => {
    const { metadata } = await cluster.request("GET", "/api/v1/namespaces?limit=1");
    const old = `/api/v1/configmaps?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`;
    await cluster.kubectl(["create", "configmap", "later", "-n", "default"]);
    assert.equal((await cluster.request("GET", old)).metadata.resourceVersion, metadata.resourceVersion);
    await cluster.compact();
    await assert.rejects(
      cluster.request("GET", old),
      (error) => error instanceof ApiError && error.status === 410,
    );
  });

  test("gives a ServiceAccount no more than its roles", async () => {
    const kubeconfig = await cluster.serviceAccountKubeconfig("default", "default");
    const whoami = await cluster.kubectl(["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"], {
      kubeconfig,
    });
    assert.equal(whoami, "system:serviceaccount:default:default");
    await assert.rejects(cluster.kubectl(["get", "secrets"], { kubeconfig }), /forbidden/);
  });

  test("gives Services addresses of both families", async () => {
    await cluster.kubectl(["apply", "-f", "-"], {
      input: JSON.stringify({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "dual" },
        spec: { ipFamilyPolicy: "RequireDualStack", ports: [{ port: 80 }] },
      }),
    });
    const { spec } = await cluster.request("GET", "/api/v1/namespaces/default/services/dual");
    assert.equal(spec.clusterIPs.length, 2);
  });

  test("can be without its API server for a while", async () => {
    await cluster.stopApiServer();
    await assert.rejects(cluster.request("GET", "/version"), { code: "ECONNREFUSED" });
    await cluster.startApiServer();
    assert.equal((await cluster.request("GET", "/api/v1/namespaces/default")).kind, "Namespace");
  });
});

test("stopping a control plane leaves neither process nor folder, twice is no error", async () => {
  const cluster = await startControlPlane();
  const { pid } = cluster.etcd.process;
  await cluster.stop();
  await cluster.stop();
  assert.equal(isRunning(pid), false);
  assert.equal(existsSync(cluster.folder), false);
});

test("a process killed without warning leaves neither process nor folder", async () => {
  const script = `
    const { startControlPlane } = await import(${JSON.stringify(import.meta.resolve("../../support/cluster/control-plane.ts"))});
    const cluster = await startControlPlane();
    console.log(JSON.stringify({ pid: cluster.etcd.process.pid, folder: cluster.folder }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk) => resolve(String(chunk))),
  );
  const { pid, folder } = JSON.parse(line);
  assert.equal(isRunning(pid), true);
  child.kill("SIGKILL");
  const end = Date.now() + 10_000;
  while ((isRunning(pid) || existsSync(folder)) && Date.now() < end) await sleep(50);
  assert.equal(isRunning(pid), false);
  assert.equal(existsSync(folder), false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
