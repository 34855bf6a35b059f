/** One loop and one restore at a time, by Leases: with the program itself and a real API server. */

import assert from "node:assert/strict";
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { freePort } from "../../support/processes/free-port.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";
import { until } from "../../support/until.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const LOOP = `${LEASES}/kube-backup`;
const RESTORE = `${LEASES}/kube-backup-restore`;
const SHOP = "/api/v1/namespaces/shop";
const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
/** The term of all Leases here, in milliseconds. */
const TERM = 3_000;

let cluster: ControlPlane;
let folder: string;
let original: string;
let store: string;
let cases = 0;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
  store = path.join(folder, "original");
  const { status, stderr } = await runProgram(["backup"], { env: environment() });
  assert.equal(status, 0, stderr);
  original = (await backupFiles(store))[0] ?? "";
});

beforeEach(async () => {
  const before = path.join(folder, "original", original);
  store = path.join(folder, `case-${++cases}`);
  await mkdir(store);
  await copyFile(before, path.join(store, original));
  await Promise.all([SHOP, FLAG, RECORD, LOOP, RESTORE].map((each) => remove(cluster, each)));
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: pathToFileURL(store).href,
    FREQUENCY: "1000000",
    MAXRESTOREAGE: "60",
    LEASE_TERM: `${TERM / 1000}s`,
    ...more,
  };
}

function run(more: Record<string, string> = {}, args: readonly string[] = []): RunningProgram {
  return startProgram(["run", ...args], { env: environment(more) });
}

async function end(program: RunningProgram): Promise<string> {
  program.child.kill("SIGCONT");
  program.child.kill("SIGTERM");
  return (await program.ended).stderr;
}

/** A Lease that a process of another machine holds, and never renews. */
async function heldElsewhere(lease: string): Promise<void> {
  const now = new Date().toISOString().replace("Z", "000Z");
  const body = {
    metadata: { name: path.basename(lease) },
    spec: {
      holderIdentity: "elsewhere_1_0123456789ab",
      leaseDurationSeconds: TERM / 1000,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 7,
    },
  };
  await cluster.request("POST", LEASES, body);
}

async function holder(lease: string): Promise<string> {
  return (await cluster.request("GET", lease)).spec.holderIdentity;
}

const GATE_PASSED = /"msg":"Next backup"/;

describe("of two loops", () => {
  test("one works, the other waits alive and ready, and takes over at once when the first ends", async () => {
    const first = run();
    await first.saw(GATE_PASSED);
    const port = await freePort();
    const second = run({ LISTEN: `127.0.0.1:${port}` });
    try {
      await second.saw(/Waiting: the Lease kube-system\/kube-backup is held by process \d+ on /);
      // Longer than the term: the first one renews.
      await sleep(TERM + 1_000);
      assert.doesNotMatch(second.output().stderr, /No restore/);
      for (const probe of ["livez", "readyz"]) {
        const answer = await fetch(`http://127.0.0.1:${port}/${probe}`);
        const text = await answer.text();
        assert.equal(answer.status, 200, text);
        assert.match(text, /^ok: a standby: the work is done by process \d+ on /);
      }
      const ended = performance.now();
      await end(first);
      await second.saw(/No restore/);
      assert.ok(performance.now() - ended < TERM, "it did not wait for the term");
    } finally {
      await Promise.all([end(first), end(second)]);
    }
    assert.equal(await holder(LOOP), "", "who ends lets go");
    assert.equal(second.output().stderr.match(/Waiting: the Lease/g)?.length, 1);
  });

  test("the other takes over at once from one that was killed on this machine", async () => {
    const first = run();
    await first.saw(GATE_PASSED);
    first.child.kill("SIGKILL");
    await first.ended;
    const second = run();
    await second.saw(GATE_PASSED);
    assert.doesNotMatch(await end(second), /Waiting: the Lease/);
  });

  test("the other takes over from one of another machine after its term, and not before", async () => {
    await heldElsewhere(LOOP);
    const began = performance.now();
    const program = run();
    try {
      await program.saw(
        /Waiting: the Lease kube-system\/kube-backup is held by process 1 on elsewhere since /,
      );
      await program.saw(/"msg":"Restoring"/);
      assert.ok(performance.now() - began >= TERM);
      assert.equal((await cluster.request("GET", LOOP)).spec.leaseTransitions, 8);
    } finally {
      await end(program);
    }
  });

  test("one that was stopped for longer than its term ends when it wakes, and writes nothing", async () => {
    const first = run({ MAX_QPS: "15" });
    await first.saw(/"msg":"Restoring"/);
    first.child.kill("SIGSTOP");
    const second = run();
    try {
      await second.saw(/"msg":"Going on with the restore"/);
      await second.saw(GATE_PASSED);
      assert.equal(await exists(cluster, FLAG), true);
      // Deleted on purpose, over the restored cluster.
      await Promise.all(
        ["secrets/password", "configmaps/settings"].map((each) => remove(cluster, `${SHOP}/${each}`)),
      );
      await remove(cluster, DEPLOYMENT);
      first.child.kill("SIGCONT");
      const { status, stderr } = await first.ended;
      assert.equal(status, 1, stderr);
      assert.match(
        stderr,
        // Which of the two depends on whether the other one still holds that Lease.
        /Cannot go on: (process \d+ on \S+ has taken|another process has held) the Lease kube-system\/kube-backup(-restore)?, which this process .* had not renewed for \d+ s/,
      );
      for (const gone of [`${SHOP}/secrets/password`, `${SHOP}/configmaps/settings`, DEPLOYMENT])
        assert.equal(await exists(cluster, gone), false, gone);
      assert.equal(await exists(cluster, RECORD), false);
    } finally {
      await Promise.all([end(first), end(second)]);
    }
  });

  test("one that was stopped goes on where nobody has taken over", async () => {
    const program = run({ MAX_QPS: "15" });
    try {
      await program.saw(/"msg":"Restoring"/);
      program.child.kill("SIGSTOP");
      await sleep(TERM + 1_000);
      program.child.kill("SIGCONT");
      await program.saw(GATE_PASSED);
      assert.equal(await exists(cluster, DEPLOYMENT), true);
    } finally {
      await end(program);
    }
  });

  test("both work with --no-lock, which says so", async () => {
    await heldElsewhere(LOOP);
    await heldElsewhere(RESTORE);
    const program = run({}, ["--no-lock"]);
    await program.saw(GATE_PASSED);
    const stderr = await end(program);
    assert.match(stderr, /The Lease kube-system\/kube-backup is not taken \(--no-lock\)/);
    assert.equal(await holder(LOOP), "elsewhere_1_0123456789ab");
  });

  test("without Leases, two gates that meet restore once: the record decides, and the flag is read again", async () => {
    const slow = { MAX_QPS: "25" };
    const both = [run(slow, ["--no-lock"]), run(slow, ["--no-lock"])];
    try {
      await Promise.all(both.map((each) => each.saw(GATE_PASSED, 120_000)));
      await remove(cluster, `${SHOP}/secrets/password`);
      await sleep(500);
      assert.equal(await exists(cluster, `${SHOP}/secrets/password`), false);
    } finally {
      await Promise.all(both.map(end));
    }
    const logs = both.map((each) => each.output().stderr);
    assert.equal(logs.filter((log) => /"msg":"Restoring"/.test(log)).length, 1);
    assert.equal(await exists(cluster, RECORD), false);
    assert.equal(await exists(cluster, DEPLOYMENT), true);
  });
});

