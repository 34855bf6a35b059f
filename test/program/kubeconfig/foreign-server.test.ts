import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { runProgram } from "../../support/program/program.ts";

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
