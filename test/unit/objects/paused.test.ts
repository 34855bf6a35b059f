import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { PAUSED, PAUSED_RESOURCES, pausedValueOf, pauseObject } from "../../../src/objects/paused.ts";
import { decideResume } from "../../../src/resume/resume-objects.ts";

function resourceOf(kind: string) {
  const found = PAUSED_RESOURCES.find(({ resource }) => resource.kind === kind)?.resource;
  return found ?? { group: "apps", version: "v1", resource: "daemonsets", kind, namespaced: true };
}

describe("pausing", () => {
  const rows: [title: string, kind: string, spec: object, after: object, annotation: string | undefined][] = [
    ["a Deployment", "Deployment", { replicas: 3 }, { replicas: 0 }, '{"replicas":3}'],
    ["the default of replicas", "StatefulSet", {}, { replicas: 0 }, '{"replicas":1}'],
    ["a ReplicationController", "ReplicationController", { replicas: 2 }, { replicas: 0 }, '{"replicas":2}'],
    ["a CronJob", "CronJob", { suspend: false }, { suspend: true }, '{"suspend":false}'],
    ["the default of suspend", "Job", {}, { suspend: true }, '{"suspend":false}'],
    ["what rests already", "Deployment", { replicas: 0 }, { replicas: 0 }, undefined],
    ["what is suspended already", "CronJob", { suspend: true }, { suspend: true }, undefined],
    ["a DaemonSet never", "DaemonSet", { replicas: 3 }, { replicas: 3 }, undefined],
  ];
  for (const [title, kind, spec, after, annotation] of rows) {
    test(title, () => {
      const object: JsonObject = { metadata: { name: "a" }, spec: { ...spec } };
      const changed = pauseObject(resourceOf(kind), object, []);
      assert.deepEqual(object["spec"], after);
      assert.equal(changed, annotation !== undefined);
      assert.deepEqual(object["metadata"], {
        name: "a",
        ...(annotation === undefined ? {} : { annotations: { [PAUSED]: annotation } }),
      });
    });
  }
  test("twice keeps what the object had at first", () => {
    const object: JsonObject = { metadata: {}, spec: { replicas: 3 } };
    pauseObject(resourceOf("Deployment"), object, []);
    assert.equal(pauseObject(resourceOf("Deployment"), object, []), false);
    assert.deepEqual(pausedValueOf(resourceOf("Deployment"), object), { replicas: 3 });
  });
});

describe("resuming", () => {
  const rows: [title: string, kind: string, annotation: string | undefined, spec: object, step: object][] = [
    [
      "a Deployment",
      "Deployment",
      '{"replicas":3}',
      { replicas: 0 },
      { kind: "start", value: { replicas: 3 } },
    ],
    [
      "a CronJob",
      "CronJob",
      '{"suspend":false}',
      { suspend: true },
      { kind: "start", value: { suspend: false } },
    ],
    [
      "what was started by hand",
      "Deployment",
      '{"replicas":3}',
      { replicas: 1 },
      { kind: "forget", reason: "somebody has started it already" },
    ],
    [
      "a Job that runs",
      "Job",
      '{"suspend":false}',
      {},
      { kind: "forget", reason: "somebody has started it already" },
    ],
    [
      "what is not paused",
      "Deployment",
      undefined,
      { replicas: 0 },
      { kind: "nothing", reason: "it is not paused any more" },
    ],
    ...([
      "",
      "3",
      "null",
      '{"replicas":-1}',
      '{"replicas":1.5}',
      '{"replicas":"3"}',
      '{"suspend":false}',
      '{"replicas":9999999999}',
    ].map(
      (text) =>
        [
          `the annotation ${text}`,
          "Deployment",
          text,
          { replicas: 0 },
          {
            kind: "refuse",
            reason: "its annotation kube-backup/paused holds nothing that kube-backup writes",
          },
        ] as const,
    ) as [string, string, string, object, object][]),
  ];
  for (const [title, kind, annotation, spec, step] of rows) {
    test(title, () => {
      const annotations = annotation === undefined ? {} : { [PAUSED]: annotation };
      const object: JsonObject = { metadata: { name: "a", annotations }, spec };
      assert.deepEqual(decideResume({ resource: resourceOf(kind), object }), step);
    });
  }
  test("what a controller starts loses the annotation alone", () => {
    const ownerReferences = [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true }];
    const object: JsonObject = {
      metadata: { ownerReferences, annotations: { [PAUSED]: '{"replicas":3}' } },
      spec: { replicas: 0 },
    };
    const reason = "its controller starts it";
    assert.deepEqual(decideResume({ resource: resourceOf("ReplicaSet"), object }), {
      kind: "forget",
      reason,
    });
  });
  test("what is being deleted", () => {
    const object: JsonObject = {
      metadata: { deletionTimestamp: "2026-01-01T00:00:00Z", annotations: { [PAUSED]: '{"replicas":3}' } },
      spec: { replicas: 0 },
    };
    assert.equal(decideResume({ resource: resourceOf("Deployment"), object }).kind, "nothing");
  });
});
