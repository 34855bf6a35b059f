import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort } from "../../support/processes/free-port.ts";
import { runProgram } from "../../support/program/program.ts";
import { makeCertificate } from "../../support/servers/certificate.ts";

/** What a server that is no API server answers each request with, status 200. */
const ANSWERS = {
  "no list": { type: "application/json", body: "{}" },
  "another list": { type: "application/json", body: '{"kind":"ConfigMapList","items":[]}' },
  null: { type: "application/json", body: "null" },
  "a page": { type: "text/html", body: "<html><body>Sign in</body></html>" },
};

let folder: string;
let server: Server;
let answer: { type: string; body: string };

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-foreign-"));
  server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": answer.type }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    contexts: [{ name: "here", context: { cluster: "here", user: "here" } }],
    clusters: [{ name: "here", cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: "here", user: {} }],
  };
  await writeFile(path.join(folder, "kubeconfig"), JSON.stringify(kubeconfig));
});

after(async () => {
  server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

for (const [title, given] of Object.entries(ANSWERS)) {
  test(`a server that answers with ${title} is no empty cluster`, async () => {
    answer = given;
    const store = path.join(folder, "store");
    const env = { KUBECONFIG: path.join(folder, "kubeconfig"), S3TARGET: `file:${store}` };
    const { status, stderr } = await runProgram(["backup"], { env });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /Cannot /);
    assert.doesNotMatch(stderr, /defect|Unexpected \w*Error/);
    assert.deepEqual(await readdir(store).catch(() => []), []);
  });
}

/** Writes a kubeconfig of a cluster, and returns what the program needs. The store holds nothing: the cluster is asked first. */
async function environmentOf(name: string, cluster: object): Promise<Record<string, string>> {
  const file = path.join(folder, name);
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    contexts: [{ name: "here", context: { cluster: "here", user: "here" } }],
    clusters: [{ name: "here", cluster }],
    users: [{ name: "here", user: { token: "a-token" } }],
  };
  await writeFile(file, JSON.stringify(kubeconfig));
  return { KUBECONFIG: file, S3TARGET: `file:${path.join(folder, "no-such-folder")}` };
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a certificate that is not accepted is named, and never tried again", () => {
  const cases: [
    title: string,
    options: Parameters<typeof makeCertificate>[1],
    ca: "own" | "other",
    said: RegExp,
  ][] = [
    [
      "expired",
      { expired: true },
      "own",
      /the certificate of the API server https:\/\/127\.0\.0\.1:\d+ has expired \(CN=server, issued by CN=test authority, valid from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\)/,
    ],
    [
      "of an authority that is not known",
      {},
      "other",
      /is (?:of an authority that is not known here|not signed by the authority whose name it bears) \(CN=server, issued by CN=test authority, /,
    ],
    [
      "for another host",
      { local: false },
      "own",
      /is not for 127\.0\.0\.1, but for DNS:elsewhere \(CN=server, /,
    ],
  ];
  for (const [title, options, ca, said] of cases) {
    test(title, async () => {
      const certificate = await makeCertificate(["elsewhere"], options);
      const authority = ca === "own" ? certificate.ca : (await makeCertificate(["x"])).ca;
      let connections = 0;
      const tls = createTlsServer({ cert: certificate.cert, key: certificate.key }, (_, response) =>
        response.end("{}"),
      );
      tls.on("connection", () => {
        connections += 1;
      });
      await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
      try {
        const { port } = tls.address() as AddressInfo;
        const server = `https://127.0.0.1:${port}`;
        const env = await environmentOf("tls", { server, "certificate-authority-data": base64(authority) });
        const { status, stderr } = await runProgram(["restore", "--yes"], { env });
        assert.equal(status, 1, stderr);
        assert.match(stderr, said);
        assert.match(stderr, /in the kubeconfig|Renew the certificate of the API server/);
        // One attempt, and one look at the certificate.
        assert.equal(connections, 2);
      } finally {
        tls.close();
      }
    });
  }
});

test("a file of the cluster's authority that is not there is the cluster's matter", async () => {
  const server = "https://127.0.0.1:1";
  const env = await environmentOf("no-ca", { server, "certificate-authority": "pki/ca.crt" });
  const { status, stderr } = await runProgram(["status"], { env });
  assert.equal(status, 1, stderr);
  assert.match(
    stderr,
    /Cannot connect to the cluster of the context \\"here\\": the file of its certificate authority, \S+\/pki\/ca\.crt, cannot be read: there is no such file/,
  );
  assert.match(stderr, /Correct certificate-authority of the cluster in the kubeconfig/);
  assert.doesNotMatch(stderr, /authenticate|user of that context|defect/);
});

test("an API server that is not there is asked before the backup is read, and what is waited for is told", async () => {
  const env = await environmentOf("nobody", { server: `https://127.0.0.1:${await freePort()}` });
  const { status, stderr } = await runProgram(["restore", "--yes"], { env });
  assert.equal(status, 1, stderr);
  assert.match(
    stderr,
    /Waiting for the API server https:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED \S+; gives up in 14s at the latest/,
  );
  assert.match(stderr, /Cannot reach the cluster: the API server \S+ does not answer: connect ECONNREFUSED/);
});
