import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyPatch } from "rfc6902";
import { openArchive } from "../../../src/archive/reader.ts";
import { compileSelection, EVERYTHING } from "../../../src/selection/selection.ts";
import { type ChangeSurvey, surveyChanges } from "../../../src/transform/survey-changes.ts";
import { parseTransform } from "../../../src/transform/transform-file.ts";
import { TransformedArchive } from "../../../src/transform/transformed-archive.ts";
import {
  memorySource,
  NEVER,
  REPLICA_SETS,
  readContents,
  SECRETS,
  sampleObjects,
  writeSample,
} from "../../support/samples/sample-archive.ts";

const DAEMON_SETS = { ...REPLICA_SETS, resource: "daemonsets", kind: "DaemonSet" };

function replicaSet(namespace: string, name: string, labels: object = {}) {
  const metadata = { name, namespace, labels };
  const text = JSON.stringify({ apiVersion: "apps/v1", kind: "ReplicaSet", metadata, spec: { replicas: 2 } });
  return { resource: REPLICA_SETS, namespace, name, text };
}

const DAEMON_SET = {
  ...{ resource: DAEMON_SETS, namespace: "shop", name: "agent" },
  text: JSON.stringify({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent", namespace: "shop" },
  }),
};

async function archiveOf({ patches, paused = false }: { patches?: string; paused?: boolean }) {
  const owner = { apiVersion: "example.com/v1", kind: "Rollout", name: "x", controller: true };
  const objects = [
    replicaSet("shop", "web"),
    replicaSet("shop", "back", { tier: "back" }),
    { ...replicaSet("shop", "made"), owners: [owner] },
    DAEMON_SET,
  ];
  const { bytes } = await writeSample([...sampleObjects().slice(0, 2), ...objects]);
  const archive = await openArchive(memorySource(bytes), NEVER);
  const transforms = patches === undefined ? [] : [parseTransform("t.yaml", `patches: [${patches}]`)];
  return { archive, changed: new TransformedArchive(archive, { transforms, paused, apply: applyPatch }) };
}

async function survey(given: Parameters<typeof archiveOf>[0], selection = EVERYTHING): Promise<ChangeSurvey> {
  return await surveyChanges((await archiveOf(given)).changed, selection, NEVER);
}

const ALL = "target: {kind: ReplicaSet}";

test("objects that no target can match are read as they are", async () => {
  const { archive, changed } = await archiveOf({ patches: `{${ALL}, patch: {spec: {replicas: 7}}}` });
  const [before, after] = [await readContents(archive), await readContents(changed)];
  const files = Object.keys(before.objects).filter(
    (path) => before.objects[path]?.join() !== after.objects[path]?.join(),
  );
  assert.deepEqual(files.length, 1);
  assert.match(files[0] ?? "", /replicasets/);
  for (const text of after.objects[files[0] ?? ""] ?? []) assert.match(text, /"replicas":7/);
  assert.deepEqual(before.owners, after.owners);
  assert.deepEqual(
    [...changed.files].filter((file) => changed.concerns(file)).map(({ resource }) => resource),
    ["replicasets.apps"],
  );
});

test("what changes is counted, by file and kind", async () => {
  const { transformed, notes } = await survey({
    patches: `{${ALL}, patch: {spec: {replicas: 7}}}, {target: {kind: Secret}, patch: {immutable: true}}`,
  });
  assert.deepEqual(transformed, [
    { file: "t.yaml", kind: "Secret", objects: 1 },
    { file: "t.yaml", kind: "ReplicaSet", objects: 3 },
  ]);
  assert.deepEqual(notes, ["1 Secret, 3 ReplicaSets changed by t.yaml"]);
});

test("a patch that matches nothing of what is selected is said", async () => {
  const patches = `{${ALL}, patch: {spec: {replicas: 7}}}, {target: {kind: Deployment}, patch: {a: 1}}`;
  const { notes } = await survey({ patches });
  assert.deepEqual(notes, [
    "3 ReplicaSets changed by t.yaml",
    "Patch 2 of t.yaml matches nothing of what is selected",
  ]);
  const none = await survey({ patches }, compileSelection({ includeKinds: ["secrets"] }, [SECRETS], ""));
  assert.deepEqual(none.transformed, []);
  assert.deepEqual(none.notes, [
    "Nothing is changed by t.yaml",
    "Patch 1 of t.yaml matches nothing of what is selected",
    "Patch 2 of t.yaml matches nothing of what is selected",
  ]);
});

test("lists that a merge patch replaces are named", async () => {
  const { notes } = await survey({
    patches: `{${ALL}, patch: {spec: {template: {containers: [{name: a}], args: [a]}}}}`,
  });
  assert.match(notes.join("\n"), /^Patch 1 of t\.yaml replaces spec\.template\.containers as a whole/m);
});

describe("what ends the plan", () => {
  const rows: [title: string, patches: string, error: RegExp][] = [
    [
      "a test that fails, with every object",
      `{${ALL}, patch: [{op: test, path: /spec/replicas, value: 9}]}`,
      /^Cannot use t\.yaml: ReplicaSet shop\/web: patch 1 of t\.yaml, operation 1 \(test \/spec\/replicas\): the value is another; ReplicaSet shop\/back: .*; ReplicaSet shop\/made: /,
    ],
    [
      "an object that a patch names and that is not there",
      "{patch: {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: gone}}}",
      /^Cannot use t\.yaml: patch 1 of t\.yaml names ReplicaSet gone, which is not among what is selected$/,
    ],
  ];
  for (const [title, patches, error] of rows)
    test(title, async () => await assert.rejects(survey({ patches }), { message: error }));

  test("but not what fails of objects that are not selected", async () => {
    const patches = `{${ALL}, patch: [{op: test, path: /metadata/labels/tier, value: back}, {op: replace, path: /spec/replicas, value: 1}]}`;
    const selection = compileSelection({ selector: "tier=back" }, [REPLICA_SETS], "");
    assert.deepEqual((await survey({ patches }, selection)).transformed, [
      { file: "t.yaml", kind: "ReplicaSet", objects: 1 },
    ]);
  });
});

test("what is paused, what cannot be, and what an operator may start", async () => {
  const { notes } = await survey({ paused: true });
  assert.deepEqual(notes, [
    "3 ReplicaSets paused: kube-backup resume -n NAMESPACE starts them again",
    "1 DaemonSet cannot be paused: shop/agent",
    "Their operators may start these again: ReplicaSet shop/made",
  ]);
});
