/** `kube-backup ui` with a real API server: what the cluster has now, beside a backup of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { UiComparison, UiObject, UiTree } from "../../../src/pages/browser/ui/data.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
});

const MAPS = "/api/v1/namespaces/shop/configmaps";

test("what has changed since the backup, and what the cluster has now", async () => {
  const metadata = { name: "settings" };
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  await cluster.request("POST", MAPS, { metadata, data: { mode: "slow" } });
  await cluster.request("POST", "/api/v1/namespaces/shop/secrets", {
    metadata: { name: "login" },
    stringData: { password: "hidden-value" },
  });
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  const taken = await runProgram(["backup"], { env });
  assert.equal(taken.status, 0, taken.stderr);
  await cluster.request("PUT", `${MAPS}/settings`, { metadata, data: { mode: "fast" } });

  const program = startProgram(["ui"], { env });
  try {
    await until("the address", () => program.output().stdout.includes("?token="));
    const address = program.output().stdout.trim();
    const opened = await fetch(address);
    const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
    const path = /url=(\/[-\w]+\/)/.exec(await opened.text())?.[1] ?? "";
    const ask = async <T>(question: string): Promise<T> => {
      const answer = await fetch(new URL(`${path}api/${question}`, address), { headers: { cookie } });
      const body = await answer.text();
      assert.equal(answer.status, 200, body);
      assert.ok(!body.includes("hidden-value") && !body.includes(btoa("hidden-value")));
      return JSON.parse(body) as T;
    };
    const compared = await ask<UiComparison>("compare?from=latest&to=cluster&namespace=shop");
    const changed = compared.objects.filter(({ change }) => change === "changed");
    assert.deepEqual(
      changed.map(({ kind, name, fields }) => [kind, name, ...fields.map((each) => each.path)]),
      [["ConfigMap", "settings", "data.mode"]],
    );
    const tree = await ask<UiTree>("tree?at=cluster&namespace=shop&resource=configmaps&q=sett");
    assert.deepEqual(
      tree.objects?.map(({ name }) => name),
      ["settings"],
    );
    const map = await ask<UiObject>("object?at=cluster&resource=configmaps&namespace=shop&name=settings");
    assert.match(map.yaml, /mode: fast/);
    const secret = await ask<UiObject>("object?at=cluster&resource=secrets&namespace=shop&name=login");
    assert.equal(secret.masked, true);
  } finally {
    program.child.kill("SIGTERM");
    await program.ended;
  }
});
