/** The program's command line, as seen from a shell: exit status, standard output, standard error. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import packageJson from "../../../package.json" with { type: "json" };
import {
  type ProgramResult,
  programCommand,
  runProgram,
  startProgram,
} from "../../support/program/program.ts";

import { runOnTerminal } from "../../support/terminal/run-on-terminal.ts";
import { whyNoTerminal } from "../../support/terminal/terminal.ts";

const GOOD = { S3TARGET: "s3://bucket/prefix", FREQUENCY: "15", MAXRESTOREAGE: "1440" };

/** JSON is YAML: a kubeconfig that could be read, and names nothing. */
const EMPTY = path.resolve(import.meta.dirname, "../../../package.json");

/** Messages of the log's lines at level error. */
function errors({ stderr }: ProgramResult): string[] {
  const lines = stderr.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line)).flatMap(({ level, msg }) => (level === "error" ? [msg] : []));
}

describe("bad input ends with status 2 and one message that names it, before anything is touched", () => {
  const rows: [title: string, args: string[], env: Record<string, string>, problem: RegExp][] = [
    ["S3TARGET empty", [], { S3TARGET: "" }, /^S3TARGET \(--s3target\) is empty: /],
    ["S3TARGET that is no URL", [], { S3TARGET: "bucket" }, /^S3TARGET .*"bucket" is not a URL: write s3:/],
    ["S3TARGET without bucket", [], { S3TARGET: "s3://" }, /^S3TARGET .*"s3:\/\/" has no bucket: write/],
    ["S3TARGET of another scheme", [], { S3TARGET: "gs://b" }, /^S3TARGET .*"gs:\/\/b" has the scheme gs/],
    ["FREQUENCY empty", [], { FREQUENCY: "" }, /^FREQUENCY \(--frequency\) is empty: set the minutes/],
    ...["0", "-5", "1.5", "ten", "1e3"].flatMap((value): typeof rows => [
      [`FREQUENCY ${value}`, [], { FREQUENCY: value }, /^FREQUENCY .* is no whole number of minutes above 0/],
      [`--frequency ${value}`, ["--frequency", value], {}, /^--frequency .* is no whole number of minutes/],
      [`MAXRESTOREAGE ${value}`, [], { MAXRESTOREAGE: value }, /^MAXRESTOREAGE .* is no whole number of/],
    ]),
    ["half a key pair", [], { AWS_ACCESS_KEY_ID: "AKIA" }, /^AWS_SECRET_ACCESS_KEY is missing/],
    ["the other half", [], { AWS_SECRET_ACCESS_KEY: "TOP-SECRET" }, /^AWS_ACCESS_KEY_ID is missing/],
    ["ENDPOINT_URI that is no URL", [], { ENDPOINT_URI: "localhost:90" }, /^ENDPOINT_URI .* is not a URL/],
    ["a kubeconfig that is not there", [], { KUBECONFIG: "/nonexistent" }, /^KUBECONFIG .* cannot be read: /],
    [
      "a kubeconfig that is none",
      [],
      { KUBECONFIG: import.meta.filename },
      /^Cannot read the kubeconfig .*: /,
    ],
    [
      "an unknown context",
      ["backup", "--context", "blue"],
      { KUBECONFIG: EMPTY },
      /^Cannot use the context "blue"/,
    ],
    [
      "LISTEN without a port",
      [],
      { LISTEN: "localhost" },
      /^LISTEN .*"localhost" is no address to listen on/,
    ],
    [
      "a backup's name that is none",
      ["restore", "yesterday"],
      {},
      /^"yesterday" is no kind, and no backup's name/,
    ],
    ["a restore with nobody to ask", ["restore"], {}, /^There is no terminal to ask on: add --yes/],
    ["an unknown command", ["bakcup"], {}, /^"bakcup" is no command: did you mean backup\?$/],
    ["an unknown flag", ["list", "--s3traget=x"], {}, /^--s3traget is no flag .* did you mean --s3target\?$/],
    ["a backup twice", ["verify", "latest", "--at", "1h"], {}, /^BACKUP "latest" and --at 1h both say which/],
    [
      "a time without a zone",
      ["verify", "--at", "2026-01-31T12:00:00"],
      {},
      /^--at "2026-01-31T12:00:00" .*zone/,
    ],
    ["a time that is none", ["restore", "--yes", "--at", "yesterday"], {}, /^--at "yesterday" /],
    ["an unknown shell", ["completion", "tcsh"], {}, /^SHELL "tcsh" is none of bash, zsh, fish, kubectl$/],
    ["no shell", ["completion"], {}, /^SHELL is missing: write one of bash, zsh, fish, kubectl$/],
    ...["backup", "restore", "diff", "list", "get", "export", "prune", "verify", "completion"].map(
      (command): (typeof rows)[number] => [
        `an unknown flag of ${command}`,
        [command, "--quite"],
        {},
        /^--quite is no flag of this command: did you mean --quiet\?$/,
      ],
    ),
    [
      "an unknown form of output",
      ["list", "-o", "xml"],
      {},
      /^--output "xml" is none of "table", "wide", "yaml", "json", "name"$/,
    ],
  ];
  for (const [title, args, env, problem] of rows) {
    it(title, async () => {
      const result = await runProgram(args, { env: { ...GOOD, ...env } });
      assert.equal(result.status, 2, result.stderr);
      assert.equal(result.stdout, "");
      assert.equal(errors(result).length, 1, result.stderr);
      assert.match(errors(result)[0] ?? "", problem);
      assert.doesNotMatch(result.stderr, /TOP-SECRET/);
    });
  }

  it("nothing set at all: everything that is needed is named at once", async () => {
    const result = await runProgram([], { env: {} });
    assert.equal(result.status, 2);
    assert.deepEqual(
      errors(result).map((message) => message.replace(/ is missing: .*/, "")),
      ["S3TARGET (--s3target)", "FREQUENCY (--frequency)", "MAXRESTOREAGE (--max-restore-age)"],
    );
  });
});

