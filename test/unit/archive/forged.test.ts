/** Archives with right checksums that are not in the form of the writer: no command may take them for valid. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DamagedArchiveError } from "../../../src/archive/format/damaged-archive-error.ts";
import { NewerFormatError } from "../../../src/archive/format/newer-format-error.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import {
  addFile,
  type Forgery,
  forge,
  forgedObject,
  linesOf,
  RESOURCES,
  recount,
  seal,
  setLines,
} from "../../support/forged/forge.ts";
import { memorySource, NEVER, readContents } from "../../support/samples/sample-archive.ts";

const MAPS = "namespaces/shop/configmaps.json";
const SECRETS = "namespaces/shop/secrets.json";
const OWNERS = "namespaces/shop/deployments.apps.owners.jsonl";
const MANAGERS = "namespaces/shop/deployments.apps.managers.jsonl";

type Change = (forgery: Forgery) => void;

/** Replaces the second ConfigMap's line. */
function line(text: string): Change {
  return (forgery) => setLines(forgery, MAPS, [linesOf(forgery, MAPS)[0] ?? "", text]);
}

function edited(
  edit: (object: { metadata: Record<string, unknown> } & Record<string, unknown>) => void,
): Change {
  return (forgery) => {
    const object = JSON.parse(linesOf(forgery, MAPS)[1] ?? "");
    edit(object);
    line(JSON.stringify(object))(forgery);
  };
}

function resourceNamed({ manifest }: Forgery, name: string): Forgery["manifest"]["resources"][number] {
  const found = manifest.resources.find(({ resource }) => resource === name);
  assert.ok(found);
  return found;
}

const member = (path: string, value: unknown): Change => {
  return ({ manifest }) => {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let at = manifest as unknown as Record<string, unknown>;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    at[last] = value;
  };
};

const resource = (name: string, change: object): Change => {
  return (forgery) => {
    Object.assign(resourceNamed(forgery, name), change);
    recount(forgery.manifest);
  };
};

