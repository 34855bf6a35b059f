/** An API server that is there and says nothing. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { runProgram } from "../../support/program/program.ts";
import { makeCertificate } from "../../support/servers/certificate.ts";

/** Far above each limit, in milliseconds: what waits for ever ends a test, and no busy machine does. */
const BOUND = 600_000;

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-silent-"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function environmentOf(name: string, cluster: object): Promise<Record<string, string>> {
  const kubeconfig = path.join(folder, name);
  const content = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
    contexts: [{ name: "here", context: { cluster: "here", user: "here" } }],
    clusters: [{ name: "here", cluster }],
    users: [{ name: "here", user: { token: "a-token" } }],
  };
  await writeFile(kubeconfig, JSON.stringify(content));
  return { KUBECONFIG: kubeconfig, S3TARGET: `file:${path.join(folder, `${name}-store`)}` };
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("an API server that is silent is given up, and named", { concurrency: true, timeout: BOUND }, () => {
  test("from the connection on", async () => {
    const sockets = new Set<{ destroy(): unknown }>();
    const server = createServer((socket) => sockets.add(socket));
    try {
      const url = `https://127.0.0.1:${await portOf(server)}`;
      const env = await environmentOf("connect", { server: url });
      for (const args of [["status"], ["restore", "--yes"]]) {
        const { status, stderr } = await runProgram(args, { env });
        assert.equal(status, 1, stderr);
        assert.match(
          stderr,
          new RegExp(`Waiting for the API server ${url}: it has not answered yet; gives up in 34s`),
        );
        assert.match(
          stderr,
          new RegExp(`the API server ${url} does not answer: it is silent, and no connection comes about`),
        );
        assert.match(stderr, /Check the context, the address in the kubeconfig and that the API server runs/);
      }
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  test("after TLS", async () => {
    const { ca, cert, key } = await makeCertificate([]);
    const server = createTlsServer({ cert, key }, () => {});
    try {
      const url = `https://127.0.0.1:${await portOf(server)}`;
      const authority = Buffer.from(ca).toString("base64");
      const env = await environmentOf("tls", { server: url, "certificate-authority-data": authority });
      const { status, stderr } = await runProgram(["backup"], { env });
      assert.equal(status, 1, stderr);
      assert.match(stderr, /it has not answered yet; gives up in 34s/);
      assert.match(
        stderr,
        new RegExp(`the API server ${url} does not answer: it takes requests and is silent`),
      );
      assert.match(stderr, /Check the context/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  describe("in the middle of a list", () => {
    let cluster: ControlPlane;
    before(async () => {
      cluster = await startControlPlane();
    });
    after(() => cluster?.stop());

    test("the backup is not stored", async () => {
      const proxy = await startApiProxy(cluster);
      try {
        proxy.inject({
          when: ({ path: of, method }) => method === "GET" && of === "/api/v1/configmaps",
          fault: { kind: "stall", afterBytes: 50 },
        });
        const store = path.join(folder, "list-store");
        const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file:${store}` };
        const { status, stderr } = await runProgram(["backup"], { env });
        assert.equal(status, 1, stderr);
        assert.match(
          stderr,
          /Cannot list configmaps: the API server http\S+ does not answer: it has fallen silent/,
        );
        const listed = proxy.requests.filter(({ path: of }) => of === "/api/v1/configmaps");
        assert.equal(listed.length, 2, "once more, and no further resource is asked for");
        const { stdout } = await runProgram(["list", "-o", "json"], { env });
        assert.deepEqual(JSON.parse(stdout).backups ?? [], []);
      } finally {
        await proxy.stop();
      }
    });
  });
});
