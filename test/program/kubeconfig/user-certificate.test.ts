/** A certificate of the user that an API server does not accept. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { freePort } from "../../support/processes/free-port.ts";
import { runProgram } from "../../support/program/program.ts";
import { type Certificate, makeCertificate } from "../../support/servers/certificate.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

let folder: string;
let expired: Certificate;
let stranger: Certificate;
let cluster: ControlPlane;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-user-"));
  [expired, stranger] = await Promise.all([makeCertificate([], { expired: true }), makeCertificate([])]);
  const authority = path.join(folder, "users.crt");
  await writeFile(authority, expired.ca);
  await mkdir(path.join(folder, "store"));
  cluster = await startControlPlane({ apiServerArgs: [`--client-ca-file=${authority}`] });
});
after(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command as the user of a certificate, on a server. */
async function runAs(
  { cert, key }: Certificate,
  { server, ca }: { server: string; ca: string },
  args: string[],
) {
  const kubeconfig = path.join(folder, "kubeconfig");
  const content = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
    contexts: [{ name: "here", context: { cluster: "here", user: "here" } }],
    clusters: [{ name: "here", cluster: { server, "certificate-authority-data": base64(ca) } }],
    users: [
      { name: "here", user: { "client-certificate-data": base64(cert), "client-key-data": base64(key) } },
    ],
  };
  await writeFile(kubeconfig, JSON.stringify(content));
  const env = { KUBECONFIG: kubeconfig, S3TARGET: `file:${path.join(folder, "store")}` };
  return await runProgram(args, { env });
}

const WHICH = /\(CN=server, issued by CN=test authority, valid from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\)/;

describe("an API server that refuses the certificate of the user", () => {
  const rows: [title: string, certificate: () => Certificate, advice: RegExp][] = [
    [
      "since it has expired",
      () => expired,
      /The certificate of the user has expired \(.*renew client-certificate of the user in the kubeconfig/,
    ],
    [
      "since another authority has signed it",
      () => stranger,
      /The API server does not accept the certificate of the user \(.*choose another --context/,
    ],
  ];
  for (const [title, certificate, advice] of rows) {
    test(title, async () => {
      const { server, caFile } = cluster;
      const ca = await readFile(caFile, "utf8");
      for (const args of [["status"], ["backup", "-o", "json"]]) {
        const { status, stderr } = await runAs(certificate(), { server, ca }, args);
        assert.equal(status, 1, stderr);
        assert.match(stderr, /Cannot .*Unauthorized \(HTTP 401\)/);
        assert.match(stderr, advice);
        assert.match(stderr, WHICH);
        assert.doesNotMatch(stderr, /log in again|defect/);
      }
    });
  }
});

/** A server that ends the handshake where it does not accept the client's certificate, as some that stand before an API server do. */
async function startStrictServer(
  own: Certificate,
  clients: string,
): Promise<{ server: string; process: ChildProcess }> {
  const file = async (name: string, content: string) => {
    await writeFile(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const port = await freePort();
  const files = [
    ...["-cert", await file("strict.crt", own.cert), "-key", await file("strict.key", own.key)],
    ...["-CAfile", await file("strict-clients.crt", clients)],
  ];
  const demands = ["-Verify", "2", "-verify_return_error", "-www"];
  const child = spawn("openssl", ["s_server", "-accept", `127.0.0.1:${port}`, ...files, ...demands], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  await once(child.stdout, "data");
  return { server: `https://127.0.0.1:${port}`, process: child };
}

for (const [title, certificate] of [
  ["has expired", () => expired],
  ["is of an authority that it does not know", () => stranger],
] as const) {
  test(`a server that ends the handshake since the user's certificate ${title} is not asked again`, async () => {
    const own = await makeCertificate([]);
    const { server, process } = await startStrictServer(own, expired.ca);
    try {
      const { status, stderr } = await runAs(certificate(), { server, ca: own.ca }, ["restore", "--yes"]);
      assert.equal(status, 1, stderr);
      assert.match(
        stderr,
        /Cannot reach the cluster: the API server \S+ does not accept the certificate of the user \(.*\): it says (?:certificate expired|unknown ca)/,
      );
      assert.ok(stderr.includes(server), stderr);
      assert.match(stderr, WHICH);
      assert.match(stderr, /client-certificate of the user in the kubeconfig/);
      assert.doesNotMatch(stderr, /Waiting for the API server/, "never tried again");
    } finally {
      process.kill();
      await once(process, "exit");
    }
  });
}
