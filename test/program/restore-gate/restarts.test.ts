/**
 * A restore that was interrupted, and started again two and three times in a row, as the kubelet does: what was checked
 * once is not allowed by a restart, and what can no longer go on is decided anew.
 */

import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import {
  type ProgramResult,
  type RunningProgram,
  runProgram,
  startProgram,
} from "../../support/program/program.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";

const MINUTE = 60_000;
const SHOP = "/api/v1/namespaces/shop";
const SETTINGS = `${SHOP}/configmaps/settings`;

let cluster: ControlPlane;
let folder: string;
/** Two whole backups of this cluster, whose ConfigMap says "blue" and "green", and one that another cluster made. */
let archives: Record<"blue" | "green" | "foreign", string>;
let proxy: ApiProxy;
let store: string;
let cases = 0;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  proxy = await startApiProxy(cluster);
  await loadApplication(cluster, "shop");
  const blue = await backUp("blue");
  await cluster.request("PATCH", SETTINGS, { data: { color: "green" } });
  archives = { blue, green: await backUp("green"), foreign: "" };
  archives.foreign = await madeElsewhere(blue);
});

after(() => proxy?.stop());

beforeEach(async () => {
  store = path.join(folder, `case-${++cases}`);
  await mkdir(store);
  await remove(cluster, SHOP);
  await remove(cluster, "/api/v1/namespaces/running");
  await Promise.all([remove(cluster, FLAG), remove(cluster, RECORD)]);
});

async function backUp(name: string): Promise<string> {
  const target = path.join(folder, name);
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: pathToFileURL(target).href };
  const { status, stderr } = await runProgram(["backup"], { env });
  assert.equal(status, 0, stderr);
  return path.join(target, (await backupFiles(target))[0] ?? "");
}

/** The same archive with another cluster's uid in its manifest, which has the right checksum. */
async function madeElsewhere(archive: string): Promise<string> {
  const { default: JSZip } = await import("jszip");
  const { createHash } = await import("node:crypto");
  const zip = await JSZip.loadAsync(await readFile(archive));
  const manifest = "MANIFEST";
  const text = (await zip.file(manifest)?.async("string")) ?? "";
  const changed = text.replace(/("id":\s*")[^"]+/, "$1a-cluster-that-is-no-more");
  assert.notEqual(changed, text);
  zip.file(manifest, changed, { createFolders: false });
  const sum = createHash("sha256").update(changed).digest("hex");
  zip.file("MANIFEST.sha256", `${sum}  ${manifest}\n`, { createFolders: false });
  const file = path.join(folder, "foreign.zip");
  await writeFile(file, await zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" }));
  return file;
}

/** Puts a backup into the store, under the name of so many minutes ago. */
async function put(archive: keyof typeof archives, minutesAgo: number): Promise<string> {
  const time = new Date(Date.now() - minutesAgo * MINUTE).toISOString();
  const name = `backup_${time.replace(/[-:]|\.\d+/g, "")}`;
  await copyFile(archives[archive], path.join(store, `${name}.zip`));
  return name;
}

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: pathToFileURL(store).href,
    FREQUENCY: "1000000",
    MAXRESTOREAGE: "60",
    ...more,
  };
}

/** Runs until the gate is passed, then stops it as Kubernetes would. */
async function pass(more: Record<string, string> = {}): Promise<string> {
  const program = startProgram(["run"], { env: environment(more) });
  try {
    await program.saw(/"msg":"Next backup"|"msg":"Backup stored"/);
  } finally {
    program.child.kill("SIGTERM");
  }
  const { status, stderr } = await program.ended;
  assert.equal(status, 0, stderr);
  return stderr;
}

/** Starts a restore whose workloads the API server is too busy for, and waits until it comes to them. */
async function beginBusy(
  more: Record<string, string> = {},
): Promise<{ program: RunningProgram; free: () => void }> {
  let reached = () => {};
  const isBusyWith = ({ method, path }: { method: string; path: string }) =>
    method === "POST" && path.startsWith("/apis/apps/");
  const stopped = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const free = proxy.inject({
    when: (request) => {
      if (isBusyWith(request)) reached();
      return isBusyWith(request);
    },
    fault: { kind: "answer", status: 429, headers: { "retry-after": "1" } },
  });
  const program = startProgram(["run"], { env: environment({ KUBECONFIG: proxy.kubeconfig, ...more }) });
  await Promise.race([
    stopped,
    program.ended,
    program.saw(/"msg":"(Next backup|Backup stored)"/).then(() => {
      throw new Error(`The restore did not come to workloads:\n${program.output().stderr}`);
    }),
  ]);
  return { program, free };
}

