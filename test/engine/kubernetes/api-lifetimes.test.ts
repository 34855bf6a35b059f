/**
 * The table of the API's versions says what the modules of the API say, what Kubernetes records of its own API servers, and
 * what real API servers serve: the oldest, and that of the tests, or of KUBERNETES_VERSION.
 */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { lifetimesSource } from "../../../build/api-lifetimes.ts";
import { API_LIFETIMES } from "../../../src/kubernetes/api-lifetimes.ts";
import { knownMinor } from "../../../src/kubernetes/kubernetes-version.ts";
import { parseApiVersion } from "../../../src/kubernetes/resource.ts";
import { isJudged, kindServed } from "../../../src/kubernetes/served-kinds.ts";
import { moduleOf } from "../../support/binaries/modules.ts";
import { startControlPlane } from "../../support/cluster/control-plane.ts";
import { runCommand } from "../../support/processes/run-command.ts";

/** An APIResourceList, as discovery has it. */
interface ResourceList {
  kind: string;
  groupVersion: string;
  resources: { name: string; kind: string; verbs: string[] }[];
}

/** Kinds that can be listed, in their versions: `policy/v1 PodDisruptionBudget`. */
function kindsOf(lists: Iterable<ResourceList>): string[] {
  const found = [...lists].flatMap(({ groupVersion, resources }) =>
    resources
      .filter(({ name, verbs }) => !name.includes("/") && verbs.includes("list"))
      .map(({ kind }) => `${groupVersion} ${kind}`),
  );
  return [...new Set(found)].sort();
}

/** What the table has a Kubernetes serve. */
function inTable(version: string): string[] {
  const minor = knownMinor(version);
  assert.ok(minor !== undefined, version);
  return Object.entries(API_LIFETIMES)
    .flatMap(([apiVersion, kinds]) =>
      Object.keys(kinds)
        .filter((kind) => kindServed({ ...parseApiVersion(apiVersion), kind }, minor).served)
        .map((kind) => `${apiVersion} ${kind}`),
    )
    .sort();
}

test("the table is what build/api-lifetimes.ts makes of the API's modules", async () => {
  const file = path.join(import.meta.dirname, "../../../src/kubernetes/api-lifetimes.ts");
  assert.equal(await readFile(file, "utf8"), await lifetimesSource());
});

for (const kubernetes of ["1.34", "1.35", "1.36"]) {
  test(`it says what Kubernetes ${kubernetes} records of its API server`, async () => {
    const { version } = moduleOf("kube-apiserver", kubernetes);
    const module = `k8s.io/kubernetes@v${version}`;
    const download = await runCommand(["go", "mod", "download", "-json", module], {
      env: { GOWORK: "off", GOFLAGS: "" },
      cwd: tmpdir(),
    });
    const folder = path.join(JSON.parse(download).Dir, "api/discovery");
    const texts = await Promise.all(
      (await readdir(folder)).map((name) => readFile(path.join(folder, name), "utf8")),
    );
    const lists = texts.map((text) => JSON.parse(text) as ResourceList);
    const recorded = kindsOf(lists.filter(({ kind }) => kind === "APIResourceList"));
    assert.deepEqual(inTable(version), recorded);
  });
}

/** The oldest that is supported, and that of all other tests. */
for (const kubernetesVersion of ["1.34", undefined]) {
  const title = kubernetesVersion ?? "of the tests";
  test(`it says what a real API server serves, Kubernetes ${title}, with every version and every feature on`, async (context) => {
    const cluster = await startControlPlane({
      ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
      apiServerArgs: ["--runtime-config=api/all=true", "--feature-gates=AllAlpha=true,AllBeta=true"],
    });
    context.after(() => cluster.stop());
    const { gitVersion } = await cluster.request("GET", "/version");
    const { groups } = await cluster.request("GET", "/apis");
    const lists: ResourceList[] = [await cluster.request("GET", "/api/v1")];
    for (const { versions } of groups as { versions: { groupVersion: string }[] }[])
      for (const { groupVersion } of versions)
        lists.push(await cluster.request("GET", `/apis/${groupVersion}`));
    const real = kindsOf(lists);
    context.diagnostic(`${gitVersion} serves ${real.length} kinds in their versions`);
    assert.deepEqual(inTable(gitVersion), real);
    for (const each of real) assert.ok(isJudged(parseApiVersion(each.split(" ")[0] ?? "").group), each);
  });
}