/** The name, the change, the reason, and whether the archive can still be opened: readers of the file find it. */
const CASES: [name: string, change: Change, reason: RegExp, opens: boolean][] = [
  ["a line is null", line("null"), /configmaps\.json: line 3: it is no JSON object/, true],
  ["a line is no JSON", line("{}{"), /configmaps\.json: line 3: something follows/, true],
  ["a line is empty", line(""), /line 3: it is no JSON object/, true],
  ["a line is a list", line("[1]"), /line 3: it is no JSON object/, true],
  ["a line has spaces", line('{"apiVersion": "v1"}'), /line 3: it is no JSON as/, true],
  [
    "a line is nested a million deep",
    line(`{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`),
    /line 3: it is nested more/,
    true,
  ],
  [
    "a line has 3 million values",
    line(`{"a":[${"1,".repeat(3e6)}1]}`),
    /line 3: it holds more than 262144 values/,
    true,
  ],
  [
    "a line is longer than any object",
    line(`{"a":"${"x".repeat(17 * 1024 * 1024)}"}`),
    /a line of it is longer than 16777216 bytes/,
    true,
  ],
  [
    "a spec that comes twice",
    line(
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"shop"},"spec":{},"spec":{}}',
    ),
    /line 3: it has a key twice/,
    true,
  ],
  [
    "a key that comes twice, deep inside",
    line(
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"shop","labels":{"a":"1","a":"2"}}}',
    ),
    /line 3: it has a key twice/,
    true,
  ],
  [
    "an object without metadata",
    line('{"apiVersion":"v1","kind":"ConfigMap"}'),
    /line 3: its namespace/,
    true,
  ],
  [
    "an object without a name",
    edited(({ metadata }) => delete metadata["name"]),
    /line 3: it has no name/,
    true,
  ],
  ["an empty name", edited(({ metadata }) => (metadata["name"] = "")), /line 3: its name is none/, true],
  [
    "a name that is a number",
    edited(({ metadata }) => (metadata["name"] = 1)),
    /line 3: it has no name/,
    true,
  ],
  [
    "a name that leads up",
    edited(({ metadata }) => (metadata["name"] = "..")),
    /line 3: its name is none/,
    true,
  ],
  [
    "a name with a slash",
    edited(({ metadata }) => (metadata["name"] = "../a")),
    /line 3: its name is none/,
    true,
  ],
  [
    "a name with a percent sign",
    edited(({ metadata }) => (metadata["name"] = "%2e")),
    /line 3: its name is none/,
    true,
  ],
  [
    "two objects of one name",
    edited(({ metadata }) => (metadata["name"] = "a")),
    /line 3: its name is that of another/,
    true,
  ],
  [
    "two objects of one name, not beside each other",
    (forgery) => {
      const [first = "", second = ""] = linesOf(forgery, MAPS);
      setLines(forgery, MAPS, [first, second, first]);
    },
    /configmaps\.json: two of its objects have one name/,
    true,
  ],
  [
    "another namespace",
    edited(({ metadata }) => (metadata["namespace"] = "other")),
    /line 3: its namespace/,
    true,
  ],
  ["no namespace", edited(({ metadata }) => delete metadata["namespace"]), /line 3: its namespace/, true],
  [
    "a namespace that is none",
    edited(({ metadata }) => (metadata["namespace"] = {})),
    /line 3: its namespace/,
    true,
  ],
  ["another kind", edited((object) => (object["kind"] = "Secret")), /line 3: its kind/, true],
  ["another apiVersion", edited((object) => (object["apiVersion"] = "v2")), /line 3: its apiVersion/, true],
  [
    "a cluster-scoped object with a namespace",
    (forgery) =>
      setLines(forgery, "cluster/namespaces.json", [
        '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","namespace":"shop"}}',
      ]),
    /namespaces\.json: line 2: its namespace/,
    true,
  ],
  [
    "a Namespace whose name is no label",
    (forgery) =>
      setLines(forgery, "cluster/namespaces.json", [
        '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a.b"}}',
      ]),
    /namespaces\.json: line 2: its name is none/,
    true,
  ],
  [
    "owners of no object",
    ({ texts }) => texts.set(OWNERS, '{"name":"other","owners":[]}\n'),
    /owners\.jsonl: .*about no object/,
    true,
  ],
  [
    "owners twice",
    ({ texts, manifest }) => {
      const text = String(texts.get(OWNERS));
      texts.set(OWNERS, text + text);
      for (const file of manifest.files) if (file.path === OWNERS) file.objects = 2;
    },
    /owners\.jsonl: .*about no object/,
    true,
  ],
  [
    "owners with a key twice",
    ({ texts }) => texts.set(OWNERS, '{"name":"web","owners":[],"owners":[]}\n'),
    /owners\.jsonl: line 1: it has a key twice/,
    true,
  ],
  [
    "managers nested too deep",
    ({ texts }) => texts.set(MANAGERS, `{"name":"web","managers":${"[".repeat(1e6)}\n`),
    /managers\.jsonl: line 1: it is nested/,
    true,
  ],
  [
    "Secrets that are called Foo",
    resource("secrets", { kind: "Foo" }),
    /gives secrets another kind or scope/,
    false,
  ],
  [
    "Secrets without namespace",
    resource("secrets", { namespaced: false }),
    /gives secrets another kind or scope/,
    false,
  ],
  [
    "another resource that is called Secret",
    resource("deployments", { group: "", kind: "Secret" }),
    /./,
    false,
  ],
  [
    "a version that leads elsewhere",
    resource("configmaps", { version: "v1/secrets?" }),
    /at resources\.\d\.version/,
    false,
  ],
  [
    "a group that leads elsewhere",
    resource("deployments", { group: "../api" }),
    /at resources\.\d\.group/,
    false,
  ],
  [
    "a resource that leads elsewhere",
    resource("deployments", { resource: "../secrets" }),
    /at resources\.\d\.resource/,
    false,
  ],
  [
    "a kind with an escape",
    resource("deployments", { kind: "\u001b[31mD" }),
    /is not as the format says/,
    false,
  ],
  [
    "a short name with a space",
    resource("deployments", { shortNames: ["a b"] }),
    /at resources\.\d\.shortNames\.0/,
    false,
  ],
  ["a cluster id with an escape", member("cluster.id", "\u001b]0;x"), /at cluster\.id/, false],
  [
    "a version of Kubernetes with a line feed",
    member("cluster.kubernetesVersion", "v1\n"),
    /at cluster\.kubernetesVersion/,
    false,
  ],
  ["a time that is none", member("time", "2026-13-45T99:99:99Z"), /at time/, false],
  ["a warning of a megabyte", member("warnings", ["x".repeat(1e6)]), /at warnings\.0/, false],
  [
    "a million warnings",
    member(
      "warnings",
      Array.from({ length: 1e6 }, () => ""),
    ),
    /packed better than a manifest can be/,
    false,
  ],
  [
    "a million short names",
    resource("deployments", { shortNames: Array.from({ length: 1e6 }, () => "a") }),
    /packed better than a manifest can be/,
    false,
  ],
  [
    "twenty thousand short names",
    resource("deployments", { shortNames: Array.from({ length: 2e4 }, () => "a") }),
    /at resources\.\d\.shortNames/,
    false,
  ],
  [
    "a resource twice",
    ({ manifest }) =>
      manifest.resources.push({ ...resourceNamed({ manifest } as Forgery, "configmaps"), objects: 0 }),
    /names a resource twice/,
    false,
  ],
  [
    "a file of another namespace's path",
    ({ manifest, texts }) => {
      texts.set("namespaces/other/configmaps.json", texts.get(MAPS) ?? "");
      texts.delete(MAPS);
      for (const file of manifest.files)
        if (file.path === MAPS) file.path = "namespaces/other/configmaps.json";
    },
    /the path of another/,
    false,
  ],
  [
    "a file of objects without its namespace",
    ({ manifest }) => {
      for (const file of manifest.files) if (file.path === MAPS) delete file.namespace;
    },
    /the path of another/,
    false,
  ],
  [
    "a namespace in the path that leads up",
    (forgery) =>
      addFile(
        forgery,
        {
          path: "namespaces/../configmaps.json",
          content: "objects",
          resource: "configmaps",
          namespace: "..",
          objects: 0,
        },
        "",
      ),
    /no zip file/,
    false,
  ],
  [
    "a file of objects without its scope",
    ({ manifest, texts }) => {
      texts.set("cluster/configmaps.json", texts.get(MAPS) ?? "");
      texts.delete(MAPS);
      for (const file of manifest.files) {
        if (file.path !== MAPS) continue;
        delete file.namespace;
        file.path = "cluster/configmaps.json";
      }
    },
    /in the wrong scope/,
    false,
  ],
  [
    "owners of no file",
    (forgery) =>
      addFile(
        forgery,
        {
          path: "namespaces/shop/secrets-2.owners.jsonl",
          content: "owners",
          resource: "secrets",
          namespace: "shop",
          objects: 0,
        },
        "",
      ),
    /belong to no file of objects/,
    false,
  ],
];

