/** Names that trip clients: each object comes back under its name, and nobody is taken for another. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { resourcesByName } from "../../../src/selection/resources-by-name.ts";
import {
  collectionOf,
  type Definition,
  define,
  OPEN_VERSION,
  type Rig,
  startRig,
} from "../../support/engine/rig.ts";
import { unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";
import { LOOKALIKES, type Lookalike, NAMESPACE } from "./lookalikes.ts";

/** Names that RBAC takes: whatever can be a part of a path. */
const RBAC_NAMES = [
  "system:example:reader",
  "Example:Reader",
  "UPPER",
  "upper",
  "with several  spaces",
  " led and trailed by them ",
  "query?a=b&c=d#fragment;x",
  "quotes\"'`\\back|pipe",
  "*",
  "+plus~tilde!()",
  "...",
  "..hidden",
  "-dash",
  "Größe-é",
  "Größe-e\u0301",
  "😀",
  "日本語",
  "con.yaml",
  "{{.Name}}$(x)",
  "<b>&amp;",
  "a".repeat(253),
  "é".repeat(253),
];

/** Names that it refuses, since no path can hold them. */
const REFUSED_NAMES = ["a/b", "100%", ".", ".."];

/** The longest name: 253 characters, labels of 63. */
const LONGEST = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;
const LONGEST_NAMESPACE = "n".repeat(63);

const PLAIN: Definition = {
  group: "names.example.com",
  plural: "plains",
  kind: "Plain",
  namespaced: true,
  versions: [OPEN_VERSION],
};
/** Cluster-scoped, with objects of the names that the ones of namespaces have. */
const WIDE: Definition = { ...PLAIN, plural: "wides", kind: "Wide", namespaced: false };

const LABELS_AT_LIMITS = {
  [`${LONGEST}/${"n".repeat(63)}`]: "v".repeat(63),
  "A_b.C-1": "",
  "0": "1",
};
/** 256 KiB is the most for all annotations of an object. */
const ANNOTATIONS_AT_LIMITS = {
  [`${LONGEST}/Name`]: "",
  "example.com/large": "ä".repeat(130_000),
};

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const DEFINITIONS = [...LOOKALIKES.map(({ definition }) => definition), PLAIN, WIDE];

/** Lists of all that this test puts into the cluster. */
const LISTS = [
  ...DEFINITIONS.map((definition) => collectionOf(definition)),
  `${RBAC}/clusterroles`,
  `${RBAC}/clusterrolebindings`,
  `${RBAC}/roles`,
  `${RBAC}/rolebindings`,
  "/api/v1/configmaps",
  "/api/v1/secrets",
];

let rig: Rig;
let first: Awaited<ReturnType<Rig["backUp"]>>;
const texts = new Map<string, Map<string, string>>();
/** Names that the API server made of generateName. */
const generated: string[] = [];

before(async () => {
  rig = await startRig();
  for (const name of [NAMESPACE, LONGEST_NAMESPACE])
    await rig.cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  await define(rig, DEFINITIONS);
  for (const each of LOOKALIKES) await create(placeOf(each), bodyOf(each));
  await createRoles();
  await createLongest();
  await createGenerated();
  for (const list of LISTS) texts.set(list, await rig.texts(list));
  first = await rig.backUp();
});

after(() => rig?.stop());

describe("in the backup", () => {
  it("are all of the lookalikes, with all that is left out of what they look like", async () => {
    const contents = await unzipNewest(rig.folder);
    for (const each of LOOKALIKES) {
      const { plural, group, kind, namespaced } = each.definition;
      const folder = namespaced ? `namespaces/${each.namespace}` : "cluster";
      const { items } = JSON.parse(contents.get(`${folder}/${plural}.${group}.json`) ?? '{"items":[]}');
      const { name, namespace } = each;
      const metadata = { name, ...(namespaced ? { namespace } : {}), ...each.metadata };
      assert.deepEqual(items, [{ apiVersion: `${group}/v1`, kind, ...each.body, metadata }]);
    }
  });

  it("is every name that RBAC takes, and not the API server's own roles", () => {
    const resource = first.manifest.resources.find(
      (each) => each.resource === "clusterroles" && each.group.startsWith("rbac"),
    );
    assert.equal(resource?.objects, RBAC_NAMES.length);
  });
});

