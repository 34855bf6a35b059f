/** Backups, kinds and namespaces in the forms that users of kubectl, restic and velero type, over a folder of backups. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { putShopBackup, runHere } from "../../support/samples/shop-backup.ts";

let folder = "";
let other = "";
let older = "";
let newest = "";

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-forms-"));
  other = await mkdtemp(path.join(tmpdir(), "kube-backup-other-"));
  older = await putShopBackup(folder, new Date("2026-01-30T12:00:00Z"), { replicas: 1 });
  newest = await putShopBackup(folder, new Date("2026-01-31T12:00:00Z"));
  await writeFile(path.join(other, "kubeconfig"), JSON.stringify(KUBECONFIG));
  await putShopBackup(other, new Date("2026-01-29T12:00:00Z"), { replicas: 7 });
});

after(async () => {
  for (const each of [folder, other]) await rm(each, { recursive: true, force: true });
});

/** Whose context points into shop. Nothing answers there. */
const KUBECONFIG = {
  "current-context": "blue",
  contexts: [{ name: "blue", context: { cluster: "c", user: "u", namespace: "shop" } }],
  clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:1" } }],
  users: [{ name: "u", user: {} }],
};

const OTHER = "backup_20260129T120000Z";

/** Runs a line whose words may hold FOLDER and OTHER, the two stores, and NEWEST and OLDER; S3TARGET is FOLDER unless not set. */
async function run(line: string, { target = true, cwd = folder } = {}) {
  const args = line
    .split(" ")
    .map((word) =>
      word
        .replace("OTHERNAME", OTHER)
        .replace("FOLDER", folder)
        .replace("OTHER", other)
        .replace("NEWEST", newest)
        .replace("OLDER", older),
    );
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const kubeconfig = { KUBECONFIG: path.join(other, "kubeconfig") };
    return await runHere(args, target ? { S3TARGET: `file:${folder}`, ...kubeconfig } : kubeconfig);
  } finally {
    process.chdir(before);
  }
}

const REPLICAS = "-n shop -o jsonpath={.spec.replicas}";

describe("BACKUP", () => {
  const rows: [line: string, replicas: string][] = [
    [`get deploy/web ${REPLICAS}`, "3"],
    [`get latest deploy/web ${REPLICAS}`, "3"],
    [`get latest deploy web ${REPLICAS}`, "3"],
    [`get OLDER deploy web ${REPLICAS}`, "1"],
    [`get OLDER.zip deploy web ${REPLICAS}`, "1"],
    [`get deploy/web OLDER.zip.age ${REPLICAS}`, "1"],
    [`get -b OLDER deploy web ${REPLICAS}`, "1"],
    [`get -bOLDER deploy web ${REPLICAS}`, "1"],
    [`get --backup OLDER latest deploy web ${REPLICAS}`, "1"],
    [`get file:FOLDER/OLDER.zip deploy web ${REPLICAS}`, "1"],
    [`get OTHER/OTHERNAME.zip deploy web ${REPLICAS}`, "7"],
    [`get -b file://OTHER/OTHERNAME deploy/web ${REPLICAS}`, "7"],
  ];
  for (const [line, replicas] of rows) {
    it(line, async () => {
      const { status, stdout, stderr } = await run(line);
      assert.deepEqual([status, stdout], [0, replicas], stderr);
    });
  }

  const withoutTarget: [line: string, cwd?: "other"][] = [
    ["verify OTHER/OTHERNAME.zip"],
    ["verify file:OTHER/OTHERNAME.zip"],
    ["verify -b ./OTHERNAME", "other"],
    ["verify OTHERNAME.zip", "other"],
  ];
  for (const [line, cwd] of withoutTarget) {
    it(`${line}, without S3TARGET`, async () => {
      const { status, stdout, stderr } = await run(line, {
        target: false,
        cwd: cwd === "other" ? other : folder,
      });
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(`^${OTHER} is whole: 7 objects`));
      assert.equal(stderr, "", "no store is there that could be another one");
    });
  }

  it("of another place than S3TARGET is read there, and that is said", async () => {
    const { stderr } = await run(`get OTHER/OTHERNAME.zip deploy web ${REPLICAS}`);
    assert.ok(
      stderr.includes(
        `${OTHER} is read from file://${other}, and not from S3TARGET, which is file://${folder}`,
      ),
      stderr,
    );
    const { stderr: same } = await run(`get FOLDER/OLDER.zip deploy web ${REPLICAS}`);
    assert.equal(same, "");
  });

  it("of -b wins over the one in its position, and that is said", async () => {
    const { stderr } = await run(`get -b OLDER latest deploy/web ${REPLICAS}`);
    assert.ok(stderr.includes(`-b says which backup: ${older}, and not latest`), stderr);
  });

  it("that is checked as a file has nothing written beside it", async () => {
    await run("verify OTHER/OTHERNAME.zip", { target: false });
    assert.equal(existsSync(path.join(other, "reports")), false);
    await run("verify NEWEST");
    assert.equal(existsSync(path.join(folder, "reports")), true);
  });

  it("that is nowhere is an error that names the place", async () => {
    const { status, stderr } = await run("verify OTHER/NEWEST.zip");
    assert.equal(status, 1);
    assert.match(stderr, /holds no such backup/);
    assert.ok(stderr.includes(`file://${other}`));
  });

  it("that names no backup is told so, also without S3TARGET", async () => {
    const { status, stderr } = await run("get -b s3://bucket/blue deploy", { target: false });
    assert.equal(status, 2);
    assert.match(stderr, /"s3:\/\/bucket\/blue" is a store and no backup of it: add the backup's name/);
    const { stderr: missing } = await run("verify", { target: false });
    assert.match(missing, /S3TARGET \(--s3target\) is missing/);
  });

  it("can be exported, and deleted, by its file", async () => {
    const out = path.join(other, "out");
    const { status, stderr } = await run(`export OTHER/OTHERNAME.zip ${out} -n sh* --include-secrets`, {
      target: false,
    });
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(path.join(out, "namespaces/shop")) || existsSync(path.join(out, "shop")), stderr);
    const { stdout, stderr: why } = await run("delete OTHER/OTHERNAME.zip --dry-run --force", {
      target: false,
    });
    assert.match(stdout, new RegExp(OTHER), why);
    const several = await run("delete OTHER/OTHERNAME.zip OLDER --dry-run");
    assert.match(several.stderr, /The backups are in several stores/);
    assert.match((await run("export NEWEST.zip")).stderr, /DIR is missing after BACKUP/);
  });
});

