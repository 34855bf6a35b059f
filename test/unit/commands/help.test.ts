/** The help fits a screen, and says of a command what is its own. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandNames } from "../../../src/command-line/command.ts";
import { declarationOf } from "../../../src/command-line/declaration.ts";
import { parseCommandLine } from "../../../src/command-line/parse-arguments.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { ALL_SETTINGS, type SettingDefinition } from "../../../src/settings/names.ts";

function help(line: string, width = 80): string {
  const parsed = parseCommandLine({ args: line.split(" "), commands: COMMANDS, width });
  assert.equal(parsed.kind, "text");
  return parsed.kind === "text" ? parsed.text : "";
}

const SHOWN = COMMANDS.filter(({ hidden }) => hidden !== true);
const NAMES = SHOWN.map((command) => commandNames(command)[0] ?? "");

/** What is typed every day fits a screen of so many lines; what has many flags of its own is longer. */
const SCREEN = 54;
const LONG = ["restore", "run", "backup", "prune"];

describe("the help of each command, at 80 columns", () => {
  for (const name of NAMES) {
    const text = help(`${name} --help`);
    it(`${name} fits the width, and a screen where it is common`, () => {
      const examples = new Set(
        declarationOf(COMMANDS[NAMES.indexOf(name)] ?? assert.fail()).examples.map(({ line }) => `  ${line}`),
      );
      for (const line of text.split("\n"))
        assert.ok(line.length <= 80 || examples.has(line), `${line.length}: ${line}`);
      if (!LONG.includes(name))
        assert.ok(text.split("\n").length <= SCREEN, `${text.split("\n").length} lines`);
    });

    it(`${name} has its own flags, no global one, and no types`, () => {
      const { flags } = declarationOf(COMMANDS[NAMES.indexOf(name)] ?? assert.fail());
      for (const flag of flags) {
        const listed = new RegExp(`^ +(?:-\\w, )?--(?:\\[no-\\])?${flag.name}(?:[ [=]|$)`, "m").test(text);
        assert.equal(listed, !flag.global, flag.name);
      }
      assert.doesNotMatch(text, /\[(?:string|boolean|array|number|default|choices|required)/);
      assert.match(text, /^Usage: kube-backup /);
      assert.match(text, /kube-backup options/);
    });
  }

  it("has examples and flags in this order", () => {
    const text = help("get --help");
    assert.ok(text.indexOf("Examples:") < text.indexOf("Flags:"));
    assert.match(text, /^ {2}-n, --namespace NAMESPACES\n? +Namespaces: shop/m);
    assert.match(text, /^ {6}--\[no-\]headers +Titles/m);
    assert.match(help("list --help"), /^Synonyms: ls, snapshots$/m);
    assert.match(help("verify --help"), /--output table\|json +How to write the result \(table by default\)/);
  });
});

describe("the help of the program", () => {
  const text = help("--help");
  it("has the commands in groups, and fits a screen", () => {
    assert.deepEqual(text.match(/^\w[\w ]+:$/gm), [
      "Every day:",
      "Care of backups:",
      "In a cluster:",
      "Other:",
    ]);
    for (const name of NAMES) assert.match(text, new RegExp(`^ {2}${name} +\\S`, "m"), name);
    for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
    assert.ok(text.split("\n").length <= SCREEN);
  });

  it("has no synonyms, nor what is only printed", () => {
    for (const word of ["ls", "snapshots", "forget", "check", "create", "logs"])
      assert.doesNotMatch(text, new RegExp(`^ {2}${word} `, "m"));
  });

  it("is that of no command that there is, too", () => assert.equal(help("help"), text));
});

describe("options", () => {
  const text = help("options");
  it("has every global flag once, with its variable", () => {
    for (const { flag, global } of declarationOf(COMMANDS[0] ?? assert.fail()).flags.map((each) => ({
      flag: each.name,
      global: each.global,
    }))) {
      const count = text
        .split("\n")
        .filter((line) => new RegExp(`^ +(?:-\\w, )?--${flag}(?: |$)`).test(line)).length;
      assert.equal(count, global ? 1 : 0, flag);
    }
    for (const { flag, variable } of Object.values(ALL_SETTINGS) as SettingDefinition[])
      if (text.includes(`--${flag} `) && variable !== undefined)
        assert.ok(text.includes(`[${variable}]`), variable);
  });

  it("says what the exit statuses mean, and fits the width", () => {
    assert.match(text, /Exit statuses:\n {2}0 {4}done\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}130 /);
    for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
    assert.equal(help("help options"), text);
    assert.equal(help("options --help"), text);
  });
});