describe("the API server", () => {
  for (const name of REFUSED_NAMES) {
    it(`refuses a role named ${name}`, async () => {
      await assert.rejects(create(`${RBAC}/clusterroles`, { metadata: { name } }), /422|Invalid/);
    });
  }
});

describe("kube-backup get", () => {
  const get = async (...args: string[]) => await runProgram(["get", ...args], { env: rig.env });

  it("shows the built-in kind for a word that means both, as kubectl does, and says so once", async () => {
    const { stdout, stderr, status } = await get("cm,secret,configmaps,secrets", "-A", "-o", "name");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^configmap\/same$/m);
    assert.doesNotMatch(stdout, /example\.com/);
    const note = (word: string) =>
      `"${word}" means Secret of the core group; for Secret.example.com write secrets.example.com`;
    assert.equal(stderr.split(note("secret").replaceAll('"', '\\"')).length, 2, stderr);
  });

  it("means by each name what kubectl means", async () => {
    const { resources } = first.manifest;
    // What is left out of every backup cannot be meant.
    const held = LOOKALIKES.filter(
      ({ definition }) => resources.filter(({ resource }) => resource === definition.plural).length > 1,
    );
    assert.ok(held.length > 10);
    for (const { definition } of held) {
      const { plural, kind, shortNames = [] } = definition;
      for (const word of [plural, kind.toLowerCase(), kind, ...shortNames]) {
        const [meant] = resourcesByName(resources, word);
        const theirs = await rig.cluster.kubectl(["get", word, "-A", "-o", "name"]);
        assert.equal(/example\.com$/.test(meant?.group ?? ""), /example\.com\//.test(theirs), word);
      }
    }
  });

  it("shows one of them where it is named with its group", async () => {
    for (const word of ["services.example.com", "svc.example.com", "service.v1.example.com"]) {
      const { stdout, stderr, status } = await get(word, "kubernetes", "-n", "default", "-o", "json");
      assert.equal(status, 0, stderr);
      const { apiVersion, spec } = JSON.parse(stdout);
      assert.equal(apiVersion, "example.com/v1");
      assert.equal(spec.clusterIP, "10.0.0.7");
    }
    const none = await get("services.example.com", "-n", NAMESPACE);
    assert.match(none.stdout + none.stderr, /No resources found/);
  });

  it("finds roles by names of every sort", async () => {
    const word = "clusterroles.rbac.authorization.k8s.io";
    const names = RBAC_NAMES.filter((name) => !name.startsWith("-"));
    const { stdout, stderr, status } = await get(word, ...names, "-o", "json");
    assert.equal(status, 0, stderr);
    const { items } = JSON.parse(stdout);
    assert.deepEqual(
      items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
      names,
    );
    // Alone it would be taken for a flag.
    const dash = await get(`${word}/-dash`, "-o", "name");
    assert.equal(dash.stdout, "clusterrole.rbac.authorization.k8s.io/-dash\n", dash.stderr);
  });
});

