/** The README's story: services are backed up, lost and restored, each step asserted. */

import assert from "node:assert/strict";
import { untilPasses } from "../../support/until.ts";
import { getObjects, type StoryCluster } from "./cluster.ts";
import {
  applyManifest,
  applySettings,
  deleteNamespace,
  FLAG,
  PATIENCE,
  readLog,
  readPods,
  scale,
  waitUntilReady,
} from "./kube-backup.ts";
import { type ClusterMinio, deployMinio } from "./minio.ts";
import { GREETING, printSample, readSample, SAMPLE, SAMPLE_NAMESPACE, waitForSample } from "./sample.ts";

const BUCKET = "backups";
const PREFIX = "clusters/story";

/** What a story needs. */
export interface StoryOptions {
  cluster: StoryCluster;
  /** Image of MinIO, as the cluster's nodes can get it. */
  minioImage: string;
  /** Another image of kube-backup than its manifest names. */
  image?: string;
  /** Runs a step and says how long it took. */
  step: (title: string, work: () => Promise<void>) => Promise<void>;
  /** Shows lines to people. */
  say: (text: string) => void;
}

/** Plays the story; the cluster must be one that may lose what is in it. */
export async function playStory({ cluster, minioImage, image, step, say }: StoryOptions): Promise<void> {
  let minio: ClusterMinio | undefined;
  let before = new Map<string, unknown>();
  const backups = async () =>
    (await (minio as ClusterMinio).list(BUCKET, `${PREFIX}/`)).filter((name) => name.endsWith(".zip"));
  const waitForBackups = async (count: number) =>
    await untilPasses(async () => assert.ok((await backups()).length >= count), {
      ...PATIENCE,
      timeoutMs: 180_000,
    });
  try {
    await step("the flag is cleaned out", () => deleteNamespace(cluster, FLAG));
    await step("MinIO runs as a Deployment", async () => {
      minio = await deployMinio(cluster, { image: minioImage });
      await minio.createBucket(BUCKET);
    });
    await step("the sample services run and answer", async () => {
      await cluster.kubectl(["apply", "--server-side", `--filename=${SAMPLE}`]);
      await waitForSample(cluster);
      await assertAnswers(cluster);
      before = await readSample(cluster);
    });
    await step("kube-backup is applied without a warning and becomes ready", async () => {
      const settings = { S3TARGET: `s3://${BUCKET}/${PREFIX}`, FREQUENCY: "1", MAXRESTOREAGE: "60" };
      await applySettings(cluster, minio as ClusterMinio, settings);
      await applyManifest(cluster, image);
      await waitUntilReady(cluster);
      await getObjects(cluster, ["namespace", FLAG]);
    });
    await step("a backup is there", () => waitForBackups(1));
    await step("a minute later there is another", () => waitForBackups(2));
    await step("kube-backup is scaled down", () => scale(cluster, 0));
    await step("the services and their namespace are lost, and the flag is deleted", async () => {
      await deleteNamespace(cluster, SAMPLE_NAMESPACE);
      await deleteNamespace(cluster, FLAG);
      assert.deepEqual([...(await readSample(cluster)).keys()], []);
    });
    await step("kube-backup is scaled up, and ready once the restore has ended", async () => {
      await scale(cluster, 1);
      const [flag] = await getObjects(cluster, ["namespace", FLAG]);
      assert.equal(flag.metadata.annotations["kube-backup/reason"], "restored");
      assert.equal(`${flag.metadata.annotations["kube-backup/backup"]}.zip`, (await backups()).at(-1));
    });
    await step("every object of the services is back as it was", async () => {
      const after = await readSample(cluster);
      assert.equal(before.size, 11);
      assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
      for (const [name, object] of before) assert.deepEqual(after.get(name), object, name);
    });
    await step("their pods run, and answer through their Service", async () => {
      await waitForSample(cluster);
      await assertAnswers(cluster);
    });
    await step(
      "the pod of kube-backup was never started again, and has told nobody the secret key",
      async () => {
        const [pod] = await readPods(cluster);
        assert.equal(pod.status.containerStatuses[0].restartCount, 0);
        assert.doesNotMatch(await readLog(cluster), new RegExp((minio as ClusterMinio).secretAccessKey));
      },
    );
    say(await printSample(cluster));
  } finally {
    await minio?.close();
  }
}

async function assertAnswers(cluster: StoryCluster): Promise<void> {
  await untilPasses(async () => {
    assert.match(await cluster.ask(SAMPLE_NAMESPACE, "hello", "/"), /^Hello from hello-/);
    assert.match(await cluster.ask(SAMPLE_NAMESPACE, "agent", "/"), /^Hello from agent-/);
    assert.equal((await cluster.ask(SAMPLE_NAMESPACE, "hello", "/greeting")).trim(), GREETING);
  }, PATIENCE);
}
