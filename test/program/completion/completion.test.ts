/** Tab completes commands, flags, values, and the names of what is in store and kubeconfig, in real shells. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { COMMANDS } from "../../../src/commands/all.ts";
import { runCli } from "../../../src/commands/cli.ts";
import { formatTagList } from "../../../src/tags/tag-list.ts";
import { programCommand, runProgram } from "../../support/program/program.ts";
import { NAMESPACES, SECRETS, sampleObject, writeSample } from "../../support/samples/sample-archive.ts";
import { runShell, whyNoShell } from "./shells.ts";

const NEWEST = "backup_20260131T120000Z";
const OLDER = "backup_20260130T120000Z";
/** The name of a context that a terminal would obey. */
const HIDDEN = "esc\u001b]0;title\u0007";

let folder: string;
let env: Record<string, string>;
/** The scripts, by shell. */
const scripts: Record<string, string> = {};

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-completion-"));
  const store = path.join(folder, "store");
  await mkdir(store);
  const configMaps = { ...SECRETS, resource: "configmaps", kind: "ConfigMap" };
  const { bytes } = await writeSample([
    sampleObject(NAMESPACES, undefined, "shop"),
    sampleObject(SECRETS, "shop", "login"),
    sampleObject(configMaps, "data", "settings"),
  ]);
  for (const name of [NEWEST, OLDER]) await writeFile(path.join(store, `${name}.zip`), bytes);
  const list = { backup: OLDER, sha256: "0".repeat(64), time: "2026-01-31T00:00:00Z", tags: ["release"] };
  await mkdir(path.join(store, "tags"));
  await writeFile(path.join(store, "tags", `${OLDER}.json`), formatTagList(list, undefined));
  const kubeconfig = path.join(folder, "kubeconfig");
  const contexts = ["blue", "arn:aws:eks:eu-west-1:1:cluster/prod", "two words", "$(touch ran)", HIDDEN];
  const named = contexts.map((name) => ({ name, context: { cluster: `cluster-of-${name}` } }));
  await writeFile(kubeconfig, JSON.stringify({ contexts: named }));
  const program = path.join(folder, "kube-backup");
  const command = programCommand().map((word) => `'${path.resolve(word)}'`);
  await writeFile(program, `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`);
  await chmod(program, 0o755);
  env = {
    PATH: `${folder}:${process.env["PATH"]}`,
    S3TARGET: `file://${store}`,
    KUBECONFIG: kubeconfig,
  };
  for (const shell of ["bash", "zsh", "fish"]) {
    const { status, stdout, stderr } = await runProgram(["completion", shell], { env: {} });
    assert.deepEqual([status, stderr], [0, ""]);
    scripts[shell] = path.join(folder, `completion.${shell}`);
    await writeFile(scripts[shell], stdout);
  }
});

after(() => rm(folder, { recursive: true, force: true }));

/** The candidates for the last word, without descriptions. */
async function ask(words: string[], more: Record<string, string> = {}): Promise<string[]> {
  let [stdout, stderr] = ["", ""];
  const status = await runCli({
    args: ["__complete", ...words],
    environment: { ...env, ...more },
    commands: COMMANDS,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: new AbortController().signal,
    now: () => new Date(),
    monotonic: () => performance.now(),
  });
  assert.deepEqual([status, stderr], [0, ""]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.split("\t")[0] ?? "");
}

