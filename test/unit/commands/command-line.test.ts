import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import {
  helpWidth,
  type ParsedCommandLine,
  parseCommandLine,
} from "../../../src/command-line/parse-arguments.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { UsageError } from "../../../src/errors.ts";
import { S3_SETTINGS, SETTINGS, type SettingDefinition } from "../../../src/settings/names.ts";
import { VERSION } from "../../../src/version.ts";

function parse(line: string, width = 100): ParsedCommandLine {
  const args = line.split(" ").filter((arg) => arg !== "");
  return parseCommandLine({ args, commands: COMMANDS, width });
}

function text(line: string, width?: number): string {
  const parsed = parse(line, width);
  assert.equal(parsed.kind, "text");
  return parsed.kind === "text" ? parsed.text : "";
}

function selected(line: string): { name: string; flags: Record<string, unknown> } {
  const parsed = parse(line);
  assert.equal(parsed.kind, "command");
  if (parsed.kind !== "command") throw new Error("unreachable");
  return { name: [parsed.command.command].flat()[0] ?? "", flags: parsed.flags };
}

describe("a wrong command line is a usage error that names the nearest right one", () => {
  const rows: [line: string, ...problems: string[]][] = [
    ["lst", '"lst" is no command: did you mean list?'],
    ["bakcup", '"bakcup" is no command: did you mean backup?'],
    ["frobnicate", '"frobnicate" is no command'],
    ["list --frequnecy 5", "--frequnecy is no flag of this command: did you mean --frequency?"],
    ["--max-restore-ag=5", "--max-restore-ag is no flag of this command: did you mean --max-restore-age?"],
    ["list --outptu json", "--outptu is no flag of this command: did you mean --output?"],
    ["list --frobnicate", "--frobnicate is no flag of this command"],
    ["list -x", "-x is no flag of this command"],
    ["list --access-key-id AKIA", "--access-key-id is no flag of this command"],
    ["list --no-debgu", "--no-debgu is no flag of this command: did you mean --debug?"],
    ["run --output json", "--output is no flag of this command"],
    ["lsit", '"lsit" is no command: did you mean list?'],
    ["get -w", "-w is no flag of this command"],
    ["diff --stat", "--stat is no flag of this command"],
    ["help frobnicate", '"frobnicate" is no command'],
    ["help restroe", '"restroe" is no command: did you mean restore?'],
    ["status extra", '"extra" is one argument too many'],
    ["list --output xml", '--output "xml" is none of "table", "wide", "yaml", "json", "name"'],
    ["list -o", "-o has no value: give one"],
    ["list --s3target", "--s3target has no value: give one"],
    ["list --debug=maybe", '--debug "maybe" is neither true nor false: write one of them'],
  ];
  for (const [line, ...problems] of rows) {
    it(line, () => {
      assert.throws(
        () => parse(line),
        (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.deepEqual([...error.problems].sort(), problems.sort());
          return true;
        },
      );
    });
  }
});

describe("a right command line selects a command and its flags", () => {
  for (const [alias, command] of [
    ["ls", "list [BACKUP]"],
    ["snapshots", "list [BACKUP]"],
    ["forget", "prune"],
    ["check", "verify [BACKUP]"],
    ["create", "backup"],
  ] as const) {
    it(`${alias} is ${command}`, () => assert.equal(selected(alias).name, command));
  }

  it("no command is run", () => {
    assert.equal(selected("").name, "run");
    assert.equal(selected("--frequency 5").name, "run");
    assert.equal(selected("--frequency 5").flags["frequency"], "5");
  });

  it("numbers stay the text that they are, so that settings judge them", () => {
    for (const value of ["1e3", "-5", "007", "0x10"]) {
      assert.equal(selected(`run --frequency ${value}`).flags["frequency"], value);
      assert.equal(selected(`run --frequency=${value}`).flags["frequency"], value);
    }
  });

  it("a flag given twice reaches the settings as two", () => {
    assert.deepEqual(selected("list --s3target file:a --s3target file:b").flags["s3target"], [
      "file:a",
      "file:b",
    ]);
  });

  for (const [line, value] of [
    ["list", undefined],
    ["list --debug", true],
    ["list --no-debug", false],
    ["list --debug=yes", true],
    ["list --debug=1", true],
    ["list --debug=0", false],
    ["list --debug=false", false],
  ] as const) {
    it(`${line}: debug is ${value}`, () => assert.equal(selected(line).flags["debug"], value));
  }
});

