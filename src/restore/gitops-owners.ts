/** Objects of a backup that Argo CD or Flux own: these may write over what is restored, or delete it. */

import type { Buffer } from "node:buffer";
import type { ManifestFile } from "../archive/format/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { member } from "../kubernetes/object-facts.ts";
import { resourceName } from "../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";
import { amount } from "../words/amount.ts";
import { shellCommand } from "../words/shell-command.ts";

/** How many owners are told in text. */
const NAMED = 10;

/** What all labels and annotations of owners have in them: other objects need not be parsed. */
const MARKS = ["argocd.argoproj.io/", "toolkit.fluxcd.io/"];

/** What owns an object. */
export interface GitOpsOwner {
  tool: "argocd" | "flux";
  kind: "Application" | "Kustomization" | "HelmRelease";
  /** Undefined where the object does not say it. */
  namespace: string | undefined;
  name: string;
}

/** An owner, how many of the objects it owns, and the command that pauses it. */
export interface OwnedCount {
  tool: GitOpsOwner["tool"];
  kind: GitOpsOwner["kind"];
  namespace: string | null;
  name: string;
  objects: number;
  pause: string;
}

/**
 * What owns an object, by its labels and annotations.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#role-based-access-control
 */
export function gitOpsOwner(object: JsonObject): GitOpsOwner | undefined {
  const metadata = member(object, "metadata");
  const [labels, annotations] = [member(metadata, "labels"), member(metadata, "annotations")];
  const textOf = (map: JsonObject, key: string) => {
    const value = map[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  // `APP:GROUP/KIND:NAMESPACE/NAME`, and `NAMESPACE_APP` of an Application outside of Argo CD's own namespace.
  const tracked = textOf(annotations, "argocd.argoproj.io/tracking-id")?.split(":")[0];
  const instance = "argocd.argoproj.io/instance";
  const application = tracked || (textOf(labels, instance) ?? textOf(annotations, instance));
  if (application !== undefined) {
    const [, namespace, name] = /^([a-z0-9-]+)_(.+)$/.exec(application) ?? [];
    return { tool: "argocd", kind: "Application", namespace, name: name ?? application };
  }
  for (const [prefix, kind] of [
    ["kustomize", "Kustomization"],
    ["helm", "HelmRelease"],
  ] as const) {
    const name = textOf(labels, `${prefix}.toolkit.fluxcd.io/name`);
    const namespace = textOf(labels, `${prefix}.toolkit.fluxcd.io/namespace`);
    if (name !== undefined) return { tool: "flux", kind, namespace, name };
  }
  return undefined;
}

/** Which files hold objects with labels or annotations of owners, as far as a check has seen them. */
export class MarkedFiles {
  readonly #marked = new Map<string, boolean>();

  /** To be called with all objects of a file, some at a time, as JSON. */
  add({ path }: Pick<ManifestFile, "path">, objects: readonly Buffer[]): void {
    const found = () => objects.some((object) => MARKS.some((mark) => object.includes(mark)));
    this.#marked.set(path, this.#marked.get(path) === true || found());
  }

  /** Whether a file can hold objects that are owned: what was not seen can. */
  mayHold({ path }: Pick<ManifestFile, "path">): boolean {
    return this.#marked.get(path) ?? true;
  }
}

/**
 * Counts the selected objects of an archive that Argo CD or Flux own, by their owner: that with the most first.
 *
 * @param marked spares the reading of files that hold none.
 * @throws {DamagedArchiveError} where the archive is damaged.
 */
export async function countOwned(
  archive: Archive,
  { selection, marked }: { selection: Selection; marked: MarkedFiles },
  signal: AbortSignal,
): Promise<OwnedCount[]> {
  const counts = new Map<string, OwnedCount>();
  for await (const owner of ownersOfSelected(archive, { selection, marked }, signal)) {
    const key = JSON.stringify([owner.kind, owner.namespace, owner.name]);
    const counted = counts.get(key) ?? countOf(owner);
    counted.objects += 1;
    counts.set(key, counted);
  }
  return [...counts.values()].sort((one, other) => other.objects - one.objects);
}

/** The owner of each selected object that has one. */
async function* ownersOfSelected(
  archive: Archive,
  { selection, marked }: { selection: Selection; marked: MarkedFiles },
  signal: AbortSignal,
): AsyncGenerator<GitOpsOwner> {
  const isWanted = (namespace: string | undefined) =>
    namespace === undefined || selection.namespace(namespace);
  for (const resource of archive.manifest.resources) {
    if (!selection.resource(resource)) continue;
    for (const file of archive.files.objectsOf(resourceName(resource)).where(isWanted)) {
      if (!marked.mayHold(file)) continue;
      for await (const text of archive.objects(file, signal)) {
        if (!MARKS.some((mark) => text.includes(mark))) continue;
        const object = JSON.parse(text) as JsonObject;
        const owner = gitOpsOwner(object);
        if (owner !== undefined && selection.object(resource, object as SelectableObject)) yield owner;
      }
    }
  }
}

function countOf(owner: GitOpsOwner): OwnedCount {
  const { tool, kind, namespace = null, name } = owner;
  return { tool, kind, namespace, name, objects: 0, pause: pauseCommand(owner) };
}

function pauseCommand({ kind, namespace, name }: GitOpsOwner): string {
  if (kind === "Application") {
    const application = namespace === undefined ? name : `${namespace}/${name}`;
    return shellCommand`argocd app set --sync-policy none ${application}`;
  }
  const what = kind.toLowerCase();
  return namespace === undefined
    ? shellCommand`flux suspend ${what} ${name}`
    : shellCommand`flux --namespace=${namespace} suspend ${what} ${name}`;
}

/** What a person is told before a restore, one sentence for each owner. */
export function describeOwned(owned: readonly OwnedCount[]): string[] {
  const lines = owned.slice(0, NAMED).map(({ tool, kind, namespace, name, objects, pause }) => {
    const title = namespace === null ? name : `${namespace}/${name}`;
    const owner = tool === "argocd" ? "Argo CD" : "Flux";
    const own = objects === 1 ? "is owned" : "are owned";
    return `${amount(objects, "object")} ${own} by ${owner} (${kind} ${title}), which may write over what is restored. Pause it first: ${pause}`;
  });
  const more = owned.slice(NAMED);
  if (more.length === 0) return lines;
  const objects = more.reduce((sum, each) => sum + each.objects, 0);
  return [
    ...lines,
    `${amount(objects, "object")} more, of ${amount(more.length, "Application, Kustomization or HelmRelease", "Applications, Kustomizations and HelmReleases")}: -o json names them all`,
  ];
}
