/** The files of a release: `make release-test` checks those in dist/release. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import packageJson from "../../../package.json" with { type: "json" };
import { formatOf, macSignature } from "./executables.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../../dist/release");
const NAME = `kube-backup-${packageJson.version}`;

const FORMATS: Record<string, string> = {
  [`${NAME}-linux-x64`]: "ELF x86-64",
  [`${NAME}-linux-arm64`]: "ELF aarch64",
  [`${NAME}-macos-x64`]: "Mach-O x86-64",
  [`${NAME}-macos-arm64`]: "Mach-O arm64",
  [`${NAME}-windows-x64.exe`]: "PE x86-64",
};

/** What Node writes behind this when it holds a program. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1";

const required = process.env["RELEASE"] === "1";
const skip =
  !required && !existsSync(path.join(FOLDER, "SHA256SUMS")) && "there is no release: see make release";

describe("a release", { skip }, () => {
  const read = (name: string) => readFile(path.join(FOLDER, name));

  it("has the executables of all platforms, what is in them, and the checksums of all", async () => {
    const archives = Object.keys(FORMATS).map((name) => `${name.replace(/\.exe$/, "")}.tar.gz`);
    const others = ["NOTICE", `${NAME}.cdx.json`, "cluster-backup.yaml", ...archives];
    const names = [...Object.keys(FORMATS), ...others].sort();
    assert.deepEqual((await readdir(FOLDER)).sort(), ["SHA256SUMS", ...names].sort());
    const expected = await Promise.all(
      names.map(
        async (name) =>
          `${createHash("sha256")
            .update(await read(name))
            .digest("hex")}  ${name}\n`,
      ),
    );
    assert.equal((await read("SHA256SUMS")).toString(), expected.join(""));
  });

  for (const [name, format] of Object.entries(FORMATS)) {
    it(`${name} is ${format}, with the program in it`, async () => {
      const file = await read(name);
      assert.equal(formatOf(file), format);
      assert.ok(file.includes(FUSE), "Node is told that it holds a program");
      assert.ok(file.includes("Backs up what is in a Kubernetes cluster's API to S3"), "and it does");
    });
  }

  for (const name of [`${NAME}-macos-x64`, `${NAME}-macos-arm64`]) {
    it(`${name} carries an ad-hoc signature that fits, and a changed byte shows`, async () => {
      const file = await read(name);
      const { pages, ...signature } = macSignature(file) ?? { pages: 0 };
      assert.deepEqual(signature, { identifier: "kube-backup", adHoc: true, changedPages: 0, whole: true });
      assert.ok(pages > 10_000);
      file.writeUInt8(file.readUInt8(5_000_000) ^ 1, 5_000_000);
      assert.equal(macSignature(file)?.changedPages, 1);
    });
  }

  it("names the archives of krew's manifest by their SHA-256", async () => {
    const manifest = (await read("cluster-backup.yaml")).toString();
    const named = [...manifest.matchAll(/\/([^/\s]+\.tar\.gz)\n +sha256: ([0-9a-f]{64})$/gm)];
    assert.equal(named.length, Object.keys(FORMATS).length);
    for (const [, name = "", sum] of named)
      assert.equal(
        createHash("sha256")
          .update(await read(name))
          .digest("hex"),
        sum,
        name,
      );
  });

  it("runs here, as the version that it is", { skip: process.platform !== "linux" }, async () => {
    const executable = path.join(FOLDER, `${NAME}-linux-${process.arch}`);
    const { stdout } = await promisify(execFile)(executable, ["--version"], { env: {} });
    assert.equal(stdout, `${packageJson.version}\n`);
  });

  it("lists the same packages in the inventory and the notice, Node among them", async () => {
    const { components } = JSON.parse((await read(`${NAME}.cdx.json`)).toString()) as {
      components: { name: string; version: string }[];
    };
    const notice = (await read("NOTICE")).toString();
    const noted = [...notice.matchAll(/^(@?[\w./-]+) (\d+\.\d+\.\d+\S*) \([^)]*\)+$/gm)].map(
      ([, name, version]) => `${name}@${version}`,
    );
    const packages = components.filter(({ name }) => name !== "node");
    assert.deepEqual(
      [...new Set(noted)].sort(),
      packages.map(({ name, version }) => `${name}@${version}`).sort(),
    );
    for (const name of ["yargs", "@aws-sdk/client-s3", "@kubernetes/client-node", "undici", "node"]) {
      assert.ok(
        components.some((component) => component.name === name),
        name,
      );
    }
    assert.ok(!components.some(({ name }) => name === "esbuild"), "what only builds is not in it");
    assert.match(notice, /^Node\.js 24\.\d+\.\d+$/m);
  });
});
