/** The executable loads what a command needs and no more, and that compiled ahead. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { before, describe, it } from "node:test";
import { parseCommandLine } from "../../../src/command-line/parse-arguments.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { runProgram } from "../../support/program/program.ts";

const METAFILE = path.resolve(import.meta.dirname, "../../../dist/bundle/metafile.json");

/** What takes long to load. */
const HEAVY = [
  ...["@aws-sdk/client-s3", "@kubernetes/client-node", "undici", "zod", "jszip", "pino", "yaml"],
  // Modules of Node that load many others.
  ...["node:tls", "node:http", "node:https", "node:zlib", "node:worker_threads"],
];

interface Imported {
  path: string;
  kind: string;
  external?: boolean;
}

const SOURCE = process.env["KUBE_BACKUP"] !== undefined && "KUBE_BACKUP names another program";

describe("start-up", { skip: SOURCE }, () => {
  /** The packages in each part of the bundle, and the modules of Node that it imports. */
  const packages = new Map<string, string[]>();

  before(async () => {
    const { outputs } = JSON.parse(await readFile(METAFILE, "utf8")) as {
      outputs: Record<string, { inputs: Record<string, unknown>; imports: Imported[] }>;
    };
    for (const [file, { inputs, imports }] of Object.entries(outputs)) {
      const modules = Object.keys(inputs).map(
        (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1],
      );
      packages.set(
        path.basename(file),
        [
          ...new Set(modules),
          ...imports
            .filter(({ kind, external }) => external === true && kind === "import-statement")
            .map((each) => each.path),
        ].filter((name) => name !== undefined),
      );
    }
  });

  /** What a command line loads, as the executable tells. */
  async function loaded(
    args: string[],
    env: Record<string, string> = {},
  ): Promise<{ compiledAhead: boolean; packages: string[] }> {
    const { stderr } = await runProgram(args, { env: { NODE_DEBUG: "parts", ...env } });
    const parts = [...stderr.matchAll(/^PARTS \d+: (\S+)( compiled ahead)?$/gm)];
    assert.ok(parts.length > 0, stderr);
    return {
      compiledAhead: parts.every(([, , ahead]) => ahead !== undefined),
      packages: parts.flatMap(([, part]) => packages.get(part ?? "") ?? []),
    };
  }

  for (const args of [["--version"], ["--help"], ["restore", "--help"]]) {
    it(`${args.join(" ")} loads nothing heavy, and that compiled ahead`, async () => {
      const { compiledAhead, packages } = await loaded(args);
      assert.deepEqual(
        HEAVY.filter((name) => packages.includes(name)),
        [],
      );
      assert.ok(packages.includes("yargs"), "what is loaded is seen");
      assert.equal(compiledAhead, true);
    });
  }

  it("YAML is loaded for a configuration file, and only where there is one", async () => {
    const home = await mkdtemp(path.join(tmpdir(), "kube-backup-home-"));
    try {
      const args = ["list", "--s3target", "file:///nonexistent"];
      const without = (await loaded(args, { HOME: home })).packages;
      assert.equal(without.includes("yaml"), false);
      await mkdir(path.join(home, ".config", "kube-backup"), { recursive: true });
      await writeFile(path.join(home, ".config", "kube-backup", "config.yaml"), "quiet: true\n");
      const { packages, compiledAhead } = await loaded(args, { HOME: home });
      assert.deepEqual(
        HEAVY.filter((name) => packages.includes(name) && !without.includes(name)),
        ["yaml"],
      );
      assert.equal(compiledAhead, true);
      assert.equal((await loaded(["--help"], { HOME: home })).packages.includes("yaml"), false);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  for (const words of [["re"], ["restore", "--"], ["list", "-o", ""], ["--context", ""]]) {
    it(`completing ${words.join(" ")} loads nothing heavy; the names of backups in a folder no S3`, async () => {
      const { packages } = await loaded(["__complete", ...words]);
      assert.deepEqual(
        HEAVY.filter((name) => packages.includes(name)),
        // Contexts are read from a kubeconfig.
        words[0] === "--context" ? ["yaml"] : [],
      );
      const { packages: ofNames } = await loaded([
        "__complete",
        "--s3target",
        "file:///nonexistent",
        "verify",
        "",
      ]);
      const clients = ["@aws-sdk/client-s3", "@kubernetes/client-node", "undici"];
      assert.deepEqual(
        clients.filter((name) => ofNames.includes(name)),
        [],
      );
    });
  }

  it("a folder as store loads no S3 client, and S3 no Kubernetes client", async () => {
    const folder = await loaded(["list", "--s3target", "file:///nonexistent"]);
    assert.equal(folder.packages.includes("@aws-sdk/client-s3"), false);
    const bucket = await loaded([
      "list",
      "--s3target",
      "s3://bucket",
      "--endpoint-uri",
      "http://127.0.0.1:1",
    ]);
    assert.equal(bucket.packages.includes("@aws-sdk/client-s3"), true);
    assert.equal(bucket.packages.includes("@kubernetes/client-node"), false);
    assert.equal(bucket.compiledAhead, true);
  });

  it("the help of the executable is that of the source, letter by letter", async () => {
    const names = COMMANDS.map(({ command }) => [command].flat()[0]?.split(" ")[0] ?? "");
    for (const args of [["--help"], ...names.map((name) => [name, "--help"])]) {
      const parsed = parseCommandLine({ args, commands: COMMANDS, width: 80 });
      assert.equal(parsed.kind, "text");
      const { stdout } = await runProgram(args, { env: {} });
      assert.equal(stdout, parsed.kind === "text" ? `${parsed.text}\n` : "", args.join(" "));
    }
  });
});