/** Starts a restore, and kills it in the middle: the ConfigMap is back, the Deployment is not. */
async function beginAndKill(more: Record<string, string> = {}): Promise<void> {
  const { program, free } = await beginBusy(more);
  program.child.kill("SIGKILL");
  const { stderr } = await program.ended;
  free();
  assert.match(stderr, /"msg":"(Restoring|Going on with the restore)"/);
  assert.equal(await exists(cluster, SETTINGS), true);
  assert.equal(await exists(cluster, FLAG), false, stderr);
  assert.equal(await exists(cluster, RECORD), true, stderr);
}

/** Starts it twice in a row, or more often: each start is refused, and writes nothing. */
async function refused(
  pattern: RegExp,
  {
    more = {},
    untouched = SHOP,
    starts = 2,
  }: { more?: Record<string, string>; untouched?: string; starts?: number } = {},
): Promise<ProgramResult> {
  const record = await exists(cluster, RECORD);
  let last: ProgramResult | undefined;
  for (let start = 1; start <= starts; start += 1) {
    last = await runProgram(["run"], { env: environment(more) });
    assert.equal(last.status, 1, `start ${start}: ${last.stderr}`);
    assert.match(last.stderr, pattern);
    assert.equal(await exists(cluster, untouched), false, `start ${start} restored`);
    assert.equal(await exists(cluster, FLAG), false, `start ${start} wrote the flag`);
    assert.equal(await exists(cluster, RECORD), record, `start ${start} wrote a record`);
  }
  return last as ProgramResult;
}

async function color(): Promise<string> {
  return (await cluster.request("GET", SETTINGS)).data.color;
}

async function restoredBackup(): Promise<string> {
  return (await cluster.request("GET", FLAG)).metadata.annotations["kube-backup/backup"];
}

const EMPTY_ONLY = { RESTORE_INTO_EMPTY_ONLY: "true" };
const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";

describe("RESTORE_INTO_EMPTY_ONLY", () => {
  test("refuses at the first start and at each that follows", async () => {
    await loadApplication(cluster, "running");
    await put("foreign", 1);
    await refused(/already runs Deployment running\/web, which RESTORE_INTO_EMPTY_ONLY forbids/, {
      more: EMPTY_ONLY,
      starts: 3,
    });
    assert.equal(await exists(cluster, RECORD), false);
  });

  test("lets a restore go on that began in an empty cluster, though its own work runs there by now", async () => {
    await put("foreign", 1);
    for (const _ of ["the first start", "the second"]) await beginAndKill(EMPTY_ONLY);
    await loadApplication(cluster, "shop");
    const stderr = await pass(EMPTY_ONLY);
    assert.match(stderr, /Going on with the restore/);
    assert.match(await pass(EMPTY_ONLY), /No restore: /);
  });

  test("set between two starts, ends a restore that began over workloads", async () => {
    await loadApplication(cluster, "running");
    await put("foreign", 1);
    await beginAndKill();
    await refused(/ran workloads when the restore began, which RESTORE_INTO_EMPTY_ONLY forbids/, {
      more: EMPTY_ONLY,
      untouched: DEPLOYMENT,
    });
    assert.match(await pass(), /Going on with the restore/);
  });

  test("does not believe a record that says less than the gate writes", async () => {
    const backup = await put("foreign", 1);
    await loadApplication(cluster, "running");
    for (const judged of [{ judged: "anything goes" }, { judged: "nothing ran here" }]) {
      await cluster.request("POST", path.dirname(RECORD), {
        metadata: { name: path.basename(RECORD) },
        data: { backup, store: environment()["S3TARGET"], begun: new Date().toISOString(), ...judged },
      });
      await refused(/already runs Deployment running\/web/, { more: EMPTY_ONLY, starts: 1 });
      await remove(cluster, RECORD);
    }
  });
});

