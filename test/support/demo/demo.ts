/**
 * `make demo`: a web shop in a throwaway cluster is backed up to a folder, destroyed and brought
 * back. Needs no cluster, no S3 and no network, and leaves nothing behind.
 *
 * Exit status 1 when something did not come back as it was.
 */

import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { styleText } from "node:util";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { programCommand } from "../program/program.ts";
import { waitUntilAtRest } from "../samples/round-trip/load.ts";
import { fate, NAMESPACES, type ShopObject, shopObjects } from "./shop.ts";

const STEPS = 5;

async function demo(cluster: ControlPlane): Promise<boolean> {
  // In the cluster's own folder, which goes away with it.
  const store = path.join(cluster.folder, "backups");
  await mkdir(store);
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${store}` };

  heading(2, "A web shop opens");
  await kubectl(cluster, ["apply", "-f", path.join(import.meta.dirname, "shop.yaml")]);
  await waitUntilAtRest(cluster, NAMESPACES);
  const before = await shopObjects(cluster);
  table(before.map((object) => [...columns(object), object.about]));

  heading(3, "It is backed up");
  await program(["backup"], env);
  await program(["list"], env);

  heading(4, "Disaster: somebody deletes its namespaces");
  await kubectl(cluster, ["delete", "namespace", ...NAMESPACES]);
  const left = await shopObjects(cluster);
  say(`  Left of ${before.length} objects: ${left.length}`);

  heading(5, "It is restored");
  const started = Date.now();
  await program(["restore", "latest", "--yes"], env);
  const restored = Date.now();
  await waitUntilAtRest(cluster, NAMESPACES);
  const now = await shopObjects(cluster);
  const fates = before.map((object) => fate(object, now));
  table(before.map((object, index) => [...columns(object), mark(fates[index] ?? "missing")]));

  const back = fates.filter((one) => one === "as it was").length;
  const time = `The restore took ${((restored - started) / 1000).toFixed(1)} s.`;
  const whole = back === before.length && left.length === 0;
  say("");
  if (whole) say(good(`All ${back} objects are back, each as it was. `) + time);
  else if (left.length > 0)
    say(bad(`${left.length} objects survived the disaster: nothing is shown by this.`));
  else say(bad(`Only ${back} of ${before.length} objects are back as they were. `) + time);
  return whole;
}

function columns({ namespace, kind, name }: ShopObject): string[] {
  return [namespace, kind, name];
}

function mark(one: ReturnType<typeof fate>): string {
  return one === "as it was" ? good(`✔ ${one}`) : bad(`✘ ${one}`);
}

function heading(step: number, text: string): void {
  say(`\n${styleText("bold", `${step}/${STEPS}  ${text}`)}`);
}

function table(rows: readonly string[][]): void {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  say("");
  for (const row of rows) {
    say(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}`,
    );
  }
}

function good(text: string): string {
  return styleText("green", text);
}

function bad(text: string): string {
  return styleText("red", text);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function kubectl(cluster: ControlPlane, args: readonly string[]): Promise<void> {
  // People see the short form of a path.
  const shown = args.map((arg) => (path.isAbsolute(arg) ? path.relative(process.cwd(), arg) : arg));
  say(styleText("dim", `$ kubectl ${shown.join(" ")}`));
  await cluster.kubectl(args);
}

/** Runs kube-backup on this terminal. */
async function program(args: readonly string[], env: Record<string, string>): Promise<void> {
  say(styleText("dim", `$ kube-backup ${args.join(" ")}`));
  const [command, ...first] = programCommand();
  const child = spawn(command, [...first, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    // No setting of the person's own gets in: S3TARGET is not all that there is.
    env: { ...inherited(), ...env },
  });
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Error(`kube-backup ${args.join(" ")} ended with status ${status}`);
}

function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TERM", "NO_COLOR"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

heading(1, "A throwaway cluster starts");
const begun = Date.now();
const cluster = await startControlPlane();
try {
  const { gitVersion } = await cluster.request("GET", "/version");
  say(
    `  Kubernetes ${gitVersion}, etcd and controllers, after ${((Date.now() - begun) / 1000).toFixed(1)} s`,
  );
  process.exitCode = (await demo(cluster)) ? 0 : 1;
} catch (error) {
  say(bad(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
} finally {
  await cluster.stop();
}
