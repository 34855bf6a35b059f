/**
 * docs/walk-through.md, word by word: its commands run in a shell, and what they print must be what
 * stands there. With UPDATE=1 the document is written anew with what they print.
 */

import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { binary } from "../../support/binaries/build.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { programCommand } from "../../support/program/program.ts";
import { waitUntilAtRest } from "../../support/samples/round-trip/load.ts";
import { stepsOf, withOutputs } from "./document.ts";
import { type Shell, startShell } from "./shell.ts";
import { withoutVarying } from "./varying.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const DOCUMENT = path.join(ROOT, "docs", "walk-through.md");
const MANIFEST = path.join(ROOT, "docs", "walk-through.yaml");
const NAMESPACES = ["shop"];

let cluster: ControlPlane;
let shell: Shell;
let folder: string;
/** Where its commands run; the document says `/home/ops`. */
let place: string;

before(async () => {
  cluster = await startControlPlane();
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-walk-"));
  const programs = path.join(folder, "bin");
  place = path.join(folder, "here");
  for (const each of [programs, place]) await mkdir(each);
  await symlink(await binary("kubectl"), path.join(programs, "kubectl"));
  const words = programCommand().map((word) => `'${path.resolve(ROOT, word)}'`);
  await writeFile(path.join(programs, "kube-backup"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, {
    mode: 0o755,
  });
  await copyFile(MANIFEST, path.join(place, path.basename(MANIFEST)));
  shell = startShell({
    cwd: place,
    env: {
      PATH: `${programs}${path.delimiter}${process.env["PATH"] ?? ""}`,
      HOME: folder,
      KUBECONFIG: cluster.kubeconfig,
      LC_ALL: "C.UTF-8",
    },
  });
});

after(async () => {
  await shell?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the walk-through does what it says", async () => {
  const document = await readFile(DOCUMENT, "utf8");
  const steps = stepsOf(document);
  assert.ok(steps.length >= 10, `${steps.length} commands`);
  const outputs: string[] = [];
  for (const { command, output, line } of steps) {
    const printed = (await shell.run(command)).replaceAll(place, "/home/ops");
    outputs.push(printed);
    // Who reads on has given the controllers the time that they need.
    await waitUntilAtRest(cluster, NAMESPACES);
    if (process.env["UPDATE"] === "1") continue;
    assert.equal(
      withoutVarying(printed),
      withoutVarying(output),
      `docs/walk-through.md:${line}: $ ${command}\nUPDATE=1 writes the document anew.`,
    );
  }
  if (process.env["UPDATE"] === "1") await writeFile(DOCUMENT, withOutputs(document, outputs));
});
