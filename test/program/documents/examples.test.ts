/**
 * The examples of the README and of the pages of commands, run as they stand: against MinIO and a control plane, each page with a store of its
 * own that holds three backups. What is put in place of what an example names is declared here, and so is what is not run.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { binary } from "../../support/binaries/build.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { blocksOf, callsProgram, type Example, examplesOf, pages } from "../../support/documents/examples.ts";
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
  [/s3:\/\/(?:my|other)-bucket\/blue/g, "s3://examples/PREFIX", "buckets of the test"],
  [/(--to s3:\/\/examples\/)PREFIX/g, "$1PREFIX-copy", "a copy is elsewhere"],
  [/(--to|NEWER --to) file:\/\/\/mnt\/usb\/blue/g, "$1 file:usb", "a folder of the test"],
  [/--at (?:2h|36h|2026-01-31|14:03:16)/g, "--at 0s", "the backups are of this minute"],
  [/--since 14:03/g, "--since 14:03Z", "off a terminal each clock has its zone"],
];

/** Off a terminal nobody is asked. */
const ASKS = /kube-backup (?:restore|resume|prune|delete)\b(?!.*(?:--yes|--dry-run| -y\b))/;

/** What is not run, and why. */
const NOT_RUN: readonly [line: RegExp, why: string][] = [
  [/kube-backup run\b|^kube-backup$/, "runs until it is stopped: loop.test.ts"],
  [/\[flags\]/, "the form of a command, and no example"],
  [/kubectl exec|kubectl backup/, "plugin.test.ts, and a pod"],
  [/\bjq\b/, "a machine of the tests need not have jq"],
  [/completion (?:bash|zsh|fish)/, "completion.test.ts loads these in their shells"],
  [/--context restore\b/, "the context is made by the lines before it: kustomize.test.ts"],
  [/--profile|KUBE_BACKUP_PROFILE/, "configuration.test.ts has a file with profiles"],
  [/--deleted|--all-versions/, "a bucket with versions: delete-s3.test.ts"],
  [/age-key\.txt|AGE_|--age-recipients/, "encryption.test.ts"],
  [/verify --rehearse/, "rehearse.test.ts: it needs all definitions of the backup"],
  [/--namespace-mapping .*--at|--at .*--namespace-mapping/, "one-namespace.test.ts"],
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

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket("examples");
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-examples-"));
  programs = path.join(folder, "bin");
  await mkdir(programs);
  await symlink(await binary("kubectl"), path.join(programs, "kubectl"));
  const words = programCommand().map((word) => `'${path.resolve(ROOT, word)}'`);
  await writeFile(path.join(programs, "kube-backup"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, {
    mode: 0o755,
  });
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
  await mkdir(cwd);
  for (const name of ["new-cluster.yaml", "new.yaml"]) await writeFile(path.join(cwd, name), PATCHES);
  const env = {
    PATH: `${programs}${path.delimiter}${process.env["PATH"]}`,
    HOME: folder,
    ...programEnvironment(cluster, minio, "examples", {
      LOG_FORMAT: "text",
      FREQUENCY: "15",
      MAXRESTOREAGE: "1440",
    }),
    S3TARGET: `s3://examples/${pageOf(page)}`,
    PRUNE_MIN_AGE: "0",
  };
  return {
    run: async (line) => {
      const child = spawn("bash", ["-c", line], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
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

/** Three backups: examples name the two older ones, and the newest is `latest`. */
async function takeBackups(shell: Shell): Promise<readonly [older: string, newer: string]> {
  const names: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    if (count > 0) await sleep(1_000);
    const { status, text } = await shell.run("kube-backup backup --tag before-upgrade --quiet");
    assert.ok(status === 0 || status === 3, text);
    names.push(/backup_\d{8}T\d{6}Z/.exec(text)?.[0] ?? assert.fail(text));
  }
  return [names[0] ?? "", names[1] ?? ""];
}

function substituted(line: string, page: string, [older, newer]: readonly [string, string]): string {
  let text = line;
  for (const [of, by] of SUBSTITUTIONS) text = text.replace(of, by);
  const asked = ASKS.test(text) ? text.replace(/(\s*(?:[|>].*)?)$/, " --yes$1") : text;
  return asked.replaceAll("NEWER", newer).replaceAll("OLDER", older).replaceAll("PREFIX", pageOf(page));
}

/** The pages whose examples are run. Those of all pages and of the help are parsed by `test/unit/documents/examples.test.ts`. */
const RUN = [
  "README.md",
  ...[
    "check-access",
    "copy",
    "delete",
    "describe",
    "diff",
    "export",
    "get",
    "keygen",
    "list",
    "prune",
    "status",
  ].map((name) => `docs/commands/${name}.md`),
];

const ofPages = pages()
  .filter((page) => RUN.includes(page))
  .flatMap((page) => blocksOf(page).flatMap(examplesOf));
const EXAMPLES = Map.groupBy(
  ofPages.filter(({ line }) => callsProgram(line)),
  ({ page }) => page,
);

for (const [page, examples] of EXAMPLES) {
  const isRun = ({ line }: Example) => !NOT_RUN.some(([pattern]) => pattern.test(line));
  if (!examples.some(isRun)) continue;
  describe(page, () => {
    let shell: Shell;
    let names: readonly [string, string];
    before(async () => {
      await apply();
      shell = await shellFor(page);
      names = await takeBackups(shell);
      const copied = await shell.run(`kube-backup copy ${names[1]} --to file:. --quiet`);
      assert.equal(copied.status, 0, copied.text);
    });

    for (const example of examples) {
      const why = NOT_RUN.find(([pattern]) => pattern.test(example.line))?.[1];
      test(`${example.place}: ${example.line}`, { skip: why ?? false }, async () => {
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
        if (/ (?:delete|prune) /.test(line) && !line.includes("--dry-run")) names = await takeBackups(shell);
      });
    }
  });
}