test("what is forged is damaged, and named with its place", async (t) => {
  for (const [name, change, reason, opens] of CASES) {
    await t.test(name, async () => {
      const forgery = await forge();
      change(forgery);
      const bytes = seal(forgery);
      const verify = async () => verifyArchive(await openArchive(memorySource(bytes), NEVER), NEVER);
      await assert.rejects(verify(), isDamaged(reason));
      if (!opens) {
        await assert.rejects(openArchive(memorySource(bytes), NEVER), isDamaged(reason));
        return;
      }
      // Readers that do not verify first read no more of the file than what is before the fault.
      const archive = await openArchive(memorySource(bytes), NEVER);
      if (!/about no object/.test(reason.source)) await assert.rejects(readAll(archive), isDamaged(reason));
    });
  }
});

async function readAll(archive: Awaited<ReturnType<typeof openArchive>>): Promise<void> {
  await readContents(archive);
  for (const file of archive.files) await Array.fromAsync(archive.managers(file, NEVER));
}

function isDamaged(reason: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof DamagedArchiveError, error instanceof Error ? error.stack : String(error));
    assert.match(error.message, reason);
    assert.doesNotMatch(error.message, /c2VjcmV0|yyyy/);
    return true;
  };
}

test("objects of one name are found over the parts of a file, in any order", async () => {
  const names = ["d", "b", "c", "a"];
  const texts = names.map((name) => forgedObject(RESOURCES.secrets, "shop", name).text);
  for (const [second, twice] of [
    [["e"], false],
    [["a"], true],
    [["0", "b"], true],
  ] as const) {
    const forgery = await forge();
    setLines(forgery, SECRETS, texts);
    const path = SECRETS.replace(".json", "-2.json");
    addFile(forgery, { path, content: "objects", resource: "secrets", namespace: "shop", objects: 0 }, "");
    setLines(
      forgery,
      path,
      second.map((name) => forgedObject(RESOURCES.secrets, "shop", name).text),
    );
    const archive = await openArchive(memorySource(seal(forgery)), NEVER);
    if (twice)
      await assert.rejects(
        verifyArchive(archive, NEVER),
        /secrets-2\.json: two of its objects have one name/,
      );
    else await verifyArchive(archive, NEVER);
  }
});

test("the archive that is forged from is valid, as other programs may pack it", async () => {
  const forgery = await forge();
  await verifyArchive(await openArchive(memorySource(seal(forgery)), NEVER), NEVER);
  forgery.manifestText = JSON.stringify(forgery.manifest, null, 4);
  await verifyArchive(await openArchive(memorySource(seal(forgery)), NEVER), NEVER);
});

test("a manifest of a later format is told from a damaged one, however large it is", async () => {
  const head = '{\n  "format": "kube-backup",\n  "formatVersion": 99,\n  "more": ';
  for (const more of ["1}", `"${"x".repeat(40 * 1024 * 1024)}"}`, `${"[".repeat(2e6)}${"]".repeat(2e6)}}`]) {
    const forgery = await forge();
    forgery.manifestText = head + more;
    await assert.rejects(openArchive(memorySource(seal(forgery)), NEVER), NewerFormatError);
  }
});
