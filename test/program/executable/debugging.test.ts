/** Nothing of the environment, and no signal, opens a debugger in the executable, has it run other code, or print secrets. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ProgramOptions,
  programCommand,
  runProgram,
  startProgram,
} from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const KEY = { AWS_ACCESS_KEY_ID: "KEYID12345", AWS_SECRET_ACCESS_KEY: "hunter2" };
const SOURCE = programCommand().length > 1 && "KUBE_BACKUP names Node, which has its own flags";

let folder: string;
/** Accepts connections, and never answers. */
let silent: Server;
let connections = 0;
let options: ProgramOptions;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-debugging-"));
  silent = createServer(() => {
    connections += 1;
  }).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  options = {
    env: { S3TARGET: "s3://backups/blue", ENDPOINT_URI: endpoint, AWS_REGION: "us-east-1", ...KEY },
  };
});

after(async () => {
  silent?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The ports on which a process listens. */
async function listening(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    descriptors.map((each) => readlink(`/proc/${pid}/fd/${each}`).catch(() => "")),
  );
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "utf8")),
  );
  return tables.flatMap((table) =>
    table
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === "0A" && links.includes(`socket:[${inode}]`))
      .map(([, address = ""]) => address),
  );
}

describe("SIGUSR1", { skip: process.platform !== "linux" && "it looks into /proc" }, () => {
  it("opens no port, and a command goes on", { skip: SOURCE }, async () => {
    const before = connections;
    const program = startProgram(["list"], options);
    const pid = program.child.pid ?? 0;
    await until("the request is sent", () => connections > before);
    for (let round = 0; round < 5; round += 1) {
      program.child.kill("SIGUSR1");
      await sleep(50);
      assert.deepEqual(await listening(pid), []);
    }
    assert.equal(program.child.exitCode, null);
    program.child.kill("SIGTERM");
    const { status, stderr } = await program.ended;
    assert.equal(status, 130, stderr);
    assert.doesNotMatch(stderr, /[Dd]ebugger/);
  });

  it("opens none while the program starts", { skip: SOURCE }, async () => {
    for (const delay of [0, 2, 5, 10, 20, 40]) {
      const program = startProgram(["list"], options);
      await sleep(delay);
      for (let round = 0; round < 20 && program.child.exitCode === null; round += 1) {
        if (!program.child.kill("SIGUSR1")) break;
        await sleep(5);
      }
      program.child.kill("SIGKILL");
      const { stdout, stderr } = await program.ended;
      assert.doesNotMatch(stdout + stderr, /[Dd]ebugger|inspector/, `after ${delay} ms`);
    }
  });

  it("is seen by this test where Node is what it is", async () => {
    const child = spawn(process.execPath, [
      "--inspect-port=127.0.0.1:0",
      "-e",
      "console.log('up');setInterval(()=>{},1e3)",
    ]);
    try {
      await once(child.stdout, "data");
      child.kill("SIGUSR1");
      await until("a port is open", async () => (await listening(child.pid ?? 0)).length > 0);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("what Node reads of the environment and of arguments", { skip: SOURCE }, () => {
  it("NODE_OPTIONS neither loads code nor opens a debugger", async () => {
    const ran = path.join(folder, "ran");
    const code = path.join(folder, "code.cjs");
    await writeFile(code, `require("node:fs").writeFileSync(${JSON.stringify(ran)}, "")`);
    for (const given of [
      `--require ${code}`,
      `--import file://${code}`,
      "--inspect=127.0.0.1:0",
      "--inspect-brk=127.0.0.1:0",
      "--report-on-signal --report-signal=SIGUSR2",
      "--no-such-option",
    ]) {
      const { status, stdout, stderr } = await runProgram(["version"], { env: { NODE_OPTIONS: given } });
      assert.deepEqual([status, stderr], [0, ""], given);
      assert.match(stdout, /^kube-backup /);
      await assert.rejects(readFile(ran), { code: "ENOENT" }, given);
    }
  });

  it("Node's arguments are none of the program's", async () => {
    for (const flag of [
      "--inspect",
      "--inspect=127.0.0.1:0",
      "--require=x",
      "--eval=1",
      "--node-options=--inspect",
    ]) {
      const { status, stderr } = await runProgram([flag, "version"], { env: {} });
      assert.equal(status, 2, flag);
      assert.doesNotMatch(stderr, /[Dd]ebugger/);
    }
  });

  it("NODE_DEBUG prints no secret", async () => {
    for (const given of ["http,https,net,tls,fetch,undici", "child_process", "*"]) {
      const { status, stdout, stderr } = await runProgram(["list"], {
        env: { ...options.env, NODE_DEBUG: given },
      });
      assert.equal(status, 2, stderr);
      assert.match(stderr, /NODE_DEBUG is .*: Node would print requests/);
      for (const secret of Object.values(KEY)) assert.ok(!(stdout + stderr).includes(secret), stderr);
    }
  });
});

describe("programs that the program starts", () => {
  /** A program that notes its environment, and answers. */
  async function program(name: string, answer: object): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(
      file,
      `#!/bin/sh\nenv > "${file}.env"\n: > "${file}.done"\necho '${JSON.stringify(answer)}'\n`,
    );
    await chmod(file, 0o755);
    return file;
  }

  async function environmentOf(file: string): Promise<Record<string, string>> {
    const lines = (await readFile(`${file}.env`, "utf8")).split("\n").filter((line) => line.includes("="));
    for (const each of ["env", "done"]) await rm(`${file}.${each}`);
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  async function askPlugin(name: string, env: Record<string, string>): Promise<Record<string, string>> {
    const apiVersion = "client.authentication.k8s.io/v1";
    const file = await program(name, { apiVersion, kind: "ExecCredential", status: { token: "x" } });
    const kubeconfig = path.join(folder, "kubeconfig");
    const exec = {
      apiVersion,
      command: file,
      interactiveMode: "Never",
      env: [{ name: "GIVEN", value: "yes" }],
    };
    await writeFile(
      kubeconfig,
      JSON.stringify({
        "current-context": "blue",
        contexts: [{ name: "blue", context: { cluster: "blue", user: "carol" } }],
        clusters: [{ name: "blue", cluster: { server: "https://127.0.0.1:1" } }],
        users: [{ name: "carol", user: { exec } }],
      }),
    );
    const running = startProgram(["status", "--debug"], { env: { ...env, KUBECONFIG: kubeconfig } });
    await until("the plug-in has run", () => existsSync(`${file}.done`));
    running.child.kill("SIGKILL");
    const { stdout, stderr } = await running.ended;
    for (const secret of Object.values(KEY)) assert.ok(!(stdout + stderr).includes(secret), stderr);
    return await environmentOf(file);
  }

  const OWN = {
    KUBE_BACKUP_AWS_ACCESS_KEY_ID: "ours",
    KUBE_BACKUP_AWS_SECRET_ACCESS_KEY: "hunter3",
    KUBE_BACKUP_X: "x",
  };

  it("an exec plug-in does not inherit the access key for S3", async () => {
    const got = await askPlugin("login", { ...options.env, KUBE_BACKUP_X: "x" });
    assert.equal(got["GIVEN"], "yes");
    assert.equal(got["AWS_REGION"], "us-east-1");
    for (const name of [...Object.keys(KEY), ...Object.keys(OWN)]) assert.equal(got[name], undefined, name);
  });

  it("a plug-in of AWS does; and any, where the program has a key of its own, and nothing of that", async () => {
    assert.equal((await askPlugin("aws", options.env))["AWS_SECRET_ACCESS_KEY"], "hunter2");
    const got = await askPlugin("login", { ...options.env, ...OWN });
    assert.equal(got["AWS_SECRET_ACCESS_KEY"], "hunter2");
    for (const name of Object.keys(OWN)) assert.equal(got[name], undefined, name);
  });

  it("any plug-in inherits the key where the store is a folder", async () => {
    const got = await askPlugin("login", { ...KEY, S3TARGET: `file://${folder}` });
    assert.equal(got["AWS_SECRET_ACCESS_KEY"], "hunter2");
  });

  it("a credential process of the AWS SDK inherits nothing that is this program's alone", async () => {
    const file = await program("process", { Version: 1, AccessKeyId: "a", SecretAccessKey: "b" });
    const config = path.join(folder, "aws-config");
    await writeFile(config, `[default]\nregion = us-east-1\ncredential_process = ${file}\n`);
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _key, ...env } = options.env;
    const running = startProgram(["list"], {
      env: { ...env, AWS_CONFIG_FILE: config, KUBE_BACKUP_X: "x", KUBE_BACKUP_FREQUENCY: "5" },
    });
    const before = connections;
    await until("the request is sent", () => connections > before);
    running.child.kill("SIGKILL");
    await running.ended;
    const got = await environmentOf(file);
    assert.equal(got["AWS_CONFIG_FILE"], config);
    assert.deepEqual(
      Object.keys(got).filter((name) => name.startsWith("KUBE_BACKUP_")),
      [],
    );
  });
});