describe("help and version", () => {
  it("go to standard output, whatever the settings say", async () => {
    for (const args of [["--help"], ["-h"], ["run", "--help"], ["--version"], ["version"]]) {
      const result = await runProgram(args, { env: { S3TARGET: "nonsense", FREQUENCY: "ten" } });
      assert.deepEqual([result.status, result.stderr], [0, ""], args.join(" "));
    }
  });

  it("version names version, commit and runtime, for a script too", async () => {
    const { stdout } = await runProgram(["version", "--output", "json"], { env: {} });
    const { version, commit, runtime } = JSON.parse(stdout);
    assert.equal(version, packageJson.version);
    assert.match(commit, /^([0-9a-f]{7,40}|source|unknown)$/);
    assert.match(runtime, /^node 24\.\d+\.\d+ \w+-\w+$/);
  });
});

describe("in a pipe", () => {
  const problem = /^error: "restroe" is no command: did you mean restore\?\nRun kube-backup --help .*\n$/;

  it("a slip is text, unless LOG_FORMAT says JSON", async () => {
    const said = async (args: string[], format: string) =>
      (await runProgram(args, { env: { ...GOOD, LOG_FORMAT: format } })).stderr;
    assert.match(await said(["restroe"], ""), problem);
    assert.match(await said(["restroe", "--log-format=text"], "json"), problem);
    assert.match(JSON.parse(await said(["restroe"], "json")).msg, /^"restroe" is no command/);
    assert.match(
      await said(["list"], "xml"),
      /^error: LOG_FORMAT \(--log-format\) "xml" is neither text nor json/,
    );
  });

  it("that of run is JSON, and so is that of no command, as pods have it", async () => {
    for (const args of [
      ["run", "--frequnecy", "5"],
      ["--frequnecy", "5"],
    ]) {
      const { stderr, status } = await runProgram(args, { env: { ...GOOD, LOG_FORMAT: "" } });
      assert.equal(status, 2);
      assert.match(JSON.parse(stderr).msg, /^--frequnecy is no flag of this command/);
    }
  });
});

describe("on a terminal", { skip: whyNoTerminal() }, () => {
  it("no command is the help, whatever the environment says", async () => {
    const { status, screen } = await runOnTerminal([], { env: { ...GOOD, KUBECONFIG: EMPTY } }, []);
    assert.equal(status, 0, screen);
    assert.match(screen, /^Usage: kube-backup COMMAND \[flags\]$/m);
  });

  it("flags without a command are wrong usage", async () => {
    const { status, screen } = await runOnTerminal(["--frequency", "5"], { env: GOOD }, []);
    assert.equal(status, 2, screen);
    assert.match(screen, /^error: COMMAND is missing: write kube-backup run /);
  });
});

