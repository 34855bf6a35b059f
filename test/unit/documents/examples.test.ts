/** Each example names commands and flags that there are, and each block is known for what it is. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandNames } from "../../../src/command-line/command.ts";
import { parseCommandLine } from "../../../src/command-line/parse-arguments.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { blocksOf, callsProgram, examplesOf, helpExamples, pages } from "../../support/documents/examples.ts";

/** Other programs whose lines stand in the documents: their blocks are run elsewhere, or need what no test has. */
const OTHERS: Readonly<Record<string, string>> = {
  kubectl: "changes a cluster around the program; manifests and install.md have tests of their own",
  make: "the tests are run by it",
  "node_modules/.bin/node": "the source, as the tests run it with KUBE_BACKUP",
  npx: "Deno runs the unit tests in continuous integration",
  aws: "needs Amazon's client",
  age: "encryption.test.ts runs it",
  cat: "joins keys that were made before",
  sed: "signed.test.ts runs it",
  jq: "tags.test.ts runs it",
  sha256sum: "release.test.ts runs it",
  "ssh-keygen": "release.test.ts runs it",
  cosign: "needs a published release",
  gh: "needs a published release",
  cd: "needs nodejs.org",
  source: "completion.test.ts loads these scripts",
};

/** What an indented block or a fence without language begins with where it shows what is printed, or a file. */
const PRINTED =
  /^(?:[A-Z{"~—-]|\+\+\+|backup_\d|\d|kept\b|…|kube-backup-note|schemaVersion|format|name|error:|S3TARGET|\S+ namespaces=|[a-z-]+: )/;

const programOf = (line: string) =>
  (/^(?:[A-Z_]+=(?:'[^']*'|\S+) )*(\S+)/.exec(line)?.[1] ?? "").replace(/^\$ /, "");

describe("every block", () => {
  for (const page of pages()) {
    // Tests of their own run these, step by step.
    if (["docs/install.md", "docs/walk-through.md", "docs/accident.md"].includes(page)) continue;
    test(`of ${page} is an example, or what is printed`, () => {
      for (const block of blocksOf(page)) {
        const [first] = examplesOf(block);
        if (first === undefined) continue;
        const known = callsProgram(first.line) || programOf(first.line) in OTHERS || PRINTED.test(first.line);
        assert.ok(
          known,
          `${block.place}: ${first.line}\nSay in this test what runs it, or why nothing does.`,
        );
      }
    });
  }
});

/** The arguments of the program in a line, as a shell without variables splits them. */
function argumentsOf(line: string): string[] {
  const called = line
    .replaceAll(/\$\([^)]*\)/g, "X")
    .replace(/^.*?\b(?:kube-backup|kubectl backup) /, "")
    .replace(/\s*(?:[|>)]|&&).*$/s, "");
  return [...called.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
}

describe("every example", () => {
  const ofPages = pages().flatMap((page) => blocksOf(page).flatMap(examplesOf));
  const examples = [...ofPages, ...helpExamples()].filter(({ line }) => callsProgram(line));
  for (const { place, line } of examples) {
    test(`${place}: ${line} is a command line`, () => {
      const args = argumentsOf(line);
      const own = COMMANDS.filter((command) => commandNames(command).includes(args[0] ?? ""));
      // yargs measures the help of every command that it knows.
      const commands = own.length > 0 ? own : COMMANDS;
      const parsed = parseCommandLine({ args, commands, width: 80, bare: "run" });
      assert.ok(parsed.kind === "command" || /--help|options|--version/.test(line), line);
    });
  }
  test("there are many", () => assert.ok(examples.length > 150, String(examples.length)));
});
