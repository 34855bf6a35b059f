/**
 * `make e2e CONTEXT=…` plays the end-to-end story in a cluster of the user's own, asks before it
 * touches anything, and leaves the cluster as it was.
 */

import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { runKubectl } from "../../support/cluster/kubectl.ts";
import { apply, getObjects, type LiveObject, type StoryCluster } from "./cluster.ts";
import { deleteNamespace, FLAG, MANIFEST, scale } from "./kube-backup.ts";
import { MINIO_NAMESPACE } from "./minio.ts";
import { SAMPLE_NAMESPACE } from "./sample.ts";
import { playStory } from "./story.ts";

const { values } = parseArgs({
  options: {
    context: { type: "string", default: "" },
    image: { type: "string", default: "" },
    "minio-image": { type: "string", default: "quay.io/minio/minio:latest" },
  },
});
const SETTINGS = ["secret", "kube-backup", "--namespace=kube-system"];

/** A context of the user's kubeconfig; Services are asked through the API server. */
function userCluster(context: string): StoryCluster {
  const prefix = [`--context=${context}`];
  const kubectl: StoryCluster["kubectl"] = (args, { input } = {}) =>
    runKubectl("kubectl", [...prefix, ...args], input === undefined ? {} : { input });
  return {
    kubectlCommand: ["kubectl", ...prefix],
    environment: {},
    kubectl,
    ask: (namespace, service, path) =>
      kubectl(["get", "--raw", `/api/v1/namespaces/${namespace}/services/${service}:http/proxy${path}`]),
  };
}

/** Objects that are there already and that the story would change. */
async function findConflicts(cluster: StoryCluster): Promise<string[]> {
  const found = await Promise.all([
    cluster.kubectl(["get", "--ignore-not-found", "--output=name", `--filename=${MANIFEST}`]),
    cluster.kubectl(["get", ...SETTINGS, "--ignore-not-found", "--output=name"]),
    cluster.kubectl([
      "get",
      "namespace",
      SAMPLE_NAMESPACE,
      MINIO_NAMESPACE,
      "--ignore-not-found",
      "--output=name",
    ]),
  ]);
  return found
    .join("")
    .split("\n")
    .filter((line) => line !== "");
}

async function readFlag(cluster: StoryCluster): Promise<LiveObject | undefined> {
  const text = await cluster.kubectl(["get", "namespace", FLAG, "--ignore-not-found", "--output=json"]);
  return text === "" ? undefined : JSON.parse(text);
}

/** Takes away what the story has made, and puts the flag back as it was. */
async function putBack(cluster: StoryCluster, flag: LiveObject | undefined): Promise<void> {
  // While it runs it might take the missing flag for a wish.
  await scale(cluster, 0).catch(() => {});
  await cluster.kubectl(["delete", "--ignore-not-found", `--filename=${MANIFEST}`]);
  await cluster.kubectl(["delete", ...SETTINGS, "--ignore-not-found"]);
  for (const name of [SAMPLE_NAMESPACE, MINIO_NAMESPACE, FLAG]) await deleteNamespace(cluster, name);
  if (flag === undefined) return;
  const { name, labels, annotations } = flag.metadata;
  await apply(cluster, [{ apiVersion: "v1", kind: "Namespace", metadata: { name, labels, annotations } }]);
}

/** Asks for the context's name, which nobody types by mistake. */
async function isWanted(cluster: StoryCluster, context: string, image: string): Promise<boolean> {
  const [node] = await getObjects(cluster, ["nodes"]);
  say(
    `This plays a story in the cluster of the context "${context}" (its first node: ${node?.metadata.name}).`,
  );
  say(`It runs ${image} in kube-system, and MinIO and nginx in namespaces of their own;`);
  say(`it deletes the namespace ${FLAG} and restores a backup that it has taken a minute before:`);
  say("what others delete in that minute comes back. In the end it takes away all that it has made.");
  process.stdout.write("Type the context's name to go on: ");
  const lines = createInterface({ input: process.stdin });
  const [answer] = await Promise.race([once(lines, "line"), once(lines, "close").then(() => [""])]);
  lines.close();
  return answer.trim() === context;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  const { context, image } = values;
  if (context === "" || image === "") {
    throw new Error(
      "Cannot choose a cluster: name it with make e2e CONTEXT=… IMAGE=… (an image that it can pull)",
    );
  }
  const cluster = userCluster(context);
  const conflicts = await findConflicts(cluster);
  if (conflicts.length > 0) {
    throw new Error(
      `Cannot play the story in ${context}: it has ${conflicts.join(", ")} already; remove them first`,
    );
  }
  if (!(await isWanted(cluster, context, image))) throw new Error("Nothing was touched");
  const flag = await readFlag(cluster);
  let interrupted = false;
  // kubectl ends with Ctrl-C, and so does the step; this process stays to put things back.
  process.on("SIGINT", () => {
    interrupted = true;
  });
  const step = async (title: string, work: () => Promise<void>) => {
    const started = Date.now();
    await work();
    say(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${title}`);
  };
  try {
    const stepUnlessInterrupted: typeof step = async (title, work) => {
      if (interrupted) throw new Error("Interrupted");
      await step(title, work);
    };
    await playStory({
      cluster,
      minioImage: values["minio-image"],
      image,
      step: stepUnlessInterrupted,
      say,
    });
  } finally {
    await step("the cluster is put back as it was", () => putBack(cluster, flag));
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
