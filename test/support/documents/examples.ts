/** The examples of the documents and of the help: command lines, as a reader types them. */

import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { commandNames } from "../../../src/command-line/command.ts";
import { declarationOf } from "../../../src/command-line/declaration.ts";
import { COMMANDS } from "../../../src/commands/all.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** A command line, and where it stands. */
export interface Example {
  /** `docs/commands/list.md`, or `help of list`. */
  page: string;
  /** `docs/commands/list.md:5`. */
  place: string;
  /** For a shell, without its comment. */
  line: string;
}

/** A block of a document that is no prose. */
export interface Block {
  page: string;
  place: string;
  /** The language of a fence; undefined for an indented block. */
  language: string | undefined;
  lines: readonly { number: number; text: string }[];
}

/** The documents for users. */
export function pages(): string[] {
  return globSync(["README.md", "docs/*.md", "docs/commands/*.md"], { cwd: ROOT }).toSorted();
}

interface OpenBlock extends Block {
  lines: { number: number; text: string }[];
}

/** The fenced and indented blocks of a page. */
export function blocksOf(page: string): Block[] {
  const blocks: OpenBlock[] = [];
  let open: OpenBlock | undefined;
  let before = "";
  for (const [index, text] of readFileSync(path.join(ROOT, page), "utf8").split("\n").entries()) {
    const number = index + 1;
    const fence = /^```(.*)$/.exec(text)?.[1];
    const begin = (language: string | undefined) => {
      open = { page, place: `${page}:${number}`, language, lines: [] };
      blocks.push(open);
    };
    const fenced = open?.language !== undefined;
    // What follows a line of prose goes on with it.
    const indented = /^ {4}/.test(text) && (open !== undefined || before === "");
    before = text.trim();
    if (fence !== undefined) {
      if (fenced) open = undefined;
      else begin(fence);
    } else if (fenced) open?.lines.push({ number, text });
    else if (!indented) open = undefined;
    else {
      if (open === undefined) begin(undefined);
      open?.lines.push({ number, text: text.slice(4) });
    }
  }
  return blocks;
}

/** The command lines of a block: those that go on after a backslash are one. */
export function examplesOf({ page, language, lines }: Block): Example[] {
  // A fence without a language shows what is printed, or a file.
  if (language !== undefined && !["sh", "console"].includes(language)) return [];
  const examples: Example[] = [];
  let open: Example | undefined;
  for (const { number, text } of lines) {
    if (language === "console" && open === undefined && !text.startsWith("$ ")) continue;
    const bare = withoutComment(text.replace(/^\$ /, "")).trim();
    if (bare === "") continue;
    const line: string = open === undefined ? bare : `${open.line.slice(0, -1).trimEnd()} ${bare}`;
    const example: Example = { page, place: open?.place ?? `${page}:${number}`, line };
    if (bare.endsWith("\\")) {
      open = example;
      continue;
    }
    examples.push(example);
    open = undefined;
  }
  return examples;
}

/** The examples of the help of each command. */
export function helpExamples(): Example[] {
  return COMMANDS.flatMap((command) => {
    const [name = ""] = commandNames(command);
    return declarationOf(command).examples.map(({ line }) => ({
      page: `help of ${name}`,
      place: `help of ${name}`,
      line,
    }));
  });
}

/** Whether a line calls the program. */
export function callsProgram(line: string): boolean {
  return /(?:^|[|(]\s*|^\w+=\S+ |^\w+='[^']*' )(?:kube-backup|kubectl backup) /.test(`${line} `);
}

/** A comment begins behind white space with `# `; a word that has one is left alone. */
function withoutComment(text: string): string {
  return text.replace(/(?:^|\s)# .*$/, "");
}
