import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  isFailedJob,
  type Workload,
  type WorkloadKind,
  whyNotReady,
} from "../../../src/restore/ready/readiness.ts";

const metadata = { name: "web", namespace: "shop", generation: 2 };
const seen = { observedGeneration: 2 };

const condition = (type: string, status = "True") => ({ type, status });

it("a Job that has failed is waited for no longer", () => {
  const status = { conditions: [condition("Failed")] };
  assert.ok(isFailedJob("Job", { metadata, status }));
  assert.ok(!isFailedJob("Job", { metadata, status: { conditions: [condition("Failed", "False")] } }));
  assert.ok(!isFailedJob("Deployment", { metadata, status }));
});

describe("why a workload is not ready", () => {
  const rows: [title: string, kind: WorkloadKind, workload: Partial<Workload>, reason: RegExp | undefined][] =
    [
      ["no status", "Deployment", {}, /has not looked/],
      ["an older generation", "StatefulSet", { status: { observedGeneration: 1 } }, /has not looked/],
      [
        "a Deployment, all there",
        "Deployment",
        { spec: { replicas: 2 }, status: { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 2 } },
        undefined,
      ],
      ["a Deployment at rest", "Deployment", { spec: { replicas: 0 }, status: seen }, undefined],
      [
        "a Deployment of one, without a number",
        "Deployment",
        { spec: {}, status: seen },
        /^0 of 1 Pods are of/,
      ],
      [
        "a Deployment that is not available",
        "Deployment",
        { spec: { replicas: 2 }, status: { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 1 } },
        /^1 of 2 Pods are available$/,
      ],
      [
        "a Deployment with old Pods",
        "Deployment",
        { spec: { replicas: 1 }, status: { ...seen, replicas: 2, updatedReplicas: 1, availableReplicas: 2 } },
        /^1 old Pods/,
      ],
      [
        "a StatefulSet, all there",
        "StatefulSet",
        { spec: { replicas: 3 }, status: { ...seen, readyReplicas: 3, updatedReplicas: 3 } },
        undefined,
      ],
      [
        "a StatefulSet, two of three",
        "StatefulSet",
        { spec: { replicas: 3 }, status: { ...seen, readyReplicas: 2, updatedReplicas: 3 } },
        /^2 of 3 Pods are ready$/,
      ],
      [
        "a StatefulSet above its partition",
        "StatefulSet",
        {
          spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
          status: { ...seen, readyReplicas: 3, updatedReplicas: 1 },
        },
        undefined,
      ],
      [
        "a StatefulSet that updates on deletion",
        "StatefulSet",
        {
          spec: { replicas: 1, updateStrategy: { type: "OnDelete" } },
          status: { ...seen, readyReplicas: 1 },
        },
        undefined,
      ],
      ["a DaemonSet without nodes", "DaemonSet", { status: seen }, undefined],
      [
        "a DaemonSet, one of two",
        "DaemonSet",
        { status: { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 } },
        /^1 of 2 Pods are available$/,
      ],
      ["a Job that is complete", "Job", { status: { conditions: [condition("Complete")] } }, undefined],
      ["a Job without a status", "Job", {}, /^0 of 1 Pods have succeeded$/],
      [
        "a Job, one of three",
        "Job",
        { spec: { completions: 3 }, status: { succeeded: 1, conditions: [condition("Failed", "False")] } },
        /^1 of 3 Pods have succeeded$/,
      ],
      ["a Job at rest", "Job", { spec: { suspend: true } }, undefined],
      [
        "a Job that has failed",
        "Job",
        { status: { conditions: [{ ...condition("Failed"), reason: "BackoffLimitExceeded" }] } },
        /^it has failed \(BackoffLimitExceeded\)$/,
      ],
    ];
  for (const [title, kind, workload, reason] of rows)
    it(title, () => {
      const found = whyNotReady(kind, { metadata, ...workload });
      if (reason === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", reason);
    });
});
