/** The executable needs nothing around it: no Node, no shell, no home, no user's name, no place to write. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { programCommand } from "../../support/program/program.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { createEmptyRoot, type EmptyRoot, whyNoEmptyRoot } from "./empty-root.ts";

const KUBECONFIG = "/etc/kube-backup/kubeconfig";

/** Why the tests are left out; in continuous integration they may not be. */
function whySkipped(): string | undefined {
  if (programCommand().length > 1) return "KUBE_BACKUP names more than one executable";
  return process.env["CI"] === "true" ? undefined : whyNoEmptyRoot();
}

const skip = whySkipped() ?? false;

describe("in an empty, read-only root, as a user without a name", { skip }, () => {
  let cluster: ControlPlane;
  let s3: S3Server;
  let root: EmptyRoot;
  let env: Record<string, string>;

  before(async () => {
    cluster = await startControlPlane();
    s3 = await startMinio();
    await s3.createBucket("backups");
    root = await createEmptyRoot(programCommand()[0]);
    await root.add(KUBECONFIG, await readFile(cluster.kubeconfig, "utf8"));
    env = programEnvironment({ kubeconfig: KUBECONFIG }, s3, "backups");
  });

  after(async () => {
    await root?.remove();
    await s3?.stop();
    await cluster?.stop();
  });

  it("version and help answer without any environment", async () => {
    const version = await root.run(["version"], {});
    assert.deepEqual([version.status, version.stderr], [0, ""]);
    assert.match(version.stdout, /^kube-backup \d+\.\d+\.\d+ /);
    assert.equal((await root.run(["--help"], {})).status, 0);
  });

  it("a backup goes to S3, and restore brings back what was deleted", async () => {
    await loadApplication(cluster, "shop");
    const backup = await root.run(["backup"], env);
    assert.equal(backup.status, 0, backup.stderr);
    await remove(cluster, "/api/v1/namespaces/shop");
    const restore = await root.run(["restore", "--yes"], env);
    assert.equal(restore.status, 0, restore.stderr);
    assert.equal(await exists(cluster, "/apis/apps/v1/namespaces/shop/deployments/web"), true);
    assert.equal(await exists(cluster, FLAG), true);
  });

  it("the root is read-only indeed: nothing can be stored in it", async () => {
    await root.add("/backups/placeholder", "");
    const { status, stderr } = await root.run(["backup"], { ...env, S3TARGET: "file:///backups" });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /Cannot store backup_\d+T\d+Z in file:\/\/\/backups/);
  });
});
