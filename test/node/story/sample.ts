/** The sample services of test/support/samples/services.yml in a story's cluster. */

import path from "node:path";
import { getObjects, type LiveObject, type StoryCluster } from "./cluster.ts";

/** The services' manifests. */
export const SAMPLE = path.resolve(import.meta.dirname, "../../support/samples/services.yml");
/** Their namespace. */
export const SAMPLE_NAMESPACE = "sample";
/** What all of them and all of theirs are labelled with. */
const SAMPLE_LABEL = "test=backup";
/** What the Service "hello" says of a Secret. */
export const GREETING = "Good morning from a Secret";

const KINDS =
  "namespaces,configmaps,secrets,services,ingresses,daemonsets,statefulsets,deployments,replicasets";

/** Waits until all of the services' pods are ready. */
export async function waitForSample(cluster: StoryCluster, timeoutSeconds = 120): Promise<void> {
  for (const workload of ["deployment/hello", "statefulset/members", "daemonset/agent"]) {
    await cluster.kubectl([
      "rollout",
      "status",
      workload,
      `--namespace=${SAMPLE_NAMESPACE}`,
      `--timeout=${timeoutSeconds}s`,
    ]);
  }
}

/** Everything of the services but pods, as it must come back; by kind and name. */
export async function readSample(cluster: StoryCluster): Promise<Map<string, LiveObject>> {
  const objects = await getObjects(cluster, [KINDS, "--all-namespaces", `--selector=${SAMPLE_LABEL}`]);
  return new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, lasting(object)]));
}

/** A table of everything of the services, pods too. */
export async function printSample(cluster: StoryCluster): Promise<string> {
  return await cluster.kubectl(["get", `${KINDS},pods`, "--all-namespaces", `--selector=${SAMPLE_LABEL}`]);
}

/** An object without what every cluster gives anew. */
function lasting({ metadata, status: _status, ...rest }: LiveObject): LiveObject {
  const { clusterIP, clusterIPs: _addresses, ports, ...spec } = rest.spec ?? {};
  // Nobody asks for node ports in the manifests: the API server chooses them.
  const portsGiven = ports?.map(({ nodePort: _chosen, ...port }: LiveObject) => port);
  return {
    ...rest,
    spec: { ...spec, ports: portsGiven, ...(clusterIP === "None" ? { clusterIP } : {}) },
    labels: metadata.labels,
    annotations: metadata.annotations,
    owners: metadata.ownerReferences?.map(({ kind, name }: LiveObject) => `${kind}/${name}`),
  };
}
