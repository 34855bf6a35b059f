/**
 * What Prometheus reads of the real program: after a restart in every state it is what it was before, or it is not there. And
 * what `kubectl describe` tells of a bad night.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, rename } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { freePort } from "../../support/processes/free-port.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const MANIFEST = path.resolve(import.meta.dirname, "../../../kube-backup.yml");
const DEPLOYMENT = "/apis/apps/v1/namespaces/kube-system/deployments/kube-backup";

let cluster: ControlPlane;
let folder: string;
let store: string;
let proxy: ApiProxy;

after(() => proxy?.stop());

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  proxy = await startApiProxy(cluster);
  await cluster.kubectl(["apply", "--server-side", "-f", MANIFEST]);
  // The program of these tests runs beside the cluster.
  await cluster.request("PATCH", DEPLOYMENT, { spec: { replicas: 0 } });
  await loadApplication(cluster, "shop");
});

beforeEach(async () => {
  store = await mkdtemp(path.join(folder, "store-"));
  await Promise.all([remove(cluster, FLAG), remove(cluster, RECORD)]);
});

interface Started {
  program: RunningProgram;
  /** The metrics now, by name and labels. */
  scrape(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

async function start(more: Record<string, string> = {}): Promise<Started> {
  const port = await freePort();
  const program = startProgram(["run"], {
    env: {
      ...{
        KUBECONFIG: cluster.kubeconfig,
        S3TARGET: `file://${store}`,
        FREQUENCY: "60",
        MAXRESTOREAGE: "60",
      },
      ...{ LISTEN: `127.0.0.1:${port}`, ...more },
    },
  });
  return {
    program,
    scrape: async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const lines = [...text.matchAll(/^kube_backup_(\S+) (\S+)$/gm)];
      return Object.fromEntries(lines.map(([, name = "", value]) => [name, Number(value)]));
    },
    stop: async () => {
      program.child.kill("SIGTERM");
      await program.ended;
    },
  };
}

/** What of the metrics does not begin anew with each process. */
function lasting(metrics: Record<string, number>): Record<string, number> {
  const anew = /^(gate_state|attempts_total|last_attempt|last_duration|api_|s3_|build_info)/;
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !anew.test(name)));
}

const NAMES = ["last_success_timestamp_seconds", "last_objects", "last_bytes", "last_warnings", "backups"];

describe("after a restart the metrics are those of before, or they are not there", {
  concurrency: false,
}, () => {
  test("a backup was taken, and one was verified", async () => {
    const first = await start();
    await first.program.saw(/"msg":"Backup stored"/);
    await until("the store is read", async () => "backups" in (await first.scrape()));
    await until("its newest is", async () => (await first.scrape())["backups"] === 1);
    const before = await first.scrape();
    await first.stop();
    for (const name of NAMES) assert.ok(name in before, name);
    assert.equal(before['attempts_total{result="success"}'], 1);
    assert.equal(before["last_attempt_success"], 1);
    assert.ok((before["last_duration_seconds"] ?? 0) > 0);
    assert.ok(Object.entries(before).some(([name, value]) => name.startsWith("api_") && value > 0));

    const again = await start();
    await again.program.saw(/"msg":"Next backup"/);
    await until("the store is read", async () => "backups" in (await again.scrape()));
    const after = await again.scrape();
    await again.stop();
    assert.deepEqual(lasting(after), lasting(before));
    assert.equal(after['gate_state{state="flag"}'], 1);
    assert.equal(after['attempts_total{result="success"}'], 0);
    for (const name of ["last_attempt_success", "last_attempt_timestamp_seconds", "last_duration_seconds"])
      assert.ok(!(name in after), name);

    const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${store}` };
    const verified = await runProgram(["verify", "latest"], { env });
    assert.equal(verified.status, 0, verified.stderr);
    const rehearsed = await runProgram(["verify", "--rehearse"], { env });
    assert.equal(rehearsed.status, 0, rehearsed.stderr);
    const third = await start();
    await until(
      "the check is read",
      async () => "verify_last_success_timestamp_seconds" in (await third.scrape()),
    );
    const found = await third.scrape();
    await third.stop();
    assert.equal(found["rehearse_last_refused"], 0);
    assert.ok((found["rehearse_last_success_timestamp_seconds"] ?? 0) > Date.now() / 1000 - 600);
  });

  test("nothing has ever succeeded, and the last attempt failed: the store is away", async () => {
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
    const S3TARGET = "s3://bucket/blue";
    const ENDPOINT_URI = `http://127.0.0.1:${await freePort()}`;
    const away = { S3TARGET, ENDPOINT_URI, AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "hunter2" };
    for (const run of ["first", "again"]) {
      const { program, scrape, stop } = await start(away);
      await until("the store was asked", async () => "store_up" in (await scrape()));
      const found = await scrape();
      const { stderr } = program.output();
      await stop();
      assert.equal(found["store_up"], 0, run);
      for (const name of NAMES)
        assert.ok(!(name in found), `${name} of a store that is away, ${run}\n${stderr}`);
    }
  });

  test("a failure: the newest backup stays what it was, and is the same after a restart", async () => {
    const first = await start();
    await first.program.saw(/"msg":"Backup stored"/);
    await until("the store is read", async () => (await first.scrape())["backups"] === 1);
    const before = await first.scrape();
    await first.stop();
    // One is due at once then.
    await makeOlder(10);
    const mend = refuseLists();
    const second = await start({ KUBECONFIG: proxy.kubeconfig, FREQUENCY: "1" });
    await until("an attempt has failed", async () => (await second.scrape())["last_attempt_success"] === 0);
    await until("the store is read", async () => "backups" in (await second.scrape()));
    const failed = await second.scrape();
    await second.stop();
    mend();
    assert.equal(failed["backups"], 1);
    assert.equal(failed["store_up"], 1);
    for (const name of ["last_objects", "last_bytes"]) assert.equal(failed[name], before[name], name);
    assert.ok((failed['attempts_total{result="failure"}'] ?? 0) > 0);
    assert.ok(
      (before["last_success_timestamp_seconds"] ?? 0) - (failed["last_success_timestamp_seconds"] ?? 0) >=
        600,
    );
  });
});

