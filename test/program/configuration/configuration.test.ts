/** The configuration file, as the program reads it: profiles, what wins, and what is refused. */

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { runProgram } from "../../support/program/program.ts";
import { putBackup } from "../../support/samples/sample-backups.ts";

const BLUE = "backup_20260131T120000Z";
const GREEN = "backup_20260201T120000Z";

let home: string;
let file: string;

before(async () => {
  home = await mkdtemp(path.join(tmpdir(), "kube-backup-configured-"));
  file = path.join(home, ".config", "kube-backup", "config.yaml");
  await mkdir(path.dirname(file), { recursive: true });
  for (const [name, time] of [
    ["blue", "2026-01-31T12:00:00Z"],
    ["green", "2026-02-01T12:00:00Z"],
  ] as const) {
    await mkdir(path.join(home, name));
    await putBackup(path.join(home, name), new Date(time));
  }
  await writeFile(
    file,
    "current-profile: blue\nlog-format: text\nprofiles:\n" +
      "  blue: { s3target: 'file:~/blue' }\n  green: { s3target: 'file:~/green', context: green }\n",
  );
});

after(async () => {
  await rm(home, { recursive: true, force: true });
});

async function run(args: string, env: Record<string, string> = {}) {
  return await runProgram(args.split(" "), { env: { HOME: home, LOG_FORMAT: "", ...env } });
}

describe("profiles", () => {
  for (const [args, env, name] of [
    ["list -o name", {}, BLUE],
    ["list -o name --profile green", {}, GREEN],
    ["list -o name", { KUBE_BACKUP_PROFILE: "green" }, GREEN],
    ["list -o name --profile blue", { KUBE_BACKUP_PROFILE: "green" }, BLUE],
  ] as const) {
    it(`${args} ${JSON.stringify(env)}`, async () => {
      const { status, stdout, stderr } = await run(args, env);
      assert.deepEqual([status, stdout, stderr], [0, `${name}\n`, ""]);
    });
  }

  it("a flag and a variable win over the profile, and the variable is told of", async () => {
    const { stdout, stderr } = await run("list -o name --profile blue", { S3TARGET: `file:${home}/green` });
    assert.equal(stdout, `${GREEN}\n`);
    assert.match(stderr, /WARN: S3TARGET of the environment wins over s3target of the profile blue\n$/);
    const byFlag = await run(`list -o name --profile blue --s3target file:${home}/green`);
    assert.deepEqual([byFlag.stdout, byFlag.stderr], [`${GREEN}\n`, ""]);
  });

  it("a BACKUP's own URL still wins over the store of the profile", async () => {
    const { status, stderr } = await run(`describe file:${home}/green/${GREEN}.zip`);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /is read from file:.*green, and not from S3TARGET, which is file:.*blue/);
  });

  it("Tab completes profiles and the backups of the chosen one", async () => {
    assert.equal((await run("__complete list --profile gr")).stdout, "green\n");
    assert.match(
      (await run("__complete --profile green describe backup_")).stdout,
      new RegExp(`^${GREEN}\t`),
    );
  });
});

describe("config view", () => {
  it("shows each setting and where it comes from, and no secret", async () => {
    const { stdout } = await run("config view --profile green --max-qps 5", {
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI",
      KUBE_BACKUP_FREQUENCY: "15",
    });
    assert.equal(
      stdout,
      `File:     ${file}
Profiles: blue, green (chosen)

SETTING                 VALUE${" ".repeat(home.length + 9)}FROM
s3target                file:${home}/green   profile green
frequency               ${"15".padEnd(home.length + 11)}   KUBE_BACKUP_FREQUENCY
context                 ${"green".padEnd(home.length + 11)}   profile green
max-qps                 ${"5".padEnd(home.length + 11)}   --max-qps
log-format              ${"text".padEnd(home.length + 11)}   ${file}
aws-secret-access-key   ${"REDACTED".padEnd(home.length + 11)}   AWS_SECRET_ACCESS_KEY
`,
    );
  });

  it("is a document for scripts", async () => {
    const { stdout } = await run("config view -o json");
    const { profile, settings } = JSON.parse(stdout);
    assert.equal(profile, "blue");
    assert.deepEqual(settings[0], {
      ...{ name: "s3target", value: `file:${home}/blue`, source: "profile", from: "profile blue" },
    });
    assert.match((await run("config view -o yaml")).stdout, /^schemaVersion: 1\nfile: .*\nprofile: blue\n/);
  });
});