describe("kube-backup diff", () => {
  const diff = async () => {
    const { stdout, stderr, status } = await runProgram(["diff", "-o", "json"], { env: rig.env });
    return { status, stderr, stdout, objects: JSON.parse(stdout || "{}").items ?? [] };
  };

  it("finds no difference", async () => {
    const { status, stdout, stderr } = await diff();
    assert.equal(status, 0, stdout + stderr);
  });

  it("tells a kind from its lookalike, and a name from one that differs by its case or form alone", async () => {
    const role = `${RBAC}/clusterroles/${encodeURIComponent("Größe-e\u0301")}`;
    const service = `${collectionOf(LOOKALIKES[0]?.definition as Definition, "default")}/kubernetes`;
    await rig.cluster.request("PATCH", role, { metadata: { labels: { changed: "1" } } });
    await rig.cluster.request("PATCH", service, { spec: { clusterIP: "10.0.0.8" } });
    const { objects, stderr } = await diff();
    await rig.cluster.request("PATCH", role, { metadata: { labels: null } });
    await rig.cluster.request("PATCH", service, { spec: { clusterIP: "10.0.0.7" } });
    const named = objects.map(({ apiVersion, kind, namespace, name }: Record<string, string>) => [
      apiVersion,
      kind,
      namespace,
      name,
    ]);
    assert.deepEqual(
      named.sort(),
      [
        ["example.com/v1", "Service", "default", "kubernetes"],
        ["rbac.authorization.k8s.io/v1", "ClusterRole", null, "Größe-e\u0301"],
      ],
      stderr,
    );
  });
});

describe("kube-backup export", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-names-export-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("writes every object into a file of its own", async () => {
    const target = path.join(folder, "out");
    const { status, stderr } = await runProgram(["export", "latest", target, "--include-secrets"], {
      env: rig.env,
    });
    assert.equal(status, 0, stderr);
    const total = first.manifest.resources.reduce((sum, { objects }) => sum + objects, 0);
    const record = await readFile(path.join(target, ".kube-backup-export"), "utf8");
    const files = record.split("\n").filter((line) => line.endsWith(".yaml"));
    assert.equal(files.length, total);
    assert.equal(
      new Set(files.map((file) => file.toLowerCase().normalize("NFC"))).size,
      total,
      "also where case and form do not count",
    );
  });
});

describe("deleted and restored", () => {
  before(async () => {
    await empty();
    const { report } = await rig.restore(first);
    assert.deepEqual(report.failures, []);
    assert.deepEqual(report.notes, []);
  });

  it("every object is there under its name, to the letter as it was", () => compare());

  it("what was named by the API server keeps its name, and what it was made of", async () => {
    assert.equal(generated.length, 6);
    const { items } = await rig.cluster.request("GET", coreCollection(NAMESPACE, "configmaps"));
    const back = items.filter(({ metadata }: { metadata: { name: string } }) =>
      generated.includes(metadata.name),
    );
    assert.equal(back.length, 3);
    for (const { metadata } of back) assert.equal(metadata.generateName, `${LONGEST.slice(0, 240)}-`);
  });

  it("an update makes lookalikes again what the backup has, in every field", async () => {
    const annotations = {
      "deployment.kubernetes.io/revision": "9",
      "deprecated.daemonset.template.generation": "9",
    };
    // The API server takes the path of one that is called `namespaces` for a namespace, and finds nothing.
    const reachable = LOOKALIKES.filter(({ definition }) => definition.plural !== "namespaces");
    for (const each of reachable) {
      const change = { metadata: { annotations }, spec: { replicas: 9, clusterIP: "None", ports: null } };
      await rig.cluster.request("PATCH", `${placeOf(each)}/${each.name}`, change);
    }
    const { report } = await rig.restore(first, "update");
    assert.deepEqual(report.failures, []);
    assert.equal(report.total("updated"), reachable.length);
    await compare();
  });

  it("a second restore finds every one of them unchanged", async () => {
    const { items } = await rig.restore(first);
    assert.deepEqual(
      items.filter(({ outcome }) => outcome !== "unchanged"),
      [],
    );
  });
});

/** Roles and bindings of all names. */
async function createRoles(): Promise<void> {
  for (const name of RBAC_NAMES) {
    const metadata = { name };
    const ref = { apiGroup: "rbac.authorization.k8s.io", name };
    const subjects = [
      { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "system:Some User" },
      { kind: "ServiceAccount", namespace: NAMESPACE, name: "default" },
    ];
    await create(`${RBAC}/clusterroles`, { metadata, rules: [] });
    await create(`${RBAC}/clusterrolebindings`, {
      metadata,
      roleRef: { ...ref, kind: "ClusterRole" },
      subjects,
    });
    await create(`${RBAC}/namespaces/${NAMESPACE}/roles`, { metadata, rules: [] });
    await create(`${RBAC}/namespaces/${NAMESPACE}/rolebindings`, {
      metadata,
      roleRef: { ...ref, kind: "Role" },
      subjects,
    });
  }
}