describe("list", () => {
  let folder: string;
  before(async () => {
    // Beside it nobody else's folder may be: of backups in one the list would tell.
    folder = path.join(await mkdtemp(path.join(tmpdir(), "kube-backup-list-")), "store");
    await mkdir(folder);
  });
  after(() => rm(path.dirname(folder), { recursive: true }));

  it("says that there are none, and shows what is there with the newest last", async () => {
    const env = { S3TARGET: `file://${folder}` };
    assert.equal((await runProgram(["list"], { env })).stdout, `No backups in file://${folder}\n`);
    await writeFile(path.join(folder, "backup_20260131T120000Z.zip"), "x".repeat(2048));
    await writeFile(path.join(folder, "backup_20250131T120000Z.zip"), "x");
    const table = await runProgram(["list"], { env });
    const [titles, first, second, ...rest] = table.stdout.split("\n");
    assert.match(titles ?? "", /^BACKUP +TIME \(UTC\) +AGE +SIZE$/);
    assert.match(first ?? "", /^backup_20250131T120000Z +2025-01-31 12:00:00 +\d+d ago +1 B$/);
    assert.match(second ?? "", /^backup_20260131T120000Z +2026-01-31 12:00:00 +\d+d ago +2\.0 KiB$/);
    assert.deepEqual(rest, [""]);
    const document = JSON.parse((await runProgram(["list", "-o", "json"], { env })).stdout);
    assert.deepEqual(Object.keys(document), ["schemaVersion", "backups", "changeLog"]);
    assert.equal(document.changeLog, null);
    const json = document.backups;
    assert.ok(json[0].ageSeconds > json[1].ageSeconds);
    delete json[1].ageSeconds;
    assert.deepEqual(json[1], {
      name: "backup_20260131T120000Z",
      time: "2026-01-31T12:00:00Z",
      sizeBytes: 2048,
    });
  });

  it("of a place that cannot be read fails, with the error as the JSON document", async () => {
    const env = { S3TARGET: `file://${folder}/missing` };
    const result = await runProgram(["list", "-o", "json"], { env });
    assert.equal(result.status, 1);
    const { error, exitStatus } = JSON.parse(result.stdout);
    assert.match(error, /^Cannot list backups in file:.*: the folder does not exist$/);
    assert.equal(exitStatus, 1);
    assert.deepEqual(errors(result), [error]);
  });

  it("into a pipe that nobody reads any more is no error", async () => {
    const [command, ...args] = programCommand();
    const child = spawn(command, [...args, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    // Closed before the program has started: its first write meets EPIPE.
    child.stdout.destroy();
    const [status] = await once(child, "close");
    assert.deepEqual([status, stderr], [0, ""]);
  });
});

describe("signals", () => {
  let server: Server;
  let url: string;
  const sockets = new Set<Socket>();
  before(async () => {
    // A server that takes connections and never answers.
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`${signal} ends a command that waits with status 130, at once and without an error`, async () => {
      const env = { S3TARGET: "s3://bucket", ENDPOINT_URI: url };
      const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" };
      const program = startProgram(["list"], { env: { ...env, ...keys } });
      await once(server, "connection");
      const sent = Date.now();
      program.child.kill(signal);
      const result = await program.ended;
      assert.equal(result.status, 130, result.stderr);
      assert.deepEqual(errors(result), []);
      assert.match(result.stderr, new RegExp(`"level":"warn".*"Interrupted by ${signal}"`));
      assert.ok(Date.now() - sent < 5000, `${Date.now() - sent} ms`);
    });
  }
});

it("a backup that is not there is an error that names the nearest", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-unknown-"));
  try {
    for (const day of ["29", "31"])
      await writeFile(path.join(folder, `backup_202601${day}T120000Z.zip`), "x");
    const env = { S3TARGET: `file://${folder}` };
    const result = await runProgram(["verify", "backup_20260130T120000Z"], { env });
    assert.equal(result.status, 1);
    const [line = "{}"] = result.stderr.trim().split("\n");
    const { msg, advice } = JSON.parse(line);
    assert.match(msg, /^Cannot open backup_20260130T120000Z: file:.* holds no such backup$/);
    assert.match(advice, /^The nearest are backup_20260129T120000Z and backup_20260131T120000Z; /);
  } finally {
    await rm(folder, { recursive: true });
  }
});
