/** Puts applications with a history into a cluster, and takes everything of them away again. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { exists, FLAG, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { IMAGES } from "../../support/node/images.ts";
import { until, untilPasses } from "../../support/until.ts";
import { PATIENCE } from "../story/kube-backup.ts";
import { waitUntilSettled } from "./settled.ts";
import { makeWebhook, POLICY_NAMESPACE } from "./webhook.ts";

/** The applications' namespace. */
export const NAMESPACE = "shop";

const IN_NAMESPACE = `--namespace=${NAMESPACE}`;
const WORKLOADS = ["deployment/web", "statefulset/db", "daemonset/agent"];
const DEFAULT_ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default";

/** Applications, with the webhook that guards them, and everything at rest. */
export async function loadApplications(cluster: ControlPlane, folder: string): Promise<void> {
  for (const namespace of [NAMESPACE, POLICY_NAMESPACE])
    await cluster.kubectl(["create", "namespace", namespace]);
  // Before any Pod: it is the API server that writes them into Pods.
  for (const namespace of [NAMESPACE, "default"]) await setPullSecrets(cluster, namespace);
  const manifest = await readFile(path.join(import.meta.dirname, "applications.yaml"), "utf8");
  await cluster.kubectl(["apply", "--server-side", "--filename=-"], { input: manifest });
  const definition = "crd/applications.example.com";
  await cluster.kubectl(["wait", "--for=condition=Established", definition, "--timeout=30s"]);
  // An operator made it: it comes back after its owner, and is asked about itself once it is asked at all.
  const webhook = await makeWebhook(folder, [await makeApplication(cluster, POLICY_NAMESPACE)]);
  await apply(cluster, webhook.server);
  await rollOut(cluster);
  await loadOwned(cluster);
  await waitUntilSettled(cluster);
  await apply(cluster, [webhook.configuration]);
}

/** Makes a custom resource, and a reference to it as the owner and controller of others. */
async function makeApplication(cluster: ControlPlane, namespace: string): Promise<object> {
  const path = `/apis/example.com/v1/namespaces/${namespace}/applications`;
  const application = { apiVersion: "example.com/v1", kind: "Application" };
  const body = { ...application, metadata: { name: namespace }, spec: {} };
  const { metadata } = await cluster.request("POST", path, body);
  return { ...application, name: namespace, uid: metadata.uid, controller: true };
}

/** Two versions of every workload; the Deployment went back to its first one. */
async function rollOut(cluster: ControlPlane): Promise<void> {
  await rolledOut(cluster);
  await apply(cluster, [disk("disk-small"), lostDisk()]);
  await cluster.kubectl(["scale", "statefulset/db", "--replicas=2", IN_NAMESPACE]);
  await cluster.kubectl(["rollout", "pause", "deployment/held", IN_NAMESPACE]);
  await cluster.kubectl(["set", "env", ...WORKLOADS, "deployment/held", "VERSION=2", IN_NAMESPACE]);
  await rolledOut(cluster);
  await cluster.kubectl(["rollout", "undo", "deployment/web", IN_NAMESPACE]);
  await rolledOut(cluster);
}

/** Waits until every workload has all of its pods, in the version that it is to have. */
export async function rolledOut(cluster: ControlPlane, workloads = WORKLOADS): Promise<void> {
  for (const workload of workloads) {
    await cluster.kubectl(["rollout", "status", workload, IN_NAMESPACE, "--timeout=60s"]);
  }
}

/** What other objects own: a Deployment and a custom resource, as operators have it, and a CronJob. */
async function loadOwned(cluster: ControlPlane): Promise<void> {
  const owner = async (kind: string, list: string, name: string, controller = false) => {
    const object = await cluster.request("GET", `${list}/${name}`);
    return { apiVersion: object.apiVersion, kind, name, uid: object.metadata.uid, controller };
  };
  const apps = `/apis/apps/v1/namespaces/${NAMESPACE}`;
  const web = await owner("Deployment", `${apps}/deployments`, "web");
  const application = await makeApplication(cluster, NAMESPACE);
  const report = await owner("CronJob", `/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs`, "report", true);
  const metadata = (name: string, reference: object) => ({
    name,
    namespace: NAMESPACE,
    ownerReferences: [reference],
  });
  const labels = { app: "front" };
  await apply(cluster, [
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("web-settings", web), data: { color: "blue" } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: metadata("catalogue", application),
      data: { tea: "3.50" },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata("front", application),
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podOf(["/sleep", "infinity"]) },
      },
    },
    ...[["report-done", ["/sleep", "0"]] as const, ["report-running", ["/sleep", "infinity"]] as const].map(
      ([name, command]) => ({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: metadata(name, report),
        spec: {
          backoffLimit: 0,
          template: { spec: { ...podOf(command), restartPolicy: "Never" } },
        },
      }),
    ),
  ]);
  await cluster.kubectl([
    "wait",
    "--for=condition=Complete",
    "job/report-done",
    IN_NAMESPACE,
    "--timeout=30s",
  ]);
}

function podOf(command: readonly string[]): object {
  const container = { name: "main", image: IMAGES.pause, imagePullPolicy: "Never", command };
  return { terminationGracePeriodSeconds: 0, containers: [container] };
}

/** Its claim is gone: it keeps that one's data, and waits for a person. */
function lostDisk(): object {
  const claim = { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace: NAMESPACE, name: "gone" };
  const uid = "00000000-0000-4000-8000-000000000000";
  const annotations = { "pv.kubernetes.io/bound-by-controller": "yes" };
  return disk("disk-lost", { annotations }, { claimRef: { ...claim, uid } });
}

function disk(name: string, metadata: object = {}, spec: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, ...metadata },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      storageClassName: "disks",
      hostPath: { path: `/var/lib/${name}`, type: "DirectoryOrCreate" },
      ...spec,
    },
  };
}

async function setPullSecrets(cluster: ControlPlane, namespace: string): Promise<void> {
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  const imagePullSecrets = [{ name: "registry" }];
  await untilPasses(() => cluster.request("PATCH", account, { imagePullSecrets }), {
    ...PATIENCE,
    intervalMs: 50,
  });
}

async function apply(cluster: ControlPlane, objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await cluster.kubectl(["apply", "--server-side", "--filename=-"], { input });
}

/** Deletes the namespaces of the applications, and everything of theirs that is in none. */
export async function removeApplications(cluster: ControlPlane): Promise<void> {
  const admission = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/webhook";
  await remove(cluster, admission);
  const namespaces = [NAMESPACE, POLICY_NAMESPACE].map((name) => `/api/v1/namespaces/${name}`);
  await Promise.all([...namespaces, FLAG].map((namespace) => remove(cluster, namespace)));
  // The cluster makes it again at once, with nothing in it.
  await cluster.request("DELETE", DEFAULT_ACCOUNT);
  const clusterScoped = [
    "/api/v1/persistentvolumes/disk-big",
    "/api/v1/persistentvolumes/disk-small",
    "/api/v1/persistentvolumes/disk-lost",
    "/apis/storage.k8s.io/v1/storageclasses/disks",
    "/apis/scheduling.k8s.io/v1/priorityclasses/shop",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applications.example.com",
  ];
  await Promise.all(clusterScoped.map((object) => remove(cluster, object)));
  await until("there is a default ServiceAccount", () => exists(cluster, DEFAULT_ACCOUNT), PATIENCE);
}