/** Objects of several kinds and scopes that share their names, the longest among them, with all that fits. */
async function createLongest(): Promise<void> {
  for (const namespace of [NAMESPACE, LONGEST_NAMESPACE]) {
    for (const name of ["same", LONGEST, "1", "1.2.3", "con", "kubernetes"]) {
      const limits = { labels: LABELS_AT_LIMITS, annotations: ANNOTATIONS_AT_LIMITS };
      const metadata = { name, ...(name === LONGEST ? limits : {}) };
      for (const collection of [
        coreCollection(namespace, "configmaps"),
        coreCollection(namespace, "secrets"),
      ])
        await create(collection, { metadata });
      await create(collectionOf(PLAIN, namespace), { ...typeOf(PLAIN), metadata });
      if (namespace === NAMESPACE) await create(collectionOf(WIDE), { ...typeOf(WIDE), metadata });
    }
  }
}

async function createGenerated(): Promise<void> {
  for (const collection of [coreCollection(NAMESPACE, "configmaps"), collectionOf(PLAIN, NAMESPACE)]) {
    const body = {
      metadata: { generateName: `${LONGEST.slice(0, 240)}-` },
      ...(collection.includes("plains") ? typeOf(PLAIN) : {}),
    };
    for (let count = 0; count < 3; count += 1)
      generated.push((await rig.cluster.request("POST", collection, body)).metadata.name);
  }
}

/** What the API server holds is what it held. */
async function compare(): Promise<void> {
  for (const [list, then] of texts) {
    const now = await rig.texts(list);
    assert.deepEqual([...now.keys()], [...then.keys()], list);
    for (const [title, text] of then)
      assert.ok(
        now.get(title) === text,
        `${title} was\n${text.slice(0, 900)}\nand is\n${now.get(title)?.slice(0, 900)}`,
      );
  }
}

/** Deletes what this test put in, and nothing of the cluster's own. */
async function empty(): Promise<void> {
  const collections = [
    ...LOOKALIKES.map(placeOf),
    ...[NAMESPACE, LONGEST_NAMESPACE].flatMap((namespace) => [
      collectionOf(PLAIN, namespace),
      coreCollection(namespace, "configmaps"),
      coreCollection(namespace, "secrets"),
    ]),
    collectionOf(WIDE),
    `${RBAC}/namespaces/${NAMESPACE}/rolebindings`,
    `${RBAC}/namespaces/${NAMESPACE}/roles`,
  ];
  for (const collection of collections) await rig.send("DELETE", collection);
  for (const name of RBAC_NAMES) {
    for (const plural of ["clusterrolebindings", "clusterroles"])
      await rig.send("DELETE", `${RBAC}/${plural}/${encodeURIComponent(name)}`);
  }
  await until("all of it is gone", async () => {
    const left = await Promise.all(
      collections.map(async (collection) => [...(await rig.texts(collection)).keys()]),
    );
    return left.flat().every((title) => title.endsWith("/kube-root-ca.crt"));
  });
}

async function create(collection: string, body: object): Promise<void> {
  await rig.send("POST", collection, JSON.stringify(body));
}

function placeOf({ definition, namespace }: Lookalike): string {
  return collectionOf(definition, definition.namespaced ? namespace : undefined);
}

function bodyOf({ definition, name, metadata, body }: Lookalike): object {
  return { ...typeOf(definition), metadata: { name, ...metadata }, ...body };
}

function typeOf({ group, kind }: Definition): { apiVersion: string; kind: string } {
  return { apiVersion: `${group}/v1`, kind };
}

function coreCollection(namespace: string, plural: string): string {
  return `/api/v1/namespaces/${namespace}/${plural}`;
}
