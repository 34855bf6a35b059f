import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import {
  describeHolder,
  holderIsGone,
  identityOf,
  type ProcessFacts,
  readProcessFacts,
} from "../../../src/lease/identity.ts";

const POD: ProcessFacts = { host: "kube-backup-5d6f", pid: 1, inPod: true, scope: undefined };
const LAPTOP: ProcessFacts = { host: "laptop", pid: 4242, inPod: false, scope: "boot 1" };

const NOBODY = () => false;
const EVERYBODY = () => true;

const CASES: [name: string, holder: ProcessFacts, own: ProcessFacts, alive: boolean, gone: boolean][] = [
  ["another process of this machine, which runs", { ...LAPTOP, pid: 1 }, LAPTOP, true, false],
  ["another process of this machine, which has ended", { ...LAPTOP, pid: 1 }, LAPTOP, false, true],
  ["a process of the boot before", { ...LAPTOP, scope: "boot 0" }, LAPTOP, false, false],
  ["a process of another machine", { ...LAPTOP, host: "desktop" }, LAPTOP, false, false],
  ["a process of a machine with the pod's name", { ...LAPTOP, host: POD.host }, POD, false, false],
  ["another process of this pod, which has ended", { ...POD, pid: 37 }, POD, false, true],
  ["another process of this pod, which runs", { ...POD, pid: 37 }, POD, true, false],
  ["the main process of another pod", { ...POD, host: "kube-backup-77aa" }, POD, false, false],
];

for (const [name, holder, own, alive, gone] of CASES) {
  test(`the holder is ${name}`, () => {
    assert.equal(holderIsGone(identityOf(holder), own, alive ? EVERYBODY : NOBODY), gone);
  });
}

test("a container that starts again in its pod is the same holder, and two processes of a machine are not", () => {
  assert.equal(identityOf({ ...POD }), identityOf(POD));
  assert.notEqual(identityOf({ ...LAPTOP, pid: 2 }), identityOf(LAPTOP));
  assert.notEqual(identityOf({ ...POD, pid: 37 }), identityOf(POD));
});

test("a holder that this program has not written is never gone", () => {
  for (const holder of ["", "somebody", "a_b_c", "laptop_x_0123456789ab", "laptop_1_0123"])
    assert.equal(holderIsGone(holder, LAPTOP, NOBODY), false, holder);
});

test("holders in sentences", () => {
  assert.equal(describeHolder(identityOf(POD)), "pod kube-backup-5d6f");
  assert.equal(describeHolder(identityOf({ ...POD, pid: 37 })), "process 37 in pod kube-backup-5d6f");
  assert.equal(describeHolder(identityOf(LAPTOP)), "process 4242 on laptop");
  assert.equal(describeHolder("\u001b[31mred"), String.raw`"\u001b[31mred"`);
});

test("the system knows which process has ended", async () => {
  const own = await readProcessFacts({});
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const { pid = 0 } = child;
  const holder = identityOf({ ...own, pid });
  assert.equal(holderIsGone(holder, own), false);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(holderIsGone(holder, own), true);
});

test("in a pod the pod's name counts, and on the node's network the one that POD_NAME says", async () => {
  const pod = await readProcessFacts({ KUBERNETES_SERVICE_HOST: "10.0.0.1", POD_NAME: "mine" });
  assert.deepEqual([pod.host, pod.inPod, pod.scope], ["mine", true, undefined]);
});