describe("a bad night", () => {
  const received: string[] = [];
  const webhook = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push(`${request.method} ${request.url} ${body === "" ? "" : JSON.parse(body).text}`);
      response.writeHead(204).end();
    });
  });
  before(async () => {
    webhook.listen(0, "127.0.0.1");
    await once(webhook, "listening");
  });
  after(() => void webhook.close());

  test("kubectl describe tells of it, a webhook is told, and nobody learns what the API server said", async (t) => {
    const base = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}`;
    const env = {
      ...{ KUBECONFIG: proxy.kubeconfig, CLUSTER_NAME: "blue", FREQUENCY: "1" },
      ...{ NOTIFY_URL: `${base}/hunter2-notify`, HEARTBEAT_URL: `${base}/hunter2-beat` },
    };
    const taken = await runProgram(["backup"], {
      env: { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${store}`, CLUSTER_NAME: "blue" },
    });
    assert.equal(taken.status, 0, taken.stderr);
    await makeOlder(5);
    // The new cluster has lost the application: it comes back, then backups fail and succeed again.
    await remove(cluster, "/api/v1/namespaces/shop");
    let restored = false;
    proxy.onRequest(({ method, path: asked }) => {
      restored ||= method === "DELETE" && asked.endsWith("/configmaps/kube-backup-restore");
    });
    const mend = refuseLists(() => restored);
    const night = await start(env);
    await until(
      "two attempts have failed",
      async () => (night.program.output().stderr.match(/"msg":"Backup failed"/g)?.length ?? 0) > 1,
    );
    const metrics = JSON.stringify(await night.scrape());
    mend();
    await night.program.saw(/"msg":"Backup stored"/);
    await night.stop();
    // Somebody deletes the flag, and what is in the store is too old by now.
    await remove(cluster, FLAG);
    await makeOlder(120);
    const refused = await start(env);
    const { stderr, status } = await refused.program.ended;
    assert.equal(status, 1, stderr);

    const described = await cluster.kubectl(["describe", "deployment", "kube-backup", "-n", "kube-system"]);
    const events = described.slice(described.indexOf("Events:"));
    t.diagnostic(events);
    t.diagnostic(received.join("\n"));
    for (const told of [
      /Normal +RestoreStarted .* kube-backup +Restoring backup_/,
      /Normal +Restored .* kube-backup +Restored backup_\S+: \d+ objects/,
      /Warning +BackupFailed .* kube-backup +Cannot list namespaces: Forbidden \(HTTP 403\)/,
      /Warning +BackupFailed .* kube-backup +2 times in a row: Cannot list namespaces/,
      /Normal +BackupStored .* kube-backup +Backups succeed again: backup_/,
      /Warning +RestoreRefused .* kube-backup +Cannot restore: the newest backup \S+ is \d+ minutes old/,
    ])
      assert.match(events, told);
    const posted = received.filter((each) => each.startsWith("POST /hunter2-notify "));
    const texts = posted.map((each) => each.replace("POST /hunter2-notify ", ""));
    assert.equal(texts.length, 4, received.join("\n"));
    assert.match(texts[0] ?? "", /^blue: restored from backup_\S+: \d+ objects$/);
    assert.equal(texts[1], "blue: backups fail: Cannot list namespaces: Forbidden (HTTP 403)");
    assert.match(texts[2] ?? "", /^blue: backups succeed again: backup_\S+ is stored$/);
    assert.match(texts[3] ?? "", /^blue: the restore gate refuses: Cannot restore: the newest backup/);
    assert.equal(received.filter((each) => each.startsWith("GET /hunter2-beat ")).length, 1);
    const log = night.program.output().stderr;
    assert.match(log, /the password is letmein/, "the log of the program has what was said");
    assert.doesNotMatch(events + texts.join() + metrics, /letmein/);
    assert.doesNotMatch(log + stderr + events, /hunter2/);
  });
});

/** Has the API server refuse to list namespaces, which a backup begins with, in words that quote something. */
function refuseLists(isTime = () => true): () => void {
  const message = "namespaces is forbidden: admission says that the password is letmein";
  const body = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    reason: "Forbidden",
    message,
    code: 403,
  };
  return proxy.inject({
    when: ({ method, path: asked }) =>
      isTime() && method === "GET" && /^\/api\/v1\/namespaces(\?|$)/.test(asked),
    fault: { kind: "answer", status: 403, body },
  });
}

/** Gives all backups names of so many minutes ago. */
async function makeOlder(minutes: number): Promise<void> {
  for (const [index, name] of (await readdir(store)).filter((each) => each.endsWith(".zip")).entries()) {
    const time = new Date(Date.now() - (minutes + index) * 60_000).toISOString();
    await rename(path.join(store, name), path.join(store, `backup_${time.replace(/[-:]|\.\d+/g, "")}.zip`));
  }
}
