/**
 * The examples of the documents, run as they stand: against MinIO and a control plane, each page with a store of its own that
 * holds three backups. What is put in place of what an example names is declared here, and so is what is not run. All of them, and
 * those of the help, are parsed by `test/unit/documents/examples.test.ts`.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CopyObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { binary } from "../../support/binaries/build.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { blocksOf, callsProgram, examplesOf, pages } from "../../support/documents/examples.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { programCommand } from "../../support/program/program.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** What an example names, and what stands for it here. */
const SUBSTITUTIONS: readonly [of: RegExp, by: string, why: string][] = [
  [/\.\/backup_20260131T120000Z/g, "./NEWER", "a file of this name lies in the folder"],
  [/backup_20260131T120000Z/g, "NEWER", "backups have the names of their moments"],
  [/backup_20260130T120000Z/g, "OLDER", "the same"],
  [/backup_20360131T120000Z/g, "NEWER", "none is of the future here"],
  [/s3:\/\/(?:my|other)-bucket\/blue/g, "s3://examples/PREFIX", "buckets of the test"],
  [/clusters s3:\/\/my-bucket\S*/g, "clusters s3://examples", "the same"],
  [/(--to s3:\/\/examples\/)PREFIX/g, "$1PREFIX-copy", "a copy is elsewhere"],
  [/(--to|NEWER --to) file:\/\/\/mnt\/usb\/blue/g, "$1 file:usb", "a folder of the test"],
  [/--at (?:2h|36h|2026-01-31|14:03:16)\b/g, "--at 0s", "the backups are of this minute"],
  [/--since 14:03/g, "--since 14:03Z", "off a terminal each clock has its zone"],
  [/--timeout 10m/g, "--timeout 1s", "without nodes nothing becomes ready"],
  [/--wait-for-jobs/g, "--wait-for-jobs --timeout 1s", "the same"],
];

const BUCKET = "examples";
/** Where the backups are of which each page gets copies. */
const SAMPLES = "samples";

/** Off a terminal nobody is asked. */
const ASKS = /kube-backup (?:restore|resume|prune|delete)\b(?!.*(?:--yes|--dry-run| -y\b))/;

/** What is not run, and why. */
const NOT_RUN: readonly [line: RegExp, why: string][] = [
  [/\[flags\]/, "the form of a command, and no example"],
  [/\bjq\b/, "a machine of the tests need not have jq"],
  [/--context restore\b/, "the context is made by the lines before it: kustomize.test.ts"],
  [/--follow/, "runs until it is stopped: log.test.ts"],
  [/kube-backup ui\b/, "the same: ui.test.ts"],
  [/--deleted|--all-versions/, "a bucket with versions: delete-s3.test.ts"],
  [/age-key\.txt|AGE_|--age-recipients/, "encryption.test.ts"],
  [/verify --rehearse/, "rehearse.test.ts: it needs all definitions of the backup"],
  [/--undo/, "needs a log of what changed: accident.test.ts"],
];

/** Exit statuses other than 0: 1 of diff is a difference, 3 of restore that what workloads need is not there. */
function statusesOf(line: string): readonly number[] {
  if (/ diff\b/.test(line)) return [0, 1];
  if (/ (?:restore|status|backup|check-access)\b/.test(line)) return [0, 3];
  return [0];
}

let cluster: ControlPlane;
let minio: S3Server;
let folder: string;
let programs: string;
/** The backups that examples name. */
let names: readonly [older: string, newer: string];

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket(BUCKET);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-examples-"));
  programs = path.join(folder, "bin");
  await mkdir(programs);
  await symlink(await binary("kubectl"), path.join(programs, "kubectl"));
  const words = programCommand().map((word) => `'${path.resolve(ROOT, word)}'`);
  await writeFile(path.join(programs, "kube-backup"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, {
    mode: 0o755,
  });
  // Profiles that add nothing to the settings of the environment.
  const configuration = path.join(folder, ".config", "kube-backup");
  await mkdir(configuration, { recursive: true });
  await writeFile(path.join(configuration, "config.yaml"), "profiles: { blue: {}, green: {} }\n");
  await makeSamples();
});

after(async () => {
  await Promise.all([cluster?.stop(), minio?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** What the examples speak of. */
function objects(): object[] {
  const deployment = (namespace: string, name: string) => ({
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name, labels: { app: name } } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: "registry.old.example/web:1" }] },
      },
    },
  });
  const names = ["shop", "data", "team-a"];
  return [
    ...names.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...["web", "api"].map((name) => deployment("shop", name)),
    deployment("data", "db"),
    deployment("default", "web"),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "shop", name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "shop", name: "login" },
      stringData: { password: "x" },
    },
  ];
}

async function apply(): Promise<void> {
  const input = objects()
    .map((object) => JSON.stringify(object))
    .join("\n---\n");
  await cluster.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], { input });
}

const PATCHES = "patches: [{target: {kind: Deployment, name: web}, patch: {spec: {replicas: 2}}}]\n";

const pageOf = (place: string) => place.replace(/[^a-z0-9]+/g, "-").toLowerCase();

interface Shell {
  run(line: string): Promise<{ status: number | null; text: string }>;
}