describe("a restore that was begun", () => {
  test("from a backup that is gone goes on with the newest that is whole, over what it had restored", async () => {
    const begun = await put("blue", 2);
    await beginAndKill();
    await rm(path.join(store, `${begun}.zip`));
    const green = await put("green", 5);
    const stderr = await pass();
    assert.match(stderr, new RegExp(`"level":"warn".*"backup":"${begun}".*is not in file:\\S+ any more`));
    assert.equal(await restoredBackup(), green);
    assert.equal(await color(), "green", "what the first restore had created is of the other backup");
    assert.equal(await exists(cluster, RECORD), false);
    assert.match(await pass(), /No restore: /);
  });

  test("from a backup that is gone waits while nothing else is there, and goes on with what comes", async () => {
    const begun = await put("blue", 2);
    await beginAndKill();
    await rm(path.join(store, `${begun}.zip`));
    const message = new RegExp(`Cannot go on with the restore of ${begun} .*holds no backups any more`);
    await refused(message, { untouched: DEPLOYMENT });
    await put("blue", 61);
    await refused(/is 61 minutes old, and MAXRESTOREAGE is 60 minutes/, { untouched: DEPLOYMENT, starts: 1 });
    const green = await put("green", 1);
    await pass();
    assert.equal(await restoredBackup(), green);
  });

  test("from a backup that is gone keeps what it was judged by, killed once more", async () => {
    const begun = await put("foreign", 2);
    await beginAndKill(EMPTY_ONLY);
    await rm(path.join(store, `${begun}.zip`));
    const other = await put("foreign", 3);
    // By now something runs here, and what the second start is killed at is still missing.
    const labels = { app: "begun" };
    await cluster.request("POST", "/apis/apps/v1/namespaces/shop/deployments", {
      metadata: { name: "begun" },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "web" }] } },
      },
    });
    await cluster.request("DELETE", SETTINGS);
    await beginAndKill(EMPTY_ONLY);
    const { data } = await cluster.request("GET", RECORD);
    assert.deepEqual([data.backup, data.judged], [other, "nothing ran here"]);
    assert.match(await pass(EMPTY_ONLY), /Going on with the restore/);
  });

  test("from a backup that is damaged by now goes on with the newest that is whole", async () => {
    const begun = await put("blue", 2);
    await beginAndKill();
    const file = path.join(store, `${begun}.zip`);
    const bytes = await readFile(file);
    bytes.writeUInt8((bytes.at(200) ?? 0) ^ 1, 200);
    await writeFile(file, bytes);
    await refused(/every backup that is fresh is damaged/, { untouched: DEPLOYMENT, starts: 1 });
    const green = await put("green", 5);
    assert.match(await pass(), new RegExp(`"level":"warn".*"backup":"${begun}".*is damaged`));
    assert.equal(await restoredBackup(), green);
    assert.equal(await color(), "green");
  });

  test("does not take another archive of the name for the one that was begun", async () => {
    const begun = await put("blue", 2);
    await beginAndKill();
    await copyFile(archives.green, path.join(store, `${begun}.zip`));
    const stderr = await pass();
    assert.match(stderr, new RegExp(`"backup":"${begun}".*is not the archive any more that it was then`));
    assert.equal(await color(), "green");
  });

  test("from another store waits for that, at each start", async () => {
    await put("blue", 2);
    await beginAndKill();
    const [there, file] = [environment()["S3TARGET"], path.join(folder, "another")];
    await mkdir(file, { recursive: true });
    const more = { S3TARGET: pathToFileURL(file).href };
    await refused(/it was begun from file:\S+case-\d+, and S3TARGET is file:\S+another/, {
      more,
      untouched: DEPLOYMENT,
    });
    assert.equal((await cluster.request("GET", RECORD)).data.store, there);
    assert.match(await pass(), /Going on with the restore/);
  });

  test("and whose record says too little goes by the age of backups as any other", async () => {
    const backup = await put("blue", 61);
    await cluster.request("POST", path.dirname(RECORD), {
      metadata: { name: path.basename(RECORD) },
      data: { backup, store: environment()["S3TARGET"], begun: new Date().toISOString() },
    });
    await refused(/is 61 minutes old/);
    const green = await put("green", 1);
    assert.match(await pass(), /"level":"warn".*does not say what the gate decided by/);
    assert.equal(await restoredBackup(), green);
  });

  test("ends when somebody creates the flag meanwhile, and is not begun again", async () => {
    await put("blue", 2);
    const { program, free } = await beginBusy();
    try {
      await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: path.basename(FLAG) } });
      free();
      await program.saw(/"level":"warn".*was created while this backup was restored/);
      await program.saw(/"msg":"Next backup"|"msg":"Backup stored"/);
    } finally {
      program.child.kill("SIGTERM");
    }
    assert.equal((await program.ended).status, 0);
    assert.equal(await exists(cluster, DEPLOYMENT), false, "the last stage is not restored");
    assert.equal(await exists(cluster, RECORD), false);
    assert.equal((await cluster.request("GET", FLAG)).metadata.annotations, undefined);
    assert.match(await pass(), /No restore: /);
    assert.equal(await exists(cluster, DEPLOYMENT), false);
  });
});
