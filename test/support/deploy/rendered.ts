/** What kustomize or Helm makes of deploy/, as objects. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { binary } from "../binaries/build.ts";
import { runCommand } from "../processes/run-command.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** A rule of a role. */
interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/** An object of a manifest. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  rules?: Rule[];
  // biome-ignore lint/suspicious/noExplicitAny: tests read objects of every kind.
  spec?: any;
  [member: string]: unknown;
}

/** The objects of a text by their titles, `Deployment kube-system/kube-backup`. */
export function manifestObjects(text: string): Record<string, ManifestObject> {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as ManifestObject | null);
  return Object.fromEntries(
    objects
      .filter((object) => object !== null)
      .map((object) => [titleOf(object), object] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function titleOf({ kind, metadata: { namespace, name } }: ManifestObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The objects of kube-backup.yml. */
export async function plainManifest(): Promise<Record<string, ManifestObject>> {
  return manifestObjects(await readFile(path.join(ROOT, "kube-backup.yml"), "utf8"));
}

/** What `kubectl kustomize` makes of a folder, by its path from the top of the project or an absolute one. */
export async function kustomized(folder: string): Promise<Record<string, ManifestObject>> {
  const command = [await binary("kubectl"), "kustomize", path.resolve(ROOT, folder)];
  return manifestObjects(await runCommand(command));
}
