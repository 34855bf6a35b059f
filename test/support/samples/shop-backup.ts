/** A backup of two namespaces whose kinds have the names that kubectl knows, and the command line over it, without a cluster. */

import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { ManifestFacts } from "../../../src/archive/format/manifest.ts";
import { COMMANDS } from "../../../src/commands/all.ts";
import { runCli } from "../../../src/commands/cli.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { rfc3339 } from "../../../src/time/rfc3339.ts";
import { factsOf, NAMESPACES, SECRETS, sampleObject, writeSample } from "./sample-archive.ts";

const DEPLOYMENTS = {
  ...{ group: "apps", version: "v1", resource: "deployments", kind: "Deployment", namespaced: true },
};
const NAMES: Readonly<Record<string, { singular: string; shortNames: string[] }>> = {
  namespaces: { singular: "namespace", shortNames: ["ns"] },
  secrets: { singular: "secret", shortNames: [] },
  deployments: { singular: "deployment", shortNames: ["deploy"] },
};

function deployment(namespace: string, name: string, labels: Record<string, string>, replicas: number) {
  const metadata = { name, namespace, labels };
  const object = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas } };
  return { ...sampleObject(DEPLOYMENTS, namespace, name), text: JSON.stringify(object) };
}

/** Puts the backup into a folder and gives its name. `replicas` is that of shop/web, `facts` change the manifest. */
export async function putShopBackup(
  folder: string,
  time: Date,
  { replicas = 3, facts = {} }: { replicas?: number; facts?: Partial<ManifestFacts> } = {},
): Promise<string> {
  const objects = [
    sampleObject(NAMESPACES, undefined, "data"),
    sampleObject(NAMESPACES, undefined, "shop"),
    sampleObject(SECRETS, "shop", "login"),
    deployment("data", "db", { app: "db", tier: "back" }, 1),
    deployment("data", "web", { app: "web", tier: "back" }, 1),
    deployment("shop", "api", { app: "api" }, 2),
    deployment("shop", "web", { app: "web", tier: "front" }, replicas),
  ];
  const resources = factsOf(objects).resources.map((each) => ({ ...each, ...NAMES[each.resource] }));
  const { bytes } = await writeSample(objects, {
    time,
    facts: { time: rfc3339(time), resources, ...facts },
  });
  const name = backupName(time);
  await writeFile(path.join(folder, `${name}.zip`), bytes);
  return name;
}

/** How a command line ended. */
export interface CliResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line in this process: no kubeconfig, and messages as text. `columns`: on a terminal. */
export async function runHere(
  args: readonly string[],
  environment: Record<string, string> = {},
  { columns, now = () => new Date() }: { columns?: number; now?: () => Date } = {},
): Promise<CliResult> {
  let [stdout, stderr] = ["", ""];
  const status = await runCli({
    args,
    environment: { KUBECONFIG: "/nonexistent", LOG_FORMAT: "text", ...environment },
    commands: COMMANDS,
    stdout: {
      write: (text) => {
        stdout += text;
      },
      ...(columns === undefined ? {} : { isTTY: true, columns }),
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
    signal: new AbortController().signal,
    now,
    monotonic: () => performance.now(),
  });
  return { status, stdout, stderr };
}
