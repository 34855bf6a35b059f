/** What the commands do with a forged archive, in this process. */

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openNewestBackup } from "../../../src/catalog/open-backup.ts";
import { openConfiguredStore } from "../../../src/command-line/open-configured-store.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { runCli } from "../../../src/commands/cli.ts";
import { OperatorError } from "../../../src/errors.ts";
import { readSettings } from "../../../src/settings/settings.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import type { Fuzzed } from "./fuzzed.ts";
import { FORGED, GOOD, storeForged } from "./in-store.ts";
import { whyInvalid } from "./oracle.ts";
import type { Random } from "./random.ts";

const NEVER = new AbortController().signal;

const OUTPUTS = [
  "table",
  "wide",
  "yaml",
  "json",
  "name",
  "jsonpath={.items[*].metadata.name}",
  "custom-columns=N:.metadata.name,D:.data",
];
/** How a command ended. */
interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs one command line as the executable does. */
async function run(args: readonly string[], environment: Record<string, string>): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  const status = await runCli({
    args,
    environment,
    commands: COMMANDS,
    stdout: {
      write: (text: string) => {
        stdout += text;
        return true;
      },
    },
    stderr: {
      write: (text: string) => {
        stderr += text;
        return true;
      },
    },
    signal: NEVER,
    now: () => new Date("2026-01-02T04:00:00Z"),
    monotonic: () => performance.now(),
  });
  return { status, stdout, stderr };
}

/** What is wrong with how the commands took an archive. */
export async function faultsOf(
  archive: Fuzzed,
  { random, kubeconfig }: { random: Random; kubeconfig?: string | undefined },
): Promise<string[]> {
  const root = await mkdtemp(path.join(tmpdir(), "kube-backup-fuzz-"));
  const faults: string[] = [];
  try {
    const store = path.join(root, "store");
    const { storing, environment: keys } = await storeForged(store, archive, random);
    const forgery = storing === "tampered" ? undefined : archive.forgery;
    const environment = {
      ...keys,
      S3TARGET: `file:${store}`,
      HOME: root,
      TZ: "UTC",
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    };
    const command = async (...args: string[]) => {
      const ended = await run(args, environment);
      if (
        /defect of kube-backup|^\s+at .*:\d+:\d+/m.test(
          ended.stderr + (ended.status === 0 ? "" : ended.stdout),
        )
      ) {
        faults.push(`${args.join(" ")} ended with a defect: ${ended.stderr.slice(0, 2000)}`);
      }
      return ended;
    };
    const verified = await command("verify", FORGED);
    const invalid = forgery === undefined ? undefined : whyInvalid(forgery);
    if (verified.status === 0 && invalid !== undefined)
      faults.push(`verify calls valid what is not: ${invalid}`);
    const listed = await command("list", "--long", "-o", random.pick(["json", "table"]));
    if (listed.status !== 0) faults.push(`list ended with ${listed.status}`);
    const get = await command(
      "get",
      "all,cm,secrets,ns,clusterroles,widgets",
      "-A",
      "--backup",
      FORGED,
      "-o",
      random.pick(OUTPUTS),
    );
    const diff = await command(
      "diff",
      ...(random.below(2) === 0 ? [GOOD, FORGED] : [FORGED, GOOD]),
      "-o",
      random.pick(["text", "json", "html"]),
    );
    const exported = await command("export", FORGED, path.join(root, "out", "folder"), "--include-secrets");
    if (verified.status !== 0 && exported.status === 0) faults.push("export takes what verify does not");
    if (get.status === 0 && isInWhatGetReads(invalid)) faults.push(`get takes what is not valid: ${invalid}`);
    faults.push(...(await writtenElsewhere(root)));
    if (/c2VjcmV0/.test(diff.stdout + verified.stderr + get.stderr + diff.stderr + exported.stderr))
      faults.push("the value of a Secret is told");
    // A note that was tampered with says nothing of bytes that are valid: then neither is wrong.
    const gates = verified.status === 0 ? [FORGED, ...(storing === "tampered" ? [GOOD] : [])] : [GOOD];
    faults.push(...(await gateFaults(environment, gates)));
    if (kubeconfig !== undefined) {
      const dryRun = random.pick(["client", "server"]);
      const planned = await command(
        "restore",
        FORGED,
        "--yes",
        `--dry-run=${dryRun}`,
        "-o",
        "json",
        "--existing",
        random.pick(["skip", "update"]),
      );
      if (planned.status === 0 && verified.status !== 0) faults.push("restore takes what verify does not");
    }
  } finally {
    await rm(root, { recursive: true });
  }
  return faults;
}

/** Whether an archive is invalid by an object of those kinds that are got. */
function isInWhatGetReads(invalid: string | undefined): boolean {
  if (invalid === undefined || /manifest|widgets|owners|managers|status/.test(invalid)) return false;
  return / kind| namespace| name|same again/.test(invalid);
}

/** What is in the folder that holds store and export, besides the two. */
async function writtenElsewhere(root: string): Promise<string[]> {
  const entries = (await readdir(root)).filter((name) => !["store", "out"].includes(name));
  const out = await readdir(path.join(root, "out")).catch(() => []);
  const beside = [...entries, ...out.filter((name) => name !== "folder")];
  return beside.length === 0 ? [] : [`written outside of the folder: ${beside.join(", ")}`];
}

/** The gate opens the newest backup that is valid, and believed where somebody is to sign. */
async function gateFaults(
  environment: Record<string, string>,
  expected: readonly string[],
): Promise<string[]> {
  const log = await createLog({
    stream: { write: () => true },
    readable: false,
    colors: false,
    debug: false,
    now: () => new Date(0),
  });
  const settings = readSettings({ environment, flags: {}, needs: ["s3target"] });
  const store = await openConfiguredStore({ settings, log, now: () => new Date("2026-01-02T04:00:00Z") });
  try {
    const { name, close } = await openNewestBackup({ store, log }, NEVER);
    await close();
    return expected.includes(name) ? [] : [`the gate opens ${name}`];
  } catch (error) {
    // A backup of a later format is none to be passed over.
    return error instanceof OperatorError ? [] : [`the gate ends with ${String(error)}`];
  } finally {
    await store.close();
  }
}
