/** `--as`, `--as-group` and `--request-timeout`, as kubectl has them. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { runProgram } from "../../support/program/program.ts";

let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-as-"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function run(line: string, env: Record<string, string> = {}) {
  const store = { S3TARGET: `file:${folder}`, LOG_FORMAT: "text" };
  return await runProgram(line.split(" "), { env: { ...store, ...env } });
}

describe("impersonation", () => {
  let cluster: ControlPlane;
  before(async () => {
    cluster = await startControlPlane();
  });
  after(() => cluster?.stop());

  const kubeconfig = () => ({ KUBECONFIG: cluster.kubeconfig });

  it("has the rights of whom it impersonates", async () => {
    const refused = await run("backup --as jane", kubeconfig());
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /User "jane" cannot list resource "namespaces"/);
    const byGroup = await run("backup --as jane --as-group ops --as-group system:masters", kubeconfig());
    assert.equal(byGroup.status, 0, byGroup.stderr);
  });

  it("is a variable too, with a group on each line", async () => {
    const env = {
      ...kubeconfig(),
      KUBE_BACKUP_AS: "jane",
      KUBE_BACKUP_AS_GROUP: "cn=ops,ou=x\nsystem:masters\n",
    };
    const { status, stderr } = await run("diff", env);
    assert.equal(status, 0, stderr);
    const { stderr: refused } = await run("diff --as-group cn=ops,ou=x", env);
    assert.match(refused, /User "jane" cannot list resource/);
  });

  it("of a group alone is no impersonation", async () => {
    const { status, stderr } = await run("backup --as-group system:masters", kubeconfig());
    assert.equal(status, 2);
    assert.match(stderr, /^error: --as-group is given, and --as is missing: say which user to impersonate\n/);
  });
});

describe("the limit of a request", () => {
  it("ends what a silent API server does not answer, and is not tried again", async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const kubeconfig = path.join(folder, "silent");
      const content = {
        ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
        contexts: [{ name: "here", context: { cluster: "here" } }],
        clusters: [{ name: "here", cluster: { server: `https://127.0.0.1:${port}` } }],
      };
      await writeFile(kubeconfig, JSON.stringify(content));
      const began = performance.now();
      const { status, stderr } = await run("backup --request-timeout 1s", { KUBECONFIG: kubeconfig });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /does not answer: it has not answered within 1s, the --request-timeout\nRaise --request-timeout, or leave it out\n$/,
      );
      // Without it, such a server is given up after 34 seconds.
      assert.ok(performance.now() - began < 30_000, `${performance.now() - began} ms`);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it("is a length of time", async () => {
    const { status, stderr } = await run("list --request-timeout soon");
    assert.equal(status, 2);
    assert.match(stderr, /"soon" is no length of time up to 24d: write for example 30s, or 0 for not at all/);
  });
});
