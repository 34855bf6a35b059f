/** Secrets reach the archive and nothing else: no output, at any level of detail, on any path. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { FLAG, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { type ProgramResult, runProgram, startProgram } from "../../support/program/program.ts";
import { loadRoundTripFixtures } from "../../support/samples/round-trip/load.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

let cluster: ControlPlane;
let minio: S3Server;
let folder: string;
let namespaces: readonly string[];
/** Every value that must not be seen, in every form in which it could be. */
let forbidden: string[];

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-secrets-"));
  await minio.createBucket("secrets");
  ({ namespaces } = await loadRoundTripFixtures(cluster));
  const { items } = await cluster.request("GET", "/api/v1/secrets");
  const values = items.flatMap(({ data }: { data?: Record<string, string> }) => Object.values(data ?? {}));
  forbidden = [
    "TOP-SECRET",
    cluster.token,
    minio.secretAccessKey,
    // Short values stand in ordinary words too.
    ...values
      .flatMap((value: string) => [value, Buffer.from(value, "base64").toString()])
      .filter((value: string) => value.length > 7),
  ].flatMap((value) => [value, Buffer.from(value).toString("base64").replace(/=+$/, "")]);
  assert.ok(forbidden.length > 20);
});

after(async () => {
  await Promise.all([cluster?.stop(), minio?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

function assertSilent({ stdout, stderr }: ProgramResult): void {
  assert.ok(stderr.length > 0, "there is something to look through");
  const output = `${stdout}\n${stderr}`;
  for (const value of forbidden) {
    // The value itself stays out of the failure's message as well.
    assert.ok(!output.includes(value), `a secret value of ${value.length} characters is in the output`);
  }
}

function environment(more: Record<string, string> = {}): Record<string, string> {
  return programEnvironment(cluster, minio, "secrets", { DEBUG: "true", ...more });
}

test("backup, restore, list, status and run say no secret at DEBUG=true", async () => {
  for (const args of [["backup"], ["restore", "--yes"], ["status"], ["list"]]) {
    const result = await runProgram(args, { env: environment() });
    assert.equal(result.status, 0, `${args}: ${result.stderr}`);
    if (args[0] !== "list" && args[0] !== "status") assertSilent(result);
    else assertSilent({ ...result, stderr: `${result.stderr} ` });
  }
  const program = startProgram(["run"], { env: environment() });
  await program.saw(/Next backup|Backup stored/);
  program.child.kill("SIGTERM");
  assertSilent(await program.ended);
});

test("what shows and compares backups says no secret, also where Secrets differ", async () => {
  const { items } = await cluster.request("GET", `/api/v1/namespaces/${namespaces[3]}/secrets`);
  const changed = items.find(({ type, immutable }: { type: string; immutable?: boolean }) => {
    return type === "Opaque" && immutable !== true;
  });
  const path = `/api/v1/namespaces/${namespaces[3]}/secrets/${changed.metadata.name}`;
  await cluster.request("PATCH", path, { stringData: { "kube-backup-added": "TOP-SECRET-added" } });
  const exported = `${folder}/exported`;
  const list = await runProgram(["list", "-o", "json"], { env: environment() });
  const lines: [status: number, ...args: string[]][] = [
    [1, "diff"],
    [1, "diff", "-o", "json"],
    [1, "diff", "-o", "html"],
    [0, "list", "--long"],
    [0, "verify", "--all"],
    [0, "verify", "--rehearse"],
    [0, "get", "secrets", "-A"],
    [0, "get", "secrets", "-A", "-o", "wide"],
    [0, "get", "secrets", "-A", "-o", "name"],
    [0, "export", "latest", exported],
    [0, "prune", "--keep-last", "1", "--dry-run"],
    [0, "delete", JSON.parse(list.stdout).backups[0].name, "--dry-run", "--force"],
    [0, "restore", "--dry-run", "--existing", "replace"],
    [0, "restore", "--dry-run", "--existing", "update", "-o", "json"],
    [0, "restore", "--existing", "update", "--yes"],
    [0, "__complete", "get", "secrets/", ""],
  ];
  for (const [status, ...args] of lines) {
    const result = await runProgram(args, { env: environment() });
    assert.equal(result.status, status, `${args.join(" ")}: ${result.stderr}`);
    assertSilent({ ...result, stderr: `${result.stderr} ` });
  }
  const files = await readdir(exported, { recursive: true });
  assert.ok(files.length > 20);
  assert.deepEqual(
    files.filter((file) => /secret/i.test(file)),
    [],
  );
});

test("a restore in which every Secret is refused with its contents quoted says none of them", async () => {
  await Promise.all([
    ...namespaces.map((name) => remove(cluster, `/api/v1/namespaces/${name}`)),
    remove(cluster, FLAG),
  ]);
  const proxy = await startApiProxy(cluster);
  try {
    const message = `admission webhook "nosy" denied the request: ${forbidden.join(" ")}`;
    proxy.inject({
      when: ({ method, path }) => method === "POST" && path.endsWith("/secrets"),
      fault: {
        kind: "answer",
        status: 422,
        body: {
          kind: "Status",
          reason: "Invalid",
          message,
          details: { causes: [{ field: "data.password", message }] },
        },
      },
    });
    const env = { ...environment(), KUBECONFIG: proxy.kubeconfig };
    for (const args of [["restore", "--yes"], ["restore", "--yes", "-o", "json"], ["run"]]) {
      const result = await runProgram(args, { env });
      assert.equal(result.status, args[0] === "run" ? 1 : 3);
      assert.match(`${result.stdout}${result.stderr}`, /Invalid \(data\.password\)/);
      assertSilent(result);
    }
  } finally {
    await proxy.stop();
  }
});

test("wrong keys, wrong settings and broken answers say no secret", async () => {
  const proxy = await startApiProxy(cluster);
  try {
    proxy.inject({ when: ({ path }) => path === "/api/v1/secrets", fault: { kind: "cut", afterBytes: 50 } });
    const broken = await runProgram(["backup"], { env: { ...environment(), KUBECONFIG: proxy.kubeconfig } });
    assert.equal(broken.status, 1);
    assertSilent(broken);
  } finally {
    await proxy.stop();
  }
  for (const more of [
    { AWS_ACCESS_KEY_ID: "somebody" },
    { AWS_ACCESS_KEY_ID: "" },
    { ENDPOINT_URI: "http://127.0.0.1:9" },
    { S3TARGET: `s3://key:${minio.secretAccessKey}@bucket/prefix` },
    { S3TARGET: "s3://no-such-bucket/prefix" },
    { FREQUENCY: "often" },
  ]) {
    const result = await runProgram(["run"], { env: environment(more) });
    assert.ok(result.status === 1 || result.status === 2, result.stderr);
    assertSilent(result);
  }
});
