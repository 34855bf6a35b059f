/** What people read passes the functions that make it safe to read and to copy: the sources hold no way around. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "node:test";
import { importsWithin } from "./imports.ts";
import { type Template, templatesOf } from "./templates.ts";

const SRC = path.resolve(import.meta.dirname, "../../../src");

let sources: Map<string, string>;
before(async () => {
  const { files } = await importsWithin(SRC);
  const read = files.map(async (file) => [file, await readFile(path.join(SRC, file), "utf8")] as const);
  sources = new Map(await Promise.all(read));
});

describe("the streams of the process", () => {
  /** What is written to these is what a function made visible before, or constant. */
  const WRITERS: Readonly<Record<string, string>> = {
    "main.ts": "hands the streams to the command line; one constant line",
    "terminal/pager.ts": "passes on to the pager what the others here have written",
    "terminal/screen.ts": "passes on what the others here have written",
    "terminal/styled.ts": "printLines",
    "terminal/log/log.ts": "readableLine and visibleJson",
    "terminal/confirm.ts": "the question, through readline",
    "command-line/output.ts": "documents",
    "commands/cli.ts": "hands the streams on; one constant line",
  };
  const RAW = /\b(?:process\.std(?:out|err)|console\.|(?:stdout|stderr|[sS]tream)\??\.write\()/;

  it("are written to nowhere else", () => {
    const writing = [...sources].filter(([, text]) => RAW.test(text)).map(([file]) => file);
    assert.deepEqual(writing.sort(), Object.keys(WRITERS).sort());
  });

  it("get styles from one place", () => {
    const styling = [...sources].filter(([, text]) => /styleText|"\\u001b|\\x1b|\\r\\u001b/i.test(text));
    assert.deepEqual(styling.map(([file]) => file).sort(), [
      "terminal/log/readable-line.ts",
      "terminal/screen.ts",
      "terminal/styled.ts",
    ]);
  });
});

/** A command of a shell in a text, up to a value. */
const COMMAND =
  /(?:^|[\s:(])(?:kubectl|kube-backup|mkdir|rm|aws|age|ssh-keygen|unzip|jq|unset|curl)(?: [-\w./=']+)*[ ='/]\0/;

/** The text with a mark in place of each value. Constants of the program are no values. */
function marked({ texts, values }: Template): string {
  return texts.reduce((all, text, index) => {
    const value = values[index - 1] ?? "";
    return `${all}${/^[A-Z][A-Z_]*(?:\.\w+)?$/.test(value) ? "constant" : "\0"}${text}`;
  });
}

describe("a command that is printed to be copied", () => {
  const everyTemplate = () =>
    [...sources].flatMap(([file, text]) => templatesOf(text).map((template) => ({ file, ...template })));

  it("has its values quoted", () => {
    const raw = everyTemplate().filter(
      ({ tag, ...each }) => tag !== "shellCommand" && COMMAND.test(marked({ tag, ...each })),
    );
    assert.deepEqual(
      raw.map(({ file, texts }) => `${file}: ${texts.join("…")}`),
      [],
    );
  });

  it("has its flags before values that are words of their own", () => {
    const commands = everyTemplate().filter(({ tag }) => tag === "shellCommand");
    assert.ok(commands.length >= 8, `${commands.length}`);
    for (const command of commands) assert.doesNotMatch(marked(command), / \0.* -/, command.file);
  });

  it("is found by this test where it is not quoted", () => {
    const finds = (source: string) =>
      templatesOf(source.replaceAll("§", "$")).some((each) => each.tag === "" && COMMAND.test(marked(each)));
    for (const source of [
      "`See kubectl get namespace §{name} -o yaml`",
      "`a: §{shellCommand`kubectl get §{a}`}: kubectl delete ns/§{b}`",
      "`run mkdir -p §{folder}`",
      "`kube-backup get --backup=§{a.b} x`",
      "`§{x ? `or kube-backup restore §{y}` : ''}`",
    ]) {
      assert.ok(finds(source), source);
    }
    for (const source of [
      "`See §{shellCommand`kubectl get §{a}`}`",
      "`kubectl get namespace §{FLAG_NAMESPACE}`",
      "`§{name} as kube-backup list shows it`",
    ]) {
      assert.ok(!finds(source), source);
    }
  });
});