describe("kinds and objects", () => {
  const rows: [line: string, names: string][] = [
    ["get deploy web -n shop,data -o name", "deployment.apps/web deployment.apps/web"],
    [
      "get deploy -n shop -n data -o name",
      "deployment.apps/db deployment.apps/web deployment.apps/api deployment.apps/web",
    ],
    ["get deploy -n sh* -o name", "deployment.apps/api deployment.apps/web"],
    ["get deploy,secrets -n shop -o name", "deployment.apps/api deployment.apps/web secret/login"],
  ];
  for (const [line, names] of rows) {
    it(line, async () => {
      const { status, stdout, stderr } = await run(line);
      assert.deepEqual([status, stdout.trim().split("\n").join(" ")], [0, names], stderr);
    });
  }

  it("of several namespaces stand with their namespaces, and one of each is a list", async () => {
    assert.match((await run("get deploy web -n shop,data")).stdout, /^NAMESPACE +NAME /);
    const { stdout } = await run("get deploy web -n shop,data -o json");
    assert.equal(JSON.parse(stdout).items.length, 2);
  });

  it("that are nowhere are told with the namespaces", async () => {
    const none = await run("get deploy wbe -n shop,data");
    assert.match(none.stderr, /Cannot find deployment shop,data\/wbe in/);
    assert.match(none.stderr, /There is db, web$/m);
    assert.match(
      (await run("get secrets -n data,d*")).stderr,
      /No resources found in data, d\* namespaces\./,
    );
  });

  const compared: [line: string, status: number, output: RegExp][] = [
    ["diff OLDER NEWEST deploy/web -n shop", 1, /~ Deployment shop\/web\n +spec.replicas: 1 → 3/],
    ["diff OLDER latest deploy web -n shop", 1, /0 added, 1 changed, 0 removed, 0 alike/],
    ["diff OLDER NEWEST deploy api -n shop", 0, /0 added, 0 changed, 0 removed, 1 alike/],
    ["diff OLDER NEWEST deploy -n shop,data", 1, /0 added, 1 changed, 0 removed, 3 alike/],
    ["diff OLDER NEWEST deploy -A", 1, /0 added, 1 changed, 0 removed, 3 alike/],
    ["diff OLDER NEWEST ns/shop -n data", 0, /0 added, 0 changed, 0 removed, 1 alike/],
    ["diff OTHER/OTHERNAME.zip NEWEST deploy/web -n shop", 1, /spec.replicas: 7 → 3/],
    ["diff -b OLDER NEWEST deploy/web -n shop", 1, /spec.replicas: 1 → 3/],
    ["diff OLDER NEWEST -n sh*", 1, /0 added, 1 changed, 0 removed, 3 alike/],
  ];
  for (const [line, status, output] of compared) {
    it(line, async () => {
      const result = await run(line);
      assert.equal(result.status, status, result.stderr);
      assert.match(result.stdout, output);
    });
  }

  it("that neither side of a comparison has are an error, and not alike", async () => {
    const { status, stderr } = await run("diff OLDER NEWEST deploy/wbe -n shop");
    assert.equal(status, 2);
    assert.match(stderr, /Cannot compare deploy\/wbe: neither .* has it in the namespace shop/);
    assert.match((await run("diff OLDER NEWEST deplyo")).stderr, /"deplyo" is no kind/);
    assert.match(
      (await run("diff OLDER NEWEST deploy/web --include-kinds cm")).stderr,
      /--include-kinds does not go/,
    );
  });
});

