import { Buffer } from "node:buffer";
import { addFile, type Forgery, forgedObject, linesOf, RESOURCES, recount, setLines } from "./forge.ts";
import { HOSTILE_NAMES, hostileLine, hostileValue } from "./hostile.ts";
import type { Random } from "./random.ts";

/** A change of an archive that is taken apart. */
export type Mutation = (forgery: Forgery, random: Random) => void;

type Json = Record<string, unknown>;

function objectsPath({ manifest }: Forgery, random: Random): string {
  const paths = manifest.files.filter(({ content }) => content === "objects").map(({ path }) => path);
  return random.pick(paths.length === 0 ? ["none"] : paths);
}

function editLine(forgery: Forgery, random: Random, edit: (line: string) => string | Buffer): void {
  const path = objectsPath(forgery, random);
  if (!forgery.texts.has(path)) return;
  const lines = linesOf(forgery, path);
  const place = random.below(lines.length);
  const edited = edit(lines[place] ?? "");
  const parts = lines.map((line, index) => (index === place ? edited : line));
  if (parts.every((part) => typeof part === "string")) setLines(forgery, path, parts as string[]);
  else forgery.texts.set(path, joined(parts));
}

function joined(parts: readonly (string | Buffer)[]): Buffer {
  const pieces = parts.flatMap((part, index) => [Buffer.from(index === 0 ? "" : ",\n"), Buffer.from(part)]);
  return Buffer.concat([
    Buffer.from('{"apiVersion":"v1","kind":"List","items":[\n'),
    ...pieces,
    Buffer.from("\n]}\n"),
  ]);
}

function editObject(
  forgery: Forgery,
  random: Random,
  edit: (object: Json & { metadata: Json }) => void,
): void {
  editLine(forgery, random, (line) => {
    try {
      const object = JSON.parse(line);
      edit(object);
      return JSON.stringify(object);
    } catch {
      return line;
    }
  });
}

/** A member somewhere in a value, to be changed. */
function anyMember(value: unknown, random: Random): [container: Json, key: string] | undefined {
  let container = value as Json;
  for (;;) {
    const keys = Object.keys(container ?? {});
    if (keys.length === 0) return undefined;
    const key = random.pick(keys);
    const inner = container[key];
    if (
      typeof inner !== "object" ||
      inner === null ||
      Object.keys(inner).length === 0 ||
      random.below(3) === 0
    ) {
      return [container, key];
    }
    container = inner as Json;
  }
}

const MEMBERS = [
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
  "deletionTimestamp",
  "generateName",
];
const FIELDS = ["spec", "data", "status", "type", "rules", "stringData", "binaryData", "immutable", "items"];