describe("config use-profile", () => {
  const usual = () => readFile(file, "utf8");

  it("has another profile count from then on, and leaves all else of the file", async () => {
    const before = await usual();
    const { status, stdout, stderr } = await run("config use-profile green");
    assert.deepEqual([status, stdout, stderr], [0, "Switched to the profile green\n", ""]);
    assert.equal(await usual(), before.replace("current-profile: blue", "current-profile: green"));
    assert.equal((await run("list -o name")).stdout, `${GREEN}\n`);
    const back = JSON.parse((await run("config use-profile blue -o json")).stdout);
    assert.equal(back.profile, "blue");
    assert.equal(await usual(), before);
  });

  it("says where the environment names another one", async () => {
    const { status, stderr } = await run("config use-profile blue", { KUBE_BACKUP_PROFILE: "green" });
    assert.equal(status, 0);
    assert.match(stderr, /WARN: KUBE_BACKUP_PROFILE of the environment wins over it, and is green\n$/);
  });

  for (const [args, problem, env] of [
    [
      "config use-profile gren",
      /^error: "gren" is no profile of .*, which has blue, green: did you mean green\?\n/,
    ],
    ["config use-profile", /^error: use-profile needs the name of a profile\n/],
    ["config use-profile blue --profile green", /^error: --profile is for one command line/],
    ["config view blue", /^error: "blue" is too much after view: a profile is named by --profile blue\n/],
    ["config use blue", /^error: /],
    ["config use-profile blue", /^error: There is no .*config\.yaml/, { XDG_CONFIG_HOME: "/nonexistent" }],
  ] as const)
    it(`${args}: wrong usage`, async () => {
      const before = await usual();
      const { status, stdout, stderr } = await run(args, env);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, problem);
      assert.equal(await usual(), before);
    });

  it("Tab completes the action and the profiles", async () => {
    assert.equal((await run("__complete config use")).stdout, "use-profile\n");
    assert.equal((await run("__complete config use-profile g")).stdout, "green\n");
    assert.equal((await run("__complete config view g")).stdout, "");
  });
});

describe("what is refused", () => {
  let other: string;
  before(async () => {
    other = path.join(home, "other", "kube-backup", "config.yaml");
    await mkdir(path.dirname(other), { recursive: true });
  });

  for (const [title, text, mode, message] of [
    [
      "an unknown entry",
      "s3taget: x\n",
      0o600,
      /^error: .*config\.yaml: "s3taget" is no setting: did you mean s3target\?\n/,
    ],
    [
      "a bad value",
      "frequency: often\n",
      0o600,
      /^error: frequency \(.*config\.yaml\) "often" is no whole number/m,
    ],
    ["a secret that others can read", "age-key: AGE\n", 0o644, /^error: Cannot use .*: run chmod 600 /],
    [
      "no profile chosen",
      "profiles: { blue: {}, green: {} }\n",
      0o600,
      /^error: S3TARGET \(--s3target\) is missing: .*, or choose a profile: --profile blue\|green\n/,
    ],
  ] as const) {
    it(title, async () => {
      await writeFile(other, text);
      await chmod(other, mode);
      const { status, stdout, stderr } = await run("list", { XDG_CONFIG_HOME: path.join(home, "other") });
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }

  it("not where the command reads no settings", async () => {
    await writeFile(other, "s3taget: x\n");
    assert.equal((await run("version", { XDG_CONFIG_HOME: path.join(home, "other") })).status, 0);
  });

  it("a profile without a file", async () => {
    const { status, stderr } = await run("list --profile blue", { XDG_CONFIG_HOME: "/nonexistent" });
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^error: --profile "blue" cannot be found: there is no \/nonexistent\/kube-backup\/config\.yaml\n/,
    );
  });
});
