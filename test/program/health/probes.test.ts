/** The probes tell what the program is really doing. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openConnection } from "../../../src/cluster/kubeconfig/connection.ts";
import { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { passGate } from "../../../src/restore-gate/restore-gate.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { FLAG, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { freePort } from "../../support/processes/free-port.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await mkdir(path.join(folder, "store"));
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  const S3TARGET = `file://${folder}/store`;
  return { KUBECONFIG: cluster.kubeconfig, S3TARGET, FREQUENCY: "60", MAXRESTOREAGE: "60", ...more };
}

test("not ready while the gate is not passed, ready after it, live all along, and gone with SIGTERM", async () => {
  // A flag that something holds while it is being deleted keeps the gate waiting.
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
  await cluster.request("POST", `${FLAG}/configmaps`, {
    metadata: { name: "holder", finalizers: ["example.com/holds"] },
  });
  await cluster.request("DELETE", FLAG);
  const port = await freePort();
  const program = startProgram(["run"], { env: environment({ LISTEN: `127.0.0.1:${port}` }) });
  const probe = async (name: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/${name}`);
    return { status: response.status, text: await response.text() };
  };
  try {
    await program.saw(/is being deleted; waiting/);
    assert.equal((await probe("livez")).status, 200);
    assert.deepEqual(await probe("readyz"), {
      status: 503,
      text: "not ok: the restore gate is not passed yet\n",
    });
    await cluster.request("PATCH", `${FLAG}/configmaps/holder`, { metadata: { finalizers: null } });
    await program.saw(/"msg":"Next backup"/);
    const ready = await probe("readyz");
    assert.equal(ready.status, 200);
    assert.match(ready.text, /^ok: the next backup is due at /);
    assert.equal((await probe("livez")).status, 200);
    // What probes leave open must not keep the program from ending.
    program.child.kill("SIGTERM");
    const stopped = await Promise.race([program.ended, sleep(10_000)]);
    assert.equal(stopped?.status, 0);
    await assert.rejects(probe("livez"));
  } finally {
    program.child.kill("SIGKILL");
  }
});

test("while the gate checks a backup, each piece of it is a sign of life, also when it goes on", async () => {
  // The program of the test before has taken a backup and written the flag.
  await remove(cluster, FLAG);
  const now = () => new Date();
  const signal = AbortSignal.timeout(60_000);
  const connection = await openConnection({ kubeconfig: cluster.kubeconfig });
  const client = new ApiClient({ connection, userAgent: "test", now });
  const log = await createLog({
    stream: { write: () => {} },
    readable: false,
    colors: false,
    debug: false,
    now,
  });
  const target = { kind: "file", folder: path.join(folder, "store") } as const;
  const store = await openStore({ target, log, now });
  try {
    for (const run of ["the first", "one that goes on"]) {
      let signs = 0;
      let files = 0;
      const gate = passGate(
        {
          ...{ client, store, log, now, maxRestoreAge: 3_600_000, expectBackup: false },
          health: {
            progress: () => {
              signs += 1;
            },
          },
          programNamespace: "kube-system",
          identity: "test",
          alone: (work, signal) => work(signal),
          check: async () => "own cluster",
          restore: async (archive) => {
            files = archive.files.count;
            throw new Error("far enough");
          },
        },
        signal,
      );
      await assert.rejects(gate, /far enough/);
      assert.ok(files > 0);
      // Who made the backups that may be restored is looked up before, and each of them is a sign of life too; a restore that
      // goes on knows its backup.
      if (run === "the first") assert.ok(signs > files, `${signs} signs, ${files} files`);
      else assert.equal(signs, files, run);
    }
  } finally {
    await remove(cluster, RECORD);
    await store.close();
    await client.close();
  }
});

test("an address that cannot be listened on is an error, before anything is touched", async () => {
  const taken = new URL(cluster.server).port;
  const result = await runProgram(["run"], { env: environment({ LISTEN: `127.0.0.1:${taken}` }) });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /Cannot listen for probes on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  const wrong = await runProgram(["run"], { env: environment({ LISTEN: "8080" }) });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /LISTEN \(--listen\).*8080.* write :PORT or HOST:PORT/);
});
