/** `kube-backup verify --kubernetes` names what a Kubernetes does not serve; no cluster is needed. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { runProgram } from "../../support/program/program.ts";
import {
  NAMESPACES,
  sampleObject,
  TIME,
  WIDGETS,
  writeSample,
} from "../../support/samples/sample-archive.ts";

const NAME = backupName(TIME);
const BUDGETS = {
  group: "policy",
  version: "v1beta1",
  resource: "poddisruptionbudgets",
  kind: "PodDisruptionBudget",
  namespaced: true,
};
const POLICIES = {
  group: "policy",
  version: "v1beta1",
  resource: "podsecuritypolicies",
  kind: "PodSecurityPolicy",
  namespaced: false,
};

let folder: string;
let env: Record<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-verify-"));
  env = { S3TARGET: `file://${folder}` };
  const { bytes } = await writeSample([
    sampleObject(NAMESPACES, undefined, "shop"),
    sampleObject(POLICIES, undefined, "restricted"),
    sampleObject(BUDGETS, "shop", "cart"),
    sampleObject(BUDGETS, "shop", "web"),
    sampleObject(WIDGETS, "shop", "wheel"),
  ]);
  await writeFile(path.join(folder, `${NAME}.zip`), bytes);
});

after(() => rm(folder, { recursive: true, force: true }));

test("what is not served any more is named, and what is there in another version", async () => {
  const { status, stdout, stderr } = await runProgram(["verify", "--kubernetes", "1.37"], { env });
  assert.equal(status, 3, stderr);
  assert.deepEqual(stdout.split("\n").slice(1), [
    "Kubernetes 1.37 does not serve 3 of 5 objects as the backup has them:",
    "  KIND                                 OBJECTS   NOT SERVED     SERVED AS",
    "  policy/v1beta1 PodSecurityPolicy           1   from 1.25 on   -",
    "  policy/v1beta1 PodDisruptionBudget         2   from 1.25 on   policy/v1",
    "1 object cannot be restored there in any version",
    "2 objects need another version there, and a restore does not convert built-in kinds: take a backup in a Kubernetes that serves both versions, or convert what kube-backup export writes",
    "",
  ]);
  assert.match(stderr, new RegExp(`Cannot restore all of ${NAME} into Kubernetes 1.37`));
});

test("the version of a server is taken as it writes it, and a version that serves everything is a success", async () => {
  const { status, stdout } = await runProgram(["verify", NAME, "--kubernetes", "v1.24.17+k3s1"], { env });
  assert.equal(status, 0);
  assert.match(stdout, /\nKubernetes 1\.24 serves all its built-in kinds as the backup has them\n$/);
});

test("the same for scripts", async () => {
  const { status, stdout } = await runProgram(["verify", "--all", "--kubernetes", "1.25", "-o", "json"], {
    env,
  });
  assert.equal(status, 3);
  assert.deepEqual(JSON.parse(stdout).backups[0].kubernetes, {
    version: "1.25",
    unserved: [
      {
        resource: "podsecuritypolicies.policy",
        apiVersion: "policy/v1beta1",
        kind: "PodSecurityPolicy",
        objects: 1,
        addedIn: null,
        removedIn: "1.25",
        servedAs: [],
      },
      {
        resource: "poddisruptionbudgets.policy",
        apiVersion: "policy/v1beta1",
        kind: "PodDisruptionBudget",
        objects: 2,
        addedIn: null,
        removedIn: "1.25",
        servedAs: [{ apiVersion: "policy/v1", addedIn: "1.21" }],
      },
    ],
  });
});

test("a version that is not known is wrong usage, and says which are", async () => {
  for (const version of ["1.99", "newest"]) {
    const { status, stderr } = await runProgram(["verify", "--kubernetes", version], { env });
    assert.equal(status, 2);
    assert.match(
      stderr,
      new RegExp(`--kubernetes is \\\\"${version}\\\\": give a version from 1\\.22 to 1\\.\\d+,`),
    );
  }
  const both = await runProgram(["verify", "--kubernetes", "1.37", "--rehearse"], { env });
  assert.equal(both.status, 2);
  assert.match(both.stderr, /--rehearse asks the cluster that is there, and --kubernetes another version/);
});
