/** Debian's Prometheus and Alertmanager beside the real program: faults are caused, alerts fire, and end when they are mended. */

import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, describe, test } from "node:test";
import { parse, stringify } from "yaml";
import { loadApplication } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { freePort } from "../../support/processes/free-port.ts";
import { type ServerProcess, startServerProcess } from "../../support/processes/server-process.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const RULES = path.resolve(import.meta.dirname, "../../../deploy/monitoring/rules.yaml");

let cluster: ControlPlane;
let folder: string;
let store: string;
let proxy: ApiProxy;
let program: RunningProgram;
let alertmanager: string;
const servers: ServerProcess[] = [];

after(async () => {
  program?.child.kill("SIGKILL");
  for (const server of servers) await server.stop();
  await proxy?.stop();
});

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  proxy = await startApiProxy(cluster);
  store = path.join(folder, "store");
  await mkdir(store);
  await loadApplication(cluster, "shop");
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
});

/** The rules, without the minutes for which an alert waits: nothing here passes by itself. */
async function hastyRules(): Promise<string> {
  const rules = parse(await readFile(RULES, "utf8"));
  for (const group of rules.groups) for (const rule of group.rules) delete rule.for;
  const file = path.join(folder, "rules.yaml");
  await writeFile(file, stringify(rules));
  return file;
}

async function startWatching(target: string): Promise<void> {
  const [port, other] = [await freePort(), await freePort()];
  alertmanager = `http://127.0.0.1:${other}`;
  const configuration = {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: [await hastyRules()],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${other}`] }] }] },
    scrape_configs: [{ job_name: "kube-backup", static_configs: [{ targets: [target] }] }],
  };
  const prometheus = path.join(folder, "prometheus.yaml");
  await writeFile(prometheus, stringify(configuration));
  const routes = path.join(folder, "alertmanager.yaml");
  await writeFile(routes, stringify({ route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] }));
  servers.push(
    await startServerProcess({
      command: "prometheus-alertmanager",
      args: [
        ...[`--config.file=${routes}`, `--storage.path=${path.join(folder, "alertmanager")}`],
        ...[`--web.listen-address=127.0.0.1:${other}`, "--cluster.listen-address="],
      ],
      log: path.join(folder, "alertmanager.log"),
    }),
    await startServerProcess({
      command: "prometheus",
      args: [
        ...[`--config.file=${prometheus}`, `--storage.tsdb.path=${path.join(folder, "prometheus")}`],
        ...[`--web.listen-address=127.0.0.1:${port}`, "--rules.alert.resend-delay=1s"],
      ],
      log: path.join(folder, "prometheus.log"),
    }),
  );
}

/** The alerts that the Alertmanager has now. */
async function alerts(): Promise<string[]> {
  const answer = await fetch(`${alertmanager}/api/v2/alerts?active=true`).catch(() => undefined);
  const found = ((await answer?.json()) ?? []) as { labels: { alertname: string } }[];
  return found.map(({ labels }) => labels.alertname.replace("KubeBackup", "")).sort();
}

async function untilAlerts(what: string, fits: (names: readonly string[]) => boolean): Promise<void> {
  await until(what, async () => fits(await alerts()), { timeoutMs: 240_000, intervalMs: 500 }).catch(
    async (error: unknown) => {
      throw new Error(`${(await alerts()).join(", ")}\n${program.output().stderr.slice(-3_000)}`, {
        cause: error,
      });
    },
  );
}

describe("alerts fire by their faults", { concurrency: false }, () => {
  test("the API server refuses: too old, and attempts fail; mended, both end", async (t) => {
    const env = {
      KUBECONFIG: proxy.kubeconfig,
      S3TARGET: `file://${store}`,
      FREQUENCY: "1",
      MAXRESTOREAGE: "60",
    };
    assert.equal((await runProgram(["backup"], { env })).status, 0);
    const [taken = ""] = (await readdir(store)).filter((each) => each.endsWith(".zip"));
    await rename(path.join(store, taken), path.join(folder, taken));
    const unreadable = path.join(store, nameOf(-5));
    await writeFile(unreadable, "no backup");
    const mend = refuse(/^\/api\/v1\/namespaces$/);
    // The kind stays away when the rest is mended.
    const mendSecrets = refuse(/^\/api\/v1\/secrets$/);
    const port = await freePort();
    await startWatching(`127.0.0.1:${port}`);
    await untilAlerts("nobody is there", (names) => names.join() === "Absent");
    program = startProgram(["run"], { env: { ...env, LISTEN: `127.0.0.1:${port}` } });
    await untilAlerts("none can be read", (names) => names.join() === "AttemptFailed,None");
    t.diagnostic("None fires");
    for (const minutes of [-10, -36 * 24 * 60])
      await copyFile(path.join(folder, taken), path.join(store, nameOf(minutes)));
    await rm(unreadable);
    await untilAlerts("it fails", (names) => names.join() === "AttemptFailed,NotVerified,TooOld");
    t.diagnostic("AttemptFailed, NotVerified, TooOld fire; Absent has ended");
    mend();
    await untilAlerts("a kind is missing", (names) => names.join() === "MissingKinds,NotVerified");
    t.diagnostic("MissingKinds fires; AttemptFailed and TooOld have ended");
    mendSecrets();
    const verified = await runProgram(["verify", "latest"], { env });
    assert.equal(verified.status, 0, verified.stderr);
    await untilAlerts(
      "all is mended",
      (names) => !names.some((name) => ["MissingKinds", "NotVerified"].includes(name)),
    );
  });

  test("the store is away", async (t) => {
    await rename(store, `${store}-away`);
    await writeFile(store, "");
    await untilAlerts("the store is down", (names) =>
      ["StoreDown", "AttemptFailed"].every((name) => names.includes(name)),
    );
    t.diagnostic((await alerts()).join());
    await rm(store);
    await rename(`${store}-away`, store);
    await untilAlerts(
      "it is back",
      (names) => !names.includes("StoreDown") && !names.includes("AttemptFailed"),
    );
  });

  test("the program ends", async () => {
    program.child.kill("SIGTERM");
    await program.ended;
    await untilAlerts("nobody is there", (names) => names.includes("Absent"));
  });
});

/** The name of a backup of so many minutes from now. */
function nameOf(minutes: number): string {
  const time = new Date(Date.now() + minutes * 60_000).toISOString().replace(/[-:]|\.\d+/g, "");
  return `backup_${time}.zip`;
}

function refuse(asked: RegExp): () => void {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    reason: "Forbidden",
    message: "no",
    code: 403,
  };
  return proxy.inject({
    when: (request) => request.method === "GET" && asked.test(request.path),
    fault: { kind: "answer", status: 403, body },
  });
}