/** All changes, each of a kind of its own. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  hostileLine: (forgery, random) => editLine(forgery, random, (line) => hostileLine(random, line)),
  name: (forgery, random) =>
    editObject(forgery, random, ({ metadata }) => {
      metadata["name"] = random.pick(HOSTILE_NAMES);
    }),
  identity: (forgery, random) =>
    editObject(forgery, random, (object) => {
      const value = random.below(2) === 0 ? random.pick(HOSTILE_NAMES) : hostileValue(random);
      const member = random.pick(["apiVersion", "kind", "metadata", "namespace", "name"]);
      if (member === "namespace" || member === "name") object.metadata[member] = value;
      else object[member] = value;
    }),
  oddMetadata: (forgery, random) =>
    editObject(forgery, random, ({ metadata }) => {
      metadata[random.pick(MEMBERS)] = hostileValue(random);
    }),
  oddField: (forgery, random) =>
    editObject(forgery, random, (object) => {
      object[random.pick(FIELDS)] = hostileValue(random);
    }),
  oddInside: (forgery, random) =>
    editObject(forgery, random, (object) => {
      const { apiVersion: _, kind: __, metadata: ___, ...rest } = object;
      const found = anyMember(rest, random);
      if (found !== undefined) found[0][found[1]] = hostileValue(random);
    }),
  twice: (forgery, random) => {
    const path = objectsPath(forgery, random);
    if (!forgery.texts.has(path)) return;
    const lines = linesOf(forgery, path);
    setLines(forgery, path, [...lines, random.pick(lines)]);
  },
  order: (forgery, random) => {
    const path = objectsPath(forgery, random);
    if (forgery.texts.has(path)) setLines(forgery, path, linesOf(forgery, path).reverse());
  },
  sideFile: ({ texts }, random) => {
    const sides = [...texts.keys()].filter((path) => path.endsWith(".jsonl"));
    if (sides.length === 0) return;
    const path = random.pick(sides);
    const text = String(texts.get(path));
    const line = text.slice(0, -1);
    const other = [
      () => `${line}\n${line}\n`,
      () => "",
      () => line,
      () => `${String(hostileLine(random, line))}\n`,
      () => `${JSON.stringify({ name: random.pick(HOSTILE_NAMES), owners: [], managers: [], status: 1 })}\n`,
      () => {
        const value = JSON.parse(line);
        const found = anyMember(value, random);
        if (found !== undefined) found[0][found[1]] = hostileValue(random);
        return `${JSON.stringify(value)}\n`;
      },
    ];
    try {
      texts.set(path, random.pick(other)());
    } catch {
      // The line is no JSON any more.
    }
  },
  manifestMember: ({ manifest }, random) => {
    const found = anyMember(manifest, random);
    if (found !== undefined) found[0][found[1]] = hostileValue(random);
  },
  manifestLacks: ({ manifest }, random) => {
    const found = anyMember(manifest, random);
    if (found !== undefined) delete found[0][found[1]];
  },
  manifestMore: ({ manifest }, random) => {
    (manifest as unknown as Json)["more"] = hostileValue(random);
  },
  resource: ({ manifest }, random) => {
    if (!Array.isArray(manifest.resources) || manifest.resources.length === 0) return;
    const resource = random.pick(manifest.resources) as unknown as Json;
    const member = random.pick([
      "group",
      "version",
      "resource",
      "kind",
      "namespaced",
      "singular",
      "shortNames",
      "objects",
    ]);
    resource[member] =
      random.below(2) === 0
        ? random.pick([...HOSTILE_NAMES, "Secret", "secrets", "apps"])
        : hostileValue(random);
    tryTo(() => recount(manifest));
  },
  file: ({ manifest }, random) => {
    if (!Array.isArray(manifest.files) || manifest.files.length === 0) return;
    const file = random.pick(manifest.files) as unknown as Json;
    const member = random.pick(["path", "content", "resource", "namespace", "objects", "manager"]);
    file[member] =
      random.below(2) === 0
        ? random.pick([...HOSTILE_NAMES, "objects", "owners", "text", "secrets"])
        : hostileValue(random);
    tryTo(() => recount(manifest));
  },
  moreFiles: (forgery, random) => {
    const name = random.pick(HOSTILE_NAMES.filter((each) => each.length < 1000));
    const path = random.pick([
      `namespaces/${name}/secrets.json`,
      `cluster/${name}.json`,
      "namespaces/shop/configmaps-2.json",
    ]);
    addFile(forgery, { path, content: "objects", resource: "configmaps", namespace: "shop", objects: 0 }, "");
    setLines(
      forgery,
      path,
      Array.from(
        { length: 1 + random.below(3) },
        (_, index) => forgedObject(RESOURCES.configmaps, "shop", `more-${index}`).text,
      ),
    );
  },
  leftOut: (forgery, random) => {
    const planted = random.pick([
      () =>
        plant(
          forgery,
          "namespaces",
          undefined,
          forgedObject(RESOURCES.namespaces, undefined, "backuprestore-donotuse").text,
        ),
      () =>
        plant(
          forgery,
          "secrets",
          "shop",
          forgedObject(RESOURCES.secrets, "shop", "token", { type: "kubernetes.io/service-account-token" })
            .text,
        ),
      () =>
        plant(
          forgery,
          "configmaps",
          "kube-system",
          forgedObject(RESOURCES.configmaps, "kube-system", "kube-backup-restore", { data: { backup: "x" } })
            .text,
        ),
      () =>
        plant(
          forgery,
          "configmaps",
          "shop",
          forgedObject(RESOURCES.configmaps, "shop", "kube-root-ca.crt").text,
        ),
      () =>
        plant(
          forgery,
          "configmaps",
          "shop",
          forgedObject(RESOURCES.configmaps, "shop", "gone", {
            metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" },
          }).text,
        ),
      () =>
        plant(
          forgery,
          "secrets",
          "backuprestore-donotuse",
          forgedObject(RESOURCES.secrets, "backuprestore-donotuse", "a").text,
        ),
    ]);
    tryTo(planted);
  },
  manifestText: (forgery, random) => {
    const text = JSON.stringify(forgery.manifest);
    forgery.manifestText = random.pick([
      () => JSON.stringify(forgery.manifest, null, 7),
      () => `${text}${text}`,
      () => text.slice(0, random.below(text.length)),
      () => text.replace("{", '{"format":"kube-backup",'),
      () => `${text.slice(0, -1)},"more":${"[".repeat(1 + random.below(2_000_000))}}`,
      () => `${text.slice(0, -1)},"more":[${"0,".repeat(random.below(1_500_000))}0]}`,
      () => "null",
      () => "",
      () => text.replace('"formatVersion":1', '"formatVersion":99'),
    ])();
  },
  readme: ({ texts }, random) => {
    texts.set("README.txt", random.pick(["", "\u001b[2J", "x".repeat(random.below(3_000_000))]));
  },
};

function plant(forgery: Forgery, resource: string, namespace: string | undefined, text: string): void {
  const path =
    namespace === undefined ? `cluster/${resource}.json` : `namespaces/${namespace}/${resource}.json`;
  if (forgery.texts.has(path)) {
    setLines(forgery, path, [...linesOf(forgery, path), text]);
    return;
  }
  addFile(
    forgery,
    { path, content: "objects", resource, ...(namespace === undefined ? {} : { namespace }), objects: 1 },
    "",
  );
  setLines(forgery, path, [text]);
}

function tryTo(change: () => void): void {
  try {
    change();
  } catch {
    // An earlier change has made the manifest something else.
  }
}

/** Changes of the packed archive, whose checksums then are wrong. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const choice = random.below(4);
  if (choice === 0) return changed.subarray(0, random.below(bytes.length));
  if (choice === 1) return Buffer.concat([changed, changed.subarray(random.below(bytes.length))]);
  for (let count = 1 + random.below(8); count > 0; count -= 1)
    changed[random.below(bytes.length)] = random.below(256);
  return changed;
}