describe("a restore by hand", () => {
  test("fails while the gate restores, by its holder's name, and waits with --retry-lock", async () => {
    const gate = run({ MAX_QPS: "3" });
    try {
      await gate.saw(/"msg":"Restoring"/);
      const failed = await runProgram(["restore", "--yes"], { env: environment() });
      assert.equal(failed.status, 1, failed.stderr);
      assert.match(
        failed.stderr,
        /Cannot restore: another restore is under way in this cluster, by process \d+ on \S+ since /,
      );
      const none = await runProgram(["restore", "--yes", "--retry-lock", "0s"], { env: environment() });
      assert.equal(none.status, 1, none.stderr);
      const planned = await runProgram(["restore", "--dry-run"], { env: environment() });
      assert.equal(planned.status, 0, planned.stderr);
      const waited = await runProgram(["restore", "--yes", "--retry-lock", "5m"], { env: environment() });
      assert.equal(waited.status, 0, waited.stderr);
      assert.match(waited.stderr, /Waiting: the Lease kube-system\/kube-backup-restore is held by process /);
      await gate.saw(/Restored backup_/);
    } finally {
      await end(gate);
    }
  });

  test("takes over from one that is no more, and the gate waits for it", async () => {
    await heldElsewhere(RESTORE);
    const byHand = startProgram(["restore", "--yes"], { env: environment({ MAX_QPS: "15" }) });
    await until("it restores", async () => (await holder(RESTORE)) !== "elsewhere_1_0123456789ab");
    const gate = run();
    try {
      await gate.saw(/Waiting: the Lease kube-system\/kube-backup-restore is held by process /);
      const { status, stderr } = await byHand.ended;
      assert.equal(status, 0, stderr);
      // It has written the flag meanwhile.
      await gate.saw(/No restore: /);
      assert.equal(await exists(cluster, RECORD), false);
    } finally {
      await end(gate);
    }
  });

  test("goes on without a Lease where it has no right to one", async () => {
    await cluster.kubectl("create serviceaccount editor --namespace=default".split(" "));
    await cluster.kubectl(
      "create clusterrole editor --verb=list,get,create,patch --resource=configmaps,secrets,services,namespaces,deployments.apps,replicasets.apps".split(
        " ",
      ),
    );
    await cluster.kubectl(
      "create clusterrolebinding editor --clusterrole=editor --serviceaccount=default:editor".split(" "),
    );
    const KUBECONFIG = await cluster.serviceAccountKubeconfig("default", "editor");
    const { status, stderr } = await runProgram(["restore", "--yes"], { env: environment({ KUBECONFIG }) });
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /"level":"info".*leases.*is forbidden: .*The Lease kube-system\/kube-backup-restore cannot be used/,
    );
    assert.equal(await exists(cluster, RESTORE), false);
  });
});

test("a pod whose container starts again is the same holder", async () => {
  const pod = { KUBERNETES_SERVICE_HOST: "127.0.0.1", POD_NAME: "kube-backup-5d6f" };
  const program = run(pod);
  await program.saw(GATE_PASSED);
  assert.equal(await holder(LOOP), `kube-backup-5d6f_${program.child.pid}`);
  await end(program);
});
