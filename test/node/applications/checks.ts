/** What is done to applications to see whether they are what they were. */

import assert from "node:assert/strict";
import { exists } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { untilPasses } from "../../support/until.ts";
import { PATIENCE } from "../story/kube-backup.ts";
import { readObjects } from "./live.ts";
import { NAMESPACE, rolledOut } from "./load.ts";
import { waitUntilSettled } from "./settled.ts";
import { type ApplicationState, readState } from "./state.ts";
import { REFUSAL, REFUSED_LABEL } from "./webhook.ts";

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

/** What `kubectl rollout history` says of every workload. */
export async function rolloutHistory({ kubectl }: ControlPlane): Promise<string> {
  const workloads = ["deployment/web", "deployment/held", "statefulset/db", "daemonset/agent"];
  const texts = workloads.map((workload) =>
    kubectl(["rollout", "history", workload, `--namespace=${NAMESPACE}`]),
  );
  return (await Promise.all(texts)).join("\n");
}

/** The webhook refuses what it is to refuse, and nothing else. */
export async function checkWebhook({ request }: ControlPlane): Promise<void> {
  const labels = { [REFUSED_LABEL]: "" };
  const refused = request("POST", CONFIG_MAPS, { metadata: { name: "bad", labels } });
  await assert.rejects(refused, new RegExp(REFUSAL));
  await request("POST", CONFIG_MAPS, { metadata: { name: "good" } });
  await request("DELETE", `${CONFIG_MAPS}/good`);
}

/**
 * Waits until the garbage collector has been through all that there is: it has found, after all else,
 * objects whose owners do not exist, of a kind that it has always known and of one that came with the
 * restore. What it learns of new kinds, it learns every 30 seconds.
 */
export async function provokeCollector(cluster: ControlPlane): Promise<void> {
  const uid = "00000000-0000-4000-8000-000000000000";
  const owners = [
    { apiVersion: "v1", kind: "ConfigMap", name: "never", uid },
    { apiVersion: "example.com/v1", kind: "Application", name: "never", uid },
  ];
  const names = owners.map(({ kind }) => `orphan-of-${kind.toLowerCase()}`);
  for (const [index, owner] of owners.entries()) {
    const metadata = { name: names[index], ownerReferences: [owner] };
    await cluster.request("POST", CONFIG_MAPS, { metadata });
  }
  await untilPasses(
    async () => {
      for (const name of names) {
        assert.ok(!(await exists(cluster, `${CONFIG_MAPS}/${name}`)), `${name} is not collected`);
      }
    },
    { ...PATIENCE, timeoutMs: 90_000 },
  );
}

/** Takes a workload back to its last version. It uses the revision that it has of that, and makes none. */
export async function undo(cluster: ControlPlane, workload: string, version: string): Promise<void> {
  const before = await readState(cluster);
  await cluster.kubectl(["rollout", "undo", workload, `--namespace=${NAMESPACE}`]);
  await rolledOut(cluster, [workload]);
  await waitUntilSettled(cluster);
  const [, app] = workload.split("/");
  const objects = await readObjects(cluster);
  const pods = objects.filter(({ kind, metadata }) => kind === "Pod" && metadata.labels?.app === app);
  assert.ok(pods.length > 0);
  for (const { spec } of pods) assert.equal(spec.containers[0].env[0].value, version);
  const now = await readState(cluster);
  assert.deepEqual(namesOf(now), namesOf(before), "a revision more or less");
  assert.notDeepEqual(now.revisions, before.revisions, "the same revision is the newest");
}

/** The revisions without their numbers. */
function namesOf({ revisions }: ApplicationState): (string | undefined)[] {
  return revisions.map((line) => line.split(/,| is at/)[0]);
}
