import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from "./control-plane.ts";

/** What a suite that runs the program needs around it; to be stopped. */
export interface TestBed {
  readonly cluster: ControlPlane;
  /** An empty folder, for backups and whatever else. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Starts a control plane, and makes a folder beside it. */
export async function startTestBed(options: ControlPlaneOptions = {}): Promise<TestBed> {
  const cluster = await startControlPlane(options);
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-test-"));
  return {
    cluster,
    folder,
    stop: async () => {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