describe("flags of one letter, as kubectl has them", () => {
  for (const line of ["-o yaml", "-oyaml", "-o=yaml", "--output yaml", "-oyaml -nshop"]) {
    it(`get cm ${line}`, () => assert.equal(selected(`get cm ${line}`).flags["output"], "yaml"));
  }
  it("their values may follow at once", () => {
    const { flags } = selected("get cm -nshop -lapp=web,tier!=db -A");
    assert.deepEqual(flags["namespace"], ["shop"]);
    assert.equal(flags["selector"], "app=web,tier!=db");
    assert.equal(flags["all-namespaces"], true);
  });
});

describe("help", () => {
  it("shows every setting as flag and variable, and no flag for a secret", () => {
    const help = text("options", 110);
    for (const { flag, variable } of Object.values({ ...SETTINGS, ...S3_SETTINGS }) as SettingDefinition[]) {
      assert.ok(new RegExp(`--${flag}(?: |$)`, "m").test(help), flag);
      if (variable !== undefined) assert.ok(help.includes(`[${variable}]`), variable);
    }
    assert.doesNotMatch(help, /--[a-z-]*(key|secret|token)(?!-file)/);
  });

  it("shows every command, with examples, and the exit statuses", () => {
    for (const { command, hidden } of COMMANDS) {
      if (hidden === true) continue;
      const name = [command].flat()[0]?.split(" ")[0] ?? "";
      assert.match(text("--help"), new RegExp(`^ {2}${name} `, "m"), name);
      const help = text(`${name} --help`);
      assert.match(help, /\nExit status: 0 [\s\S]*\b130\s+interrupted$/);
      if (name !== "version") assert.match(help, /Examples:/, name);
    }
  });

  it("fits the terminal, up to a width that reads well", () => {
    for (const width of [60, 80, 100, 300]) {
      const longest = Math.max(
        // What is to be copied is not broken.
        ...text(width < 80 ? "--help" : "options", width)
          .split("\n")
          .map((line) => line.length),
      );
      assert.ok(longest <= Math.min(width, 110), `${longest} columns of ${width}`);
    }
    assert.equal(helpWidth(undefined), 80);
    assert.equal(helpWidth(132), 132);
  });

  it("is English whatever the locale", () => {
    const before = process.env["LC_ALL"];
    process.env["LC_ALL"] = "de_DE.UTF-8";
    try {
      assert.match(text("options"), /Show help/);
    } finally {
      if (before === undefined) delete process.env["LC_ALL"];
      else process.env["LC_ALL"] = before;
    }
  });

  it("of a command is shown by help COMMAND, too", () => {
    for (const word of ["restore", "ls", "check"]) assert.equal(text(`help ${word}`), text(`${word} --help`));
    assert.equal(text("help"), text("--help"));
  });

  it("is what no command means on a terminal, and flags alone mean nothing", () => {
    const onTerminal = (args: string[], bare: "help" | "no command") =>
      parseCommandLine({ args, commands: COMMANDS, width: 100, bare });
    assert.deepEqual(onTerminal([], "help"), { kind: "text", text: text("--help") });
    assert.throws(() => onTerminal(["--frequency", "5"], "no command"), /COMMAND is missing/);
    assert.equal(onTerminal(["run"], "no command").kind, "command");
  });

  it("--version shows the version alone", () => assert.equal(text("--version"), VERSION));
});
