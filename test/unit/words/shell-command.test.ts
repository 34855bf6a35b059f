/** Commands in advice: a real shell reads what people copy. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { readmeText } from "../../../src/archive/format/readme.ts";
import { releaseCommand } from "../../../src/objects/released-volume.ts";
import { printable } from "../../../src/terminal/styled.ts";
import { shellCommand, shellWord } from "../../../src/words/shell-command.ts";

const folder = mkdtempSync(path.join(tmpdir(), "kube-backup-words-"));
after(() => rmSync(folder, { recursive: true }));

const HOSTILE = [
  "web",
  "",
  "$(touch ran)",
  "`touch ran`",
  "a; touch ran",
  "a && touch ran #",
  "a\ntouch ran\n",
  "a\ttouch ran",
  "a' ; touch ran ; '",
  'a" ; touch ran ; "',
  "a\\' ; touch ran ; '",
  "a\n'; touch ran; '",
  "a\n\\",
  "*",
  "~",
  "~root",
  "{a,b}",
  "=ls",
  "a=b",
  "!!",
  "#a",
  "-n",
  "--all",
  "a|b>c<d&e",
  "\u001b[31mred\u0007",
  "\u202egnp.exe1",
  "größe 日本語 😀",
  "\u200b123",
];

/** The arguments that a shell passes on, for a command line as the terminal shows it. */
function argumentsOf(shell: readonly string[], line: string): string[] {
  const [program = "", ...flags] = shell;
  const script = `show() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${printable(line)}`;
  const said = execFileSync(program, [...flags, script], { cwd: folder, encoding: "utf8" });
  return said.split("\0").slice(0, -1);
}

function ranNothing(): void {
  assert.deepEqual(readdirSync(folder), []);
}

describe("a command that people copy", () => {
  // sh knows no $'…' in all systems, which is for what cannot be seen.
  for (const [shell, texts] of [
    [["bash", "-c"], HOSTILE],
    [["bash", "--posix", "-c"], HOSTILE],
    [["sh", "-c"], HOSTILE.filter((text) => !shellWord(text).startsWith("$"))],
    ...(existsSync("/usr/bin/zsh") ? ([[["zsh", "-fc"], HOSTILE]] as const) : []),
  ] as [string[], string[]][]) {
    it(`gives ${shell.join(" ")} each word whole, and runs nothing`, () => {
      for (const text of texts) {
        const ended = text.startsWith("-") ? ["--", text] : [text];
        assert.deepEqual(argumentsOf(shell, shellCommand`show a ${text}`), ["a", ...ended], text);
        assert.deepEqual(argumentsOf(shell, shellCommand`show a --b=${text} ns/${text} c`), [
          "a",
          `--b=${text}`,
          `ns/${text}`,
          "c",
        ]);
      }
      ranNothing();
    });
  }

  it("is as it would be written where nothing needs a quote", () => {
    assert.equal(
      shellCommand`kubectl get --namespace=${"shop"} pv/${"pvc-1.a_b"} -o yaml`,
      "kubectl get --namespace=shop pv/pvc-1.a_b -o yaml",
    );
    assert.equal(shellCommand`mkdir -p ${"/var/backups/kube"}`, "mkdir -p /var/backups/kube");
  });

  it("ends the flags once", () => {
    assert.equal(shellCommand`rm ${"-a"} ${"-b"} ${"c"}`, "rm -- -a -b c");
  });

  it("names nothing else where a name holds what no argument can", () => {
    assert.deepEqual(argumentsOf(["bash", "-c"], shellCommand`show ${"shop\0x"}`), ["shop\ufffdx"]);
  });
});

describe("the advice of the program", () => {
  const name = "a'; touch ran; $(touch ran)\n'";

  it("on a volume", () => {
    const line = releaseCommand(name).replace(/^kubectl/, "show");
    assert.deepEqual(argumentsOf(["bash", "-c"], line), [
      ...["patch", `pv/${name}`, "--type", "json", "-p"],
      '[{"op":"remove","path":"/spec/claimRef/uid"}]',
    ]);
    ranNothing();
  });

  it("in an archive's README", () => {
    const readme = readmeText(
      [{ group: name, resource: "widgets", kind: `W\ntouch ran`, namespaced: true }],
      {
        isZip64: false,
      },
    );
    const line = readme.split("\n").find((each) => each.includes("kubectl apply")) ?? "";
    assert.deepEqual(argumentsOf(["bash", "-c"], line.trim().replace(/^kubectl/, "show")), [
      ...["apply", "--server-side", "-f"],
      `namespaces/NAMESPACE/widgets.${name}.json`,
    ]);
    ranNothing();
  });
});
