/** What makes an archive invalid, found in another way than the program's: by parsing and writing again. */

import { Buffer, isUtf8 } from "node:buffer";
import type { ManifestFile, WholeManifest } from "../../../src/archive/format/manifest.ts";
import type { Forgery } from "./forge.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const OWN: Readonly<Record<string, readonly [kind: string, namespaced: boolean]>> = {
  namespaces: ["Namespace", false],
  configmaps: ["ConfigMap", true],
  secrets: ["Secret", true],
  "deployments.apps": ["Deployment", true],
  "clusterroles.rbac.authorization.k8s.io": ["ClusterRole", false],
};

/** Why an archive is not in the form of the writer; undefined where nothing was found. */
export function whyInvalid(forgery: Forgery): string | undefined {
  try {
    const text = String(forgery.manifestText ?? JSON.stringify(forgery.manifest));
    const manifest: WholeManifest = JSON.parse(text);
    if (!isSameAgain(text, manifest)) return "the manifest is not the same when it is written again";
    const resources = new Map(
      manifest.resources.map((each) => [
        each.group === "" ? each.resource : `${each.resource}.${each.group}`,
        each,
      ]),
    );
    if (resources.size !== manifest.resources.length) return "a resource comes twice";
    for (const [name, { kind, namespaced, version, resource }] of resources) {
      const [ownKind, ownScope] = OWN[name] ?? [kind, namespaced];
      if (kind !== ownKind || namespaced !== ownScope) return `${name} is something else`;
      if (!LABEL.test(version) || !LABEL.test(resource) || !/^[A-Za-z][-A-Za-z0-9]*$/.test(kind))
        return `${name} has odd names`;
    }
    const names = new Map<string, string[]>();
    for (const file of manifest.files) {
      const fault = faultOfFile(forgery, file, { resources, names });
      if (fault !== undefined) return `${file.path}: ${fault}`;
    }
    for (const file of manifest.files) {
      const fault = faultOfSide(forgery, file, names);
      if (fault !== undefined) return `${file.path}: ${fault}`;
    }
    return undefined;
  } catch (error) {
    return `it cannot be read: ${String(error).slice(0, 80)}`;
  }
}

function isSameAgain(text: string, value: unknown): boolean {
  return [JSON.stringify(value), JSON.stringify(value, null, 7)].includes(text);
}

function faultOfFile(
  { texts }: Forgery,
  { path, content, resource: name = "", namespace }: ManifestFile,
  {
    resources,
    names,
  }: { resources: ReadonlyMap<string, WholeManifest["resources"][number]>; names: Map<string, string[]> },
): string | undefined {
  if (content !== "objects") return undefined;
  const bytes = Buffer.from(texts.get(path) ?? "");
  if (!isUtf8(bytes)) return "no UTF-8";
  const resource = resources.get(name);
  if (resource === undefined) return "no resource";
  const list = JSON.parse(String(bytes));
  const lines = String(bytes)
    .split("\n")
    .slice(1, -2)
    .map((line) => line.replace(/,$/, ""));
  if (lines.length !== list.items.length) return "not a line for each object";
  const seen = new Set<string>();
  for (const [index, item] of list.items.entries()) {
    const fault = faultOfLine(String(lines[index]), item) ?? faultOfIdentity(item, resource, namespace);
    if (fault !== undefined) return fault;
    const own = item.metadata.name;
    if (typeof own !== "string" || ["", ".", ".."].includes(own) || /[/%]/.test(own) || seen.has(own))
      return "an odd name";
    seen.add(own);
  }
  names.set(path, [...seen]);
  return undefined;
}

function faultOfLine(line: string, item: unknown): string | undefined {
  if (JSON.stringify(item) !== line || !line.isWellFormed()) return "not the same again";
  return /\\ud[89a-f]/.test(line) ? "a lone surrogate" : undefined;
}

function faultOfIdentity(
  item: { apiVersion: unknown; kind: unknown; metadata: { namespace?: unknown } },
  { group, version, kind, namespaced }: WholeManifest["resources"][number],
  namespace: string | undefined,
): string | undefined {
  if (item.apiVersion !== (group === "" ? version : `${group}/${version}`) || item.kind !== kind)
    return "another kind";
  if (item.metadata.namespace !== namespace || (namespace !== undefined) !== namespaced)
    return "another namespace";
  return undefined;
}

function faultOfSide(
  { texts }: Forgery,
  { path, content }: ManifestFile,
  names: ReadonlyMap<string, string[]>,
): string | undefined {
  if (content === "objects" || content === "text") return undefined;
  const objects = names.get(path.replace(/\.[a-z]+\.jsonl$/, ".json"));
  if (objects === undefined) return "beside no file";
  let next = 0;
  for (const line of String(texts.get(path) ?? "")
    .split("\n")
    .slice(0, -1)) {
    const { name } = JSON.parse(line);
    const place = objects.indexOf(name, next);
    if (place === -1) return "about no object";
    next = place + 1;
  }
  return undefined;
}
