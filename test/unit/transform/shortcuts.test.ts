/** Flags that stand for files of patches: what they change, and what they leave alone. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyPatch } from "rfc6902";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { readShortcuts, type ShortcutValues } from "../../../src/transform/shortcuts.ts";
import { type Changed, changeObject } from "../../../src/transform/transform-object.ts";

function change(flags: ShortcutValues, object: { apiVersion: string; kind: string } & JsonObject): Changed {
  const { transforms, problems } = readShortcuts(flags);
  assert.deepEqual(problems, []);
  const [group, version] = object.apiVersion.includes("/")
    ? object.apiVersion.split("/")
    : ["", object.apiVersion];
  const whole = { metadata: { name: "web", namespace: "shop" }, ...object };
  const text = JSON.stringify(whole);
  return changeObject(
    { transforms, paused: false, apply: applyPatch },
    {
      resource: { group: group ?? "", version: version ?? "", kind: object.kind },
      text,
      object: whole,
      owners: [],
    },
  );
}

const pod = (image: string) => ({ containers: [{ name: "web", image }] });
const IN_A_POD: [kind: string, apiVersion: string, object: (image: string) => JsonObject][] = [
  ["Pod", "v1", (image) => ({ spec: pod(image) })],
  ["Pod", "v1", (image) => ({ spec: { containers: [], initContainers: [{ image }] } })],
  ["PodTemplate", "v1", (image) => ({ template: { spec: pod(image) } })],
  ["Deployment", "apps/v1", (image) => ({ spec: { template: { spec: pod(image) } } })],
  ["Job", "batch/v1", (image) => ({ spec: { template: { spec: pod(image) } } })],
  [
    "CronJob",
    "batch/v1",
    (image) => ({ spec: { jobTemplate: { spec: { template: { spec: pod(image) } } } } }),
  ],
  ["Rollout", "argoproj.io/v1alpha1", (image) => ({ spec: { template: { spec: pod(image) } } })],
];

describe("--set-image", () => {
  for (const [kind, apiVersion, object] of IN_A_POD) {
    it(`changes a ${kind}, ${JSON.stringify(object("…"))}`, () => {
      const { text, files } = change(
        { "set-image": ["old.io=new.io/old"] },
        { kind, apiVersion, ...object("old.io/web:1") },
      );
      assert.equal(
        text,
        JSON.stringify({
          metadata: { name: "web", namespace: "shop" },
          kind,
          apiVersion,
          ...object("new.io/old/web:1"),
        }),
      );
      assert.deepEqual(files, ["--set-image old.io=new.io/old"]);
    });
  }

  const IMAGES: [mapping: string, image: string, expected: string][] = [
    ["old.io=new.io", "old.io/web", "new.io/web"],
    ["old.io/team=new.io", "old.io/team/web:1", "new.io/web:1"],
    ["old.io/team=new.io", "old.io/teams/web:1", "old.io/teams/web:1"],
    ["old.io/web=new.io/web", "old.io/web@sha256:abc", "new.io/web@sha256:abc"],
    ["old.io/web:1=old.io/web:2", "old.io/web:1", "old.io/web:2"],
    ["old.io/web:1=old.io/web:2", "old.io/web:12", "old.io/web:12"],
    ["old.io:5000=new.io", "old.io:5000/web", "new.io/web"],
    ["old.io=new.io", "old.io.example/web", "old.io.example/web"],
    ["old.io=new.io", "mirror/old.io/web", "mirror/old.io/web"],
    // What is understood to be of the Docker Hub.
    ["docker.io=mirror.io", "nginx:1", "mirror.io/library/nginx:1"],
    ["docker.io=mirror.io", "team/web", "mirror.io/team/web"],
    ["docker.io=mirror.io", "docker.io/team/web", "mirror.io/team/web"],
    ["docker.io=mirror.io", "quay.io/team/web", "quay.io/team/web"],
    ["docker.io=mirror.io", "localhost/web", "localhost/web"],
    ["nginx=mirror.io/nginx", "nginx:1", "mirror.io/nginx:1"],
  ];
  for (const [mapping, image, expected] of IMAGES) {
    it(`${mapping}: ${image} is ${expected}`, () => {
      const object = { apiVersion: "v1", kind: "Pod", spec: pod(image) };
      const changed = change({ "set-image": [mapping] }, object);
      assert.equal(JSON.parse(changed.text).spec.containers[0].image, expected);
      assert.deepEqual([changed.files.length, changed.matched.length], image === expected ? [0, 0] : [1, 1]);
    });
  }
});

describe("classes and hosts", () => {
  const ROWS: [
    flags: ShortcutValues,
    kind: string,
    apiVersion: string,
    before: JsonObject,
    after: JsonObject,
  ][] = [
    [
      { "set-storage-class": ["a=b"] },
      "PersistentVolumeClaim",
      "v1",
      { spec: { storageClassName: "a" } },
      { spec: { storageClassName: "b" } },
    ],
    [
      { "set-storage-class": ["a=b"] },
      "PersistentVolume",
      "v1",
      { spec: { storageClassName: "a" } },
      { spec: { storageClassName: "b" } },
    ],
    [
      { "set-storage-class": ["a=b"] },
      "PersistentVolumeClaim",
      "v1",
      { spec: { storageClassName: "ab" } },
      { spec: { storageClassName: "ab" } },
    ],
    [
      { "set-storage-class": ["a=b", "c=d"] },
      ...(["StatefulSet", "apps/v1"] as const),
      {
        spec: {
          volumeClaimTemplates: [{ spec: { storageClassName: "a" } }, { spec: { storageClassName: "c" } }],
        },
      },
      {
        spec: {
          volumeClaimTemplates: [{ spec: { storageClassName: "b" } }, { spec: { storageClassName: "d" } }],
        },
      },
    ],
    [
      { "set-storage-class": ["a=b"] },
      ...(["Pod", "v1"] as const),
      { spec: { volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: "a" } } } }] } },
      { spec: { volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: "b" } } } }] } },
    ],
    [
      { "set-ingress-class": ["a=b"] },
      "Ingress",
      "networking.k8s.io/v1",
      { spec: { ingressClassName: "a" } },
      { spec: { ingressClassName: "b" } },
    ],
    [
      { "set-ingress-class": ["a=b"] },
      ...(["Ingress", "networking.k8s.io/v1"] as const),
      { metadata: { name: "web", namespace: "shop", annotations: { "kubernetes.io/ingress.class": "a" } } },
      { metadata: { name: "web", namespace: "shop", annotations: { "kubernetes.io/ingress.class": "b" } } },
    ],
    [
      { "set-host": ["old.io=new.io"] },
      ...(["Ingress", "networking.k8s.io/v1"] as const),
      {
        spec: {
          rules: [{ host: "shop.old.io" }, { host: "*.old.io" }, { host: "gold.io" }, {}],
          tls: [{ hosts: ["old.io", "x.io"] }],
        },
      },
      {
        spec: {
          rules: [{ host: "shop.new.io" }, { host: "*.new.io" }, { host: "gold.io" }, {}],
          tls: [{ hosts: ["new.io", "x.io"] }],
        },
      },
    ],
    [
      { "set-host": ["old.io=new.io"] },
      ...(["HTTPRoute", "gateway.networking.k8s.io/v1"] as const),
      { spec: { hostnames: ["a.old.io"] } },
      { spec: { hostnames: ["a.new.io"] } },
    ],
    [
      { "set-host": ["old.io=new.io"] },
      ...(["Gateway", "gateway.networking.k8s.io/v1"] as const),
      { spec: { listeners: [{ hostname: "*.old.io" }] } },
      { spec: { listeners: [{ hostname: "*.new.io" }] } },
    ],
    // Hosts that stand in data are none of the API's.
    [
      { "set-host": ["old.io=new.io"] },
      "ConfigMap",
      "v1",
      { data: { host: "old.io" } },
      { data: { host: "old.io" } },
    ],
  ];
  for (const [flags, kind, apiVersion, before, after] of ROWS) {
    it(`${JSON.stringify(flags)} ${kind} ${JSON.stringify(before).slice(0, 60)}`, () => {
      const changed = JSON.parse(change(flags, { kind, apiVersion, ...before }).text);
      assert.deepEqual(changed, { metadata: { name: "web", namespace: "shop" }, kind, apiVersion, ...after });
    });
  }
});

describe("what is no OLD=NEW", () => {
  for (const [flag, text] of [
    ["set-image", "registry.old"],
    ["set-image", "a=b=c"],
    ["set-image", "=b"],
    ["set-image", "a b=c"],
    ["set-storage-class", "a="],
    ["set-storage-class", "A=b"],
    ["set-ingress-class", "a=b/c"],
    ["set-host", "https://old.io=new.io"],
  ] as const) {
    it(`--${flag} ${text}`, () => {
      const { problems } = readShortcuts({ [flag]: [text] });
      assert.equal(problems.length, 1);
      assert.match(
        problems[0] ?? "",
        new RegExp(`^--${flag} "${text}" is not OLD=NEW: write for example \\S+=\\S+$`),
      );
    });
  }
});
