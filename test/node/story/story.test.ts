/** The README's story on a real node. */

import { test } from "node:test";
import { IMAGES } from "../../support/node/images.ts";
import { startNode } from "../../support/node/node.ts";
import { whyNoNode } from "../../support/node/requirements.ts";
import { nodeCluster } from "./node-cluster.ts";
import { reportTimes, stepsOf } from "./steps.ts";
import { playStory } from "./story.ts";

test("services are backed up, lost and restored on a real node", { skip: whyNoNode() }, async (t) => {
  const node = await startNode();
  const steps = stepsOf(t);
  try {
    reportTimes(t, Object.entries(node.times));
    const cluster = await nodeCluster(node);
    // As strict as a cluster can be about what may run in kube-system.
    await cluster.kubectl([
      "label",
      "namespace",
      "kube-system",
      "pod-security.kubernetes.io/enforce=restricted",
      "pod-security.kubernetes.io/warn=restricted",
    ]);
    await playStory({
      cluster,
      minioImage: IMAGES.minio,
      step: steps.step,
      say: (text) => {
        for (const line of text.trimEnd().split("\n")) t.diagnostic(line);
      },
    });
  } finally {
    steps.report();
    await node.stop();
  }
});