/** A folder of its own, and a shell in it. */
async function shellFor(page: string): Promise<Shell> {
  const cwd = path.join(folder, pageOf(page));
  await cp(path.join(folder, "files"), cwd, { recursive: true });
  const env = {
    PATH: `${programs}${path.delimiter}${process.env["PATH"]}`,
    HOME: folder,
    ...programEnvironment(cluster, minio, BUCKET, {
      LOG_FORMAT: "text",
      FREQUENCY: "15",
      MAXRESTOREAGE: "1440",
    }),
    S3TARGET: `s3://${BUCKET}/${pageOf(page)}`,
    PRUNE_MIN_AGE: "0",
  };
  return {
    run: async (line) => {
      const child = spawn("bash", ["-c", line], {
        ...{ cwd, env, stdio: ["ignore", "pipe", "pipe"] },
        // What runs until it is stopped has no status then, which is none that is expected.
        timeout: 120_000,
      });
      let text = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
      const [status] = await once(child, "close");
      return { status, text };
    },
  };
}

/**
 * Takes the backups that each page gets copies of: examples name the two older ones, and the newest is `latest`. Beside them lies what
 * examples name as files.
 */
async function makeSamples(): Promise<void> {
  await mkdir(path.join(folder, "files"));
  for (const name of ["new-cluster.yaml", "new.yaml"])
    await writeFile(path.join(folder, "files", name), PATCHES);
  await apply();
  const shell = await shellFor(SAMPLES);
  const taken: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    if (count > 0) await sleep(1_000);
    const { status, text } = await shell.run("kube-backup backup --tag before-upgrade --quiet");
    assert.ok(status === 0 || status === 3, text);
    taken.push(/backup_\d{8}T\d{6}Z/.exec(text)?.[0] ?? assert.fail(text));
  }
  const [older = "", newer = ""] = taken;
  names = [older, newer];
  const copied = await shell.run(`kube-backup copy ${newer} --to file:../files --quiet`);
  assert.equal(copied.status, 0, copied.text);
}

/** Puts copies of the backups into the store of a page. */
async function putBackups(page: string): Promise<void> {
  const { client } = minio;
  const place = { Bucket: BUCKET, Prefix: `${SAMPLES}/` };
  const { Contents = [] } = await client.send(new ListObjectsV2Command(place));
  for (const { Key = "" } of Contents) {
    const to = { Bucket: BUCKET, Key: `${pageOf(page)}/${Key.slice(place.Prefix.length)}` };
    await client.send(new CopyObjectCommand({ ...to, CopySource: `${BUCKET}/${Key}` }));
  }
}

function substituted(line: string, page: string, [older, newer]: readonly [string, string]): string {
  let text = line;
  for (const [of, by] of SUBSTITUTIONS) text = text.replace(of, by);
  const asked = ASKS.test(text) ? text.replace(/(\s*(?:[|>].*)?)$/, " --yes$1") : text;
  return asked.replaceAll("NEWER", newer).replaceAll("OLDER", older).replaceAll("PREFIX", pageOf(page));
}

/** Pages whose examples tests of their own run. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "docs/accident.md": "accident.test.ts",
  "docs/walk-through.md": "walk-through.test.ts",
  "docs/install.md": "install.test.ts, on a real node",
  "docs/commands/completion.md": "completion.test.ts, in the shells",
};

const ofPages = pages()
  .filter((page) => !(page in ELSEWHERE))
  .flatMap((page) => blocksOf(page).flatMap(examplesOf))
  .filter(({ line }) => callsProgram(line));
const EXAMPLES = Map.groupBy(
  ofPages.filter(({ line }) => !NOT_RUN.some(([pattern]) => pattern.test(line))),
  ({ page }) => page,
);

test("what is declared here is of an example", () => {
  const used = new Set<RegExp>();
  for (const { line } of ofPages) {
    for (const [pattern] of NOT_RUN) if (pattern.test(line)) used.add(pattern);
    let text = line;
    for (const [pattern, by] of SUBSTITUTIONS) {
      const changed = text.replace(pattern, by);
      if (changed !== text) used.add(pattern);
      text = changed;
    }
  }
  const stale = [...SUBSTITUTIONS, ...NOT_RUN].filter(([pattern]) => !used.has(pattern));
  assert.deepEqual(stale, []);
});

for (const [page, examples] of EXAMPLES) {
  describe(page, () => {
    let shell: Shell;
    before(async () => {
      await apply();
      shell = await shellFor(page);
      await putBackups(page);
    });

    for (const example of examples) {
      test(`${example.place}: ${example.line}`, async () => {
        if (
          /--paused| resume /.test(example.line) &&
          !/--dry-run/.test(example.line) &&
          example.line.includes("restore")
        )
          await remove(cluster, "/api/v1/namespaces/shop");
        const line = substituted(example.line, page, names);
        const { status, text } = await shell.run(line);
        assert.ok(statusesOf(example.line).includes(status ?? -1), `${line}\nexit status ${status}\n${text}`);
        // What removes backups takes those away that later examples name.
        if (/ (?:delete|prune) /.test(line) && !line.includes("--dry-run")) await putBackups(page);
      });
    }
  });
}
