/**
 * Installs three well-known applications in a test cluster as their users do, and asks something of their
 * operators. Their containers do not run: what they would have made is in the YAML files beside this one.
 */

import type { ControlPlane } from "../../cluster/control-plane.ts";
import { waitUntilEstablished } from "../../cluster/established.ts";
import { APPLICATIONS, answersForOthers, type FixtureObject, json, readObjects } from "./fixtures.ts";
import { waitUntilQuiet } from "./live.ts";

/** Installs everything and waits until the controllers are at rest. */
export async function loadApplications(cluster: ControlPlane): Promise<void> {
  const late: FixtureObject[] = [];
  for (const [file, serverSide] of Object.entries(APPLICATIONS)) {
    const objects = await readObjects(file);
    late.push(...objects.filter(answersForOthers));
    await apply(
      cluster,
      objects.filter((object) => !answersForOthers(object)),
      serverSide,
    );
    if (file.endsWith("-crds.yaml")) await waitUntilEstablished(cluster);
  }
  await addCustomResources(cluster);
  await makeHistory(cluster);
  // From here on nothing can be written that a webhook is asked about: nobody answers.
  await apply(cluster, late, true);
  await waitUntilQuiet(cluster);
}

async function apply(
  cluster: ControlPlane,
  objects: readonly FixtureObject[],
  serverSide: boolean,
): Promise<void> {
  await cluster.kubectl(["apply", ...(serverSide ? ["--server-side"] : []), "-f", "-"], {
    input: objects.map(json).join("\n"),
  });
}

/** One after the other, since owners come first and their uids are to be known. */
async function addCustomResources(cluster: ControlPlane): Promise<void> {
  for (const { status, ...object } of await readObjects("custom-resources.yaml")) {
    const { metadata } = object as FixtureObject;
    const namespace = metadata.namespace === undefined ? [] : ["--namespace", metadata.namespace];
    for (const owner of metadata.ownerReferences ?? []) {
      const group = owner.apiVersion.split("/")[0];
      owner.uid = await cluster.kubectl([
        "get",
        `${owner.kind}.${group}/${owner.name}`,
        ...namespace,
        "--output=jsonpath={.metadata.uid}",
      ]);
    }
    await cluster.kubectl(["create", "-f", "-"], { input: json(object) });
    if (status === undefined) continue;
    const group = String(object["apiVersion"]).split("/")[0];
    const patch = ["--type=merge", "--subresource=status", "--patch", json({ status })];
    const name = `${object["kind"]}.${group}/${metadata.name}`;
    await cluster.kubectl(["patch", name, ...namespace, ...patch]);
  }
}

/** New versions came, so that there are several ReplicaSets and ControllerRevisions. */
async function makeHistory(cluster: ControlPlane): Promise<void> {
  await waitUntilQuiet(cluster);
  const images = {
    "deployment/cert-manager cert-manager":
      "cert-manager-controller=quay.io/jetstack/cert-manager-controller:v1.20.2",
    "deployment/ingress-nginx-controller ingress-nginx":
      "controller=registry.k8s.io/ingress-nginx/controller:v1.15.2",
    "daemonset/node-exporter monitoring": "node-exporter=quay.io/prometheus/node-exporter:v1.12.2",
    "statefulset/prometheus-k8s monitoring": "prometheus=quay.io/prometheus/prometheus:v3.13.3",
  };
  for (const [key, image] of Object.entries(images)) {
    const [workload = "", namespace = ""] = key.split(" ");
    await cluster.kubectl(["set", "image", workload, image, "--namespace", namespace]);
  }
}