describe("the program knows what can stand at the cursor", () => {
  const rows: [words: string[], candidates: string[]][] = [
    [["re"], ["restore", "resume", "report"]],
    [["resume", "--dry"], ["--dry-run"]],
    [["restore", "--paus"], ["--paused"]],
    [["diff", "--transf"], ["--transform"]],
    [["ver"], ["verify", "version"]],
    [
      ["verify", ""],
      ["latest", NEWEST, OLDER],
    ],
    [["--debug", "verify", "backup_20260131"], [NEWEST]],
    [
      ["delete", NEWEST, ""],
      [NEWEST, OLDER],
    ],
    [["--s3target", "file:///nonexistent", "verify", ""], []],
    [["verify", "latest", ""], []],
    [["diff", "latest", "backup_20260130"], [OLDER]],
    [["get", "--backup", "l"], ["latest"]],
    [
      ["tag", ""],
      ["latest", NEWEST, OLDER],
    ],
    [
      ["untag", OLDER, ""],
      ["keep", "release"],
    ],
    [["tag", "latest", "more", "rel"], ["release"]],
    [["list", "--tag", "rel"], ["release"]],
    [["prune", "--keep-tag=other,rel"], ["--keep-tag=other,release"]],
    [["--s3target", "file:///nonexistent", "tag", "latest", ""], ["keep"]],
    [
      ["list", "--output", ""],
      ["table", "wide", "yaml", "json", "name"],
    ],
    [["list", "-o", "j"], ["json"]],
    [["list", "--output=j"], ["--output=json"]],
    [["list", "--outp"], ["--output"]],
    [["list", "-o", "json", "--outp"], []],
    [["list", "--nonsense=j"], []],
    [["restore", "--no-fl"], ["--no-flag"]],
    [["--context", "b"], ["blue"]],
    [["--context", "$"], ["$(touch ran)"]],
    [["--context", "esc"], []],
    [["--context=arn:aws"], ["--context=arn:aws:eks:eu-west-1:1:cluster/prod"]],
    [["--kubeconfig", "/nonexistent", "--context", ""], []],
    [["get", "conf"], ["configmaps"]],
    [
      ["get", "-n", ""],
      ["data", "shop"],
    ],
    [["restore", "latest", "secr"], ["secrets"]],
    [["restore", "--include-kinds", "secrets,conf"], ["secrets,configmaps"]],
    [["restore", "--include-kinds=secrets,conf"], ["--include-kinds=secrets,configmaps"]],
    [["--kubeconfig", ""], [":files"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish", "kubectl"],
    ],
    [["nonsense", ""], []],
    [["__comp"], []],
  ];
  for (const [words, candidates] of rows) {
    it(words.join(" "), async () => assert.deepEqual(await ask(words), candidates));
  }

  it("nothing, and no error, where the store cannot be read", async () => {
    assert.deepEqual(await ask(["verify", ""], { S3TARGET: "" }), []);
    assert.deepEqual(await ask(["verify", ""], { S3TARGET: "nonsense" }), []);
    assert.deepEqual(await ask(["get", ""], { S3TARGET: `file://${folder}` }), []);
  });

  it("nothing, within seconds, where the store does not answer", async () => {
    const server: Server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : "";
    const started = Date.now();
    try {
      const s3 = { S3TARGET: "s3://bucket", ENDPOINT_URI: `http://127.0.0.1:${port}` };
      const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" };
      const asked = await runProgram(["__complete", "verify", ""], { env: { ...s3, ...keys } });
      assert.deepEqual([asked.status, asked.stdout, asked.stderr], [0, "", ""]);
      assert.ok(Date.now() - started < 5000, `${Date.now() - started} ms`);
    } finally {
      server.close();
    }
  });
});

/** What each shell must do with lines that are being typed; the cursor is at their end. */
const LINES: [line: string, completed: string][] = [
  ["kube-backup rest", "kube-backup restore "],
  ["kube-backup verify backup_20260131", `kube-backup verify ${NEWEST} `],
  ["kube-backup list --outp", "kube-backup list --output "],
  ["kube-backup list --output j", "kube-backup list --output json "],
  ["kube-backup list --output=j", "kube-backup list --output=json "],
  ["kube-backup --context=arn:aws:e", "kube-backup --context=arn:aws:eks:eu-west-1:1:cluster/prod "],
  ["kube-backup restore secrets/login secr", "kube-backup restore secrets/login secrets/"],
  ["kube-backup --kubeconfig kubecon", "kube-backup --kubeconfig kubeconfig "],
];

describe("bash", { skip: whyNoShell("bash") }, () => {
  /** What bash puts in place of the last piece: it takes words apart at these characters itself. */
  function press(line: string): string[] {
    const words = line
      .split(" ")
      .flatMap((word) => word.split(/([=:]+)/).filter((part, index) => part !== "" || index === 0));
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = `cd '${folder}'; source '${scripts["bash"]}'
      COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
      _kube_backup; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return runShell(["bash", "--norc", "-c"], script, env)
      .split("\n")
      .filter((each) => each !== "");
  }

  for (const [line, completed] of LINES) {
    it(line, () => {
      const last = (/[^ =:]*$/.exec(line) ?? [""])[0];
      assert.deepEqual(
        press(line).map((each) => line.slice(0, line.length - last.length) + each),
        [completed.trimEnd()],
      );
    });
  }

  it("quotes what is no plain word, and runs nothing of it", () => {
    assert.deepEqual(press("kube-backup --context two"), ["two\\ words"]);
    assert.deepEqual(press("kube-backup --context $"), ["\\$\\(touch\\ ran\\)"]);
    assert.ok(!existsSync(path.join(folder, "ran")));
  });

  it("is asked about kube-backup", () => {
    const script = `source '${scripts["bash"]}'; complete -p kube-backup`;
    assert.match(runShell(["bash", "--norc", "-c"], script, env), /-F _kube_backup kube-backup/);
  });
});

describe("zsh", { skip: whyNoShell("zsh") }, () => {
  const completed: string[] = [];
  const lines = [
    ...LINES,
    ["kube-backup --context two", "kube-backup --context two\\ words "],
    ["kube-backup --context \\$", "kube-backup --context \\$\\(touch\\ ran\\) "],
  ] as const;

  /** One interactive zsh in a terminal: each line is typed, then Tab, then a key that shows the line and empties it. */
  before(() => {
    const quoted = lines.map(([line]) => `'${line}'`).join(" ");
    const script = `
      zmodload zsh/zpty
      zpty shell "zsh -f -i"
      zpty -w shell "cd '${folder}'; autoload -U compinit; compinit -u -D; source '${scripts["zsh"]}'"
      zpty -w shell 'show() { print -r -- "<$BUFFER>"; BUFFER= }; zle -N show; bindkey "^G" show; print READ""Y'
      zpty -r shell output '*READY*'
      for line in ${quoted}; do
        zpty -w -n shell "$line"$'\\t\\x07'
        zpty -r shell output '*<*>*'
        print -r -- "$output"
      done
      zpty -d shell`;
    const output = runShell(["zsh", "-f", "-c"], script, env);
    completed.push(...[...output.matchAll(/<(.*)>/g)].map(([, line]) => line ?? ""));
  });

  for (const [index, [line, wanted]] of lines.entries()) {
    it(line, () => assert.equal(completed[index], wanted));
  }
});

describe("fish", { skip: whyNoShell("fish") }, () => {
  function press(line: string): string[] {
    const script = `cd '${folder}'; source '${scripts["fish"]}'; complete -C '${line}'`;
    const home = { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
    return runShell(["fish", "--no-config", "-c"], script, { ...env, ...home })
      .split("\n")
      .filter((each) => each !== "");
  }

  for (const [line, completed] of LINES) {
    it(line, () => {
      const last = line.slice(line.lastIndexOf(" ") + 1);
      const candidates = press(line).map((each) => each.split("\t")[0] ?? "");
      assert.deepEqual(
        candidates.map((each) => line.slice(0, line.length - last.length) + each),
        [completed.trimEnd()],
      );
    });
  }

  it("shows what candidates are", () => {
    assert.match(press("kube-backup verif").join("\n"), /^verify\tCheck every byte of a backup/);
  });
});

it("an unknown shell is wrong usage", async () => {
  const { status, stdout } = await runProgram(["completion", "tcsh", "--debug"], { env: {} });
  assert.deepEqual([status, stdout], [2, ""]);
});
