import process from "node:process";
import type { ControlPlane } from "../../test/support/cluster/control-plane.ts";
import { programEnvironment } from "../../test/support/program/environment.ts";
import { programCommand } from "../../test/support/program/program.ts";
import type { S3Server } from "../../test/support/servers/s3-server.ts";
import { type RunCost, runMeasured } from "../measure/run-measured.ts";
import { imageEnvironment } from "./image-environment.ts";

/** The bucket of kube-backup's backups. */
export const BUCKET = "kube-backup";

/** Takes one backup. */
export async function backUp(
  plane: ControlPlane,
  s3: S3Server,
): Promise<RunCost & { objects: number; archiveBytes: number }> {
  const { output, ...cost } = await run(plane, s3, ["backup", "--output=json"]);
  // An executable of before may say the counts alone, under the name of then.
  const {
    objects,
    counts = {},
    sizeBytes,
  } = JSON.parse(output) as {
    objects?: number;
    counts?: Record<string, number>;
    sizeBytes: number;
  };
  const summed = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { ...cost, objects: objects ?? summed, archiveBytes: sizeBytes };
}

/** Restores the newest backup, or what the words name, including the verification of every byte. */
export async function restore(
  plane: ControlPlane,
  s3: S3Server,
  words: readonly string[] = ["latest"],
): Promise<RunCost> {
  const { output: _, ...cost } = await run(plane, s3, ["restore", ...words, "--yes"]);
  return cost;
}

async function run(plane: ControlPlane, s3: S3Server, args: string[]): Promise<RunCost & { output: string }> {
  const [command, ...before] = programCommand();
  return await runMeasured({
    command,
    args: [...before, ...args],
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      ...imageEnvironment(),
      ...programEnvironment(plane, s3, BUCKET),
    },
  });
}
