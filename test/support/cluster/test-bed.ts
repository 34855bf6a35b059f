import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from "./control-plane.ts";

/** What a suite that runs the program needs. */
interface TestBed {
  readonly cluster: ControlPlane;
  /** An empty folder, for backups and other files. */
  readonly folder: string;
}

/**
 * Gives the tests of a file a control plane and a folder, which are gone after them.
 *
 * @param prepare runs before the tests.
 */
export function withTestBed(
  prepare: (bed: TestBed) => Promise<void> | void,
  options: ControlPlaneOptions = {},
): void {
  let bed: Awaited<ReturnType<typeof startTestBed>> | undefined;
  before(async () => {
    bed = await startTestBed(options);
    await prepare(bed);
  });
  after(() => bed?.stop());
}

async function startTestBed(options: ControlPlaneOptions): Promise<TestBed & { stop(): Promise<void> }> {
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