describe("Tab", () => {
  const rows: [line: string, candidates: string[]][] = [
    ["get deploy ", ["api", "web"]],
    ["get deploy w", ["web"]],
    ["get deploy api ", ["web"]],
    ["get latest deploy ", ["api", "web"]],
    ["get -n data deploy ", ["db", "web"]],
    ["get -A deploy ", ["db", "web", "api"]],
    ["restore deploy/", ["deploy/api", "deploy/web"]],
    ["restore deploy/web secret", ["secrets/"]],
    ["restore OLDER deploy,secrets ", ["api", "web", "login"]],
    ["diff latest NEW", []],
    ["get sec", ["secrets"]],
    ["get nothing ", []],
    ["restore ./b", [":files"]],
  ];
  for (const [line, candidates] of rows) {
    it(`${line}|`, async () => {
      const { stdout } = await run(`__complete ${line}`);
      assert.deepEqual(
        stdout
          .split("\n")
          .filter((each) => each !== "")
          .map((each) => each.split("\t")[0]),
        candidates,
      );
    });
  }
});

describe("tables of get and list", () => {
  it("have labels as columns, as kubectl shows them", async () => {
    const columns = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => line.split(/ {2,}/).slice(2));
    assert.deepEqual(columns((await run("get deploy -n shop -L app,tier")).stdout), [
      ["APP", "TIER"],
      ["api", "<none>"],
      ["web", "front"],
    ]);
    assert.deepEqual(columns((await run("get deploy -n shop --show-labels")).stdout), [
      ["LABELS"],
      ["app=api"],
      ["app=web,tier=front"],
    ]);
    assert.match(
      (await run("get deploy -n shop -Lapp --label-columns example.com/team")).stdout,
      /APP +TEAM\n/,
    );
  });

  it("come in the order of a field", async () => {
    const { stdout } = await run("get deploy -n shop --sort-by .spec.replicas -o name");
    assert.equal(stdout, "deployment.apps/api\ndeployment.apps/web\n");
    const { stdout: names } = await run("get deploy -A --sort-by {.metadata.name} -o name");
    assert.deepEqual(
      names
        .trim()
        .split("\n")
        .map((each) => each.split("/")[1]),
      ["api", "db", "web", "web"],
    );
    const { status, stderr } = await run("get deploy -A --sort-by .spec.sise");
    assert.equal(status, 1);
    assert.match(stderr, /Cannot sort by \.spec\.sise: no object has this field/);
    assert.equal((await run("get deploy --sort-by {.a")).status, 2);
  });

  it("of backups have the forms of kubectl", async () => {
    assert.equal((await run("list -o name")).stdout, `${older}\n${newest}\n`);
    assert.match((await run("list -o wide")).stdout, /^BACKUP .*OBJECTS .*STATE\n/);
    const { stdout } = await run("ls -o yaml");
    const { stdout: json } = await run("ls -o json");
    const { backups } = JSON.parse(json);
    assert.ok(
      stdout.startsWith(`schemaVersion: 1\nbackups:\n- name: ${older}\n  time: "2026-01-30T12:00:00Z"\n`),
      stdout,
    );
    assert.equal(stdout.match(/^- name: /gm)?.length, backups.length);
    assert.equal(
      (await run("list -o yaml --since 1h")).stdout,
      "schemaVersion: 1\nbackups: []\nchangeLog: null\n",
    );
    assert.match((await run("list -o xml")).stderr, /is none of "table", "wide", "yaml", "json", "name"/);
  });

  it("of one backup have YAML with the members of JSON", async () => {
    const { stdout: json } = await run("describe -o json");
    const { parse } = await import("yaml");
    for (const line of ["describe -o yaml", "ls latest -o yaml"]) {
      const { status, stdout } = await run(line);
      assert.equal(status, 0);
      const [yaml, expected] = [parse(stdout), JSON.parse(json)];
      // It gets older meanwhile.
      assert.ok(Math.abs(yaml.ageSeconds - expected.ageSeconds) < 60);
      assert.deepEqual({ ...yaml, ageSeconds: 0 }, { ...expected, ageSeconds: 0 });
    }
  });

  it("say what to write for a template of Go", async () => {
    for (const [flags, named] of [
      ["-o go-template={{.kind}}", '--output "go-template={{.kind}}"'],
      ["-o go-template-file=x", '--output "go-template-file=x"'],
      ["--template={{.kind}}", "--template"],
    ] as const) {
      const { status, stderr } = await run(`get deploy -n shop ${flags}`);
      assert.equal(status, 2);
      assert.ok(stderr.startsWith(`error: ${named} is a template of Go, which is not read: write `), stderr);
    }
  });

  it("have colors where they are asked for", async () => {
    const sequence = String.fromCharCode(27);
    const line = "diff OLDER NEWEST deploy/web -n shop";
    assert.ok(!(await run(line)).stdout.includes(sequence));
    assert.ok((await run(`${line} --color=always`)).stdout.includes(sequence));
    assert.ok((await run(`--color always ${line}`)).stdout.includes(sequence));
    assert.match(
      (await run(`${line} --color=yes`)).stderr,
      /--color \(KUBE_BACKUP_COLOR\) "yes" is none of always, auto, never/,
    );
  });
});
