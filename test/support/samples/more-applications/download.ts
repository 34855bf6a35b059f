/** The manifests of public applications, read from their Go modules. */

import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { runCommand } from "../../processes/run-command.ts";
import type { FixtureObject } from "../applications/fixtures.ts";
import type { Application } from "./modules.ts";

/** What `go mod download -json` says of a module. */
interface Download {
  Path: string;
  Version: string;
  Dir: string;
  Sum: string;
}

/**
 * Folders of the modules, which Go downloads where its cache does not have them.
 *
 * @throws {Error} when one cannot be downloaded, or is not what it was.
 */
export async function downloadModules(applications: readonly Application[]): Promise<Map<string, string>> {
  const modules = applications.map(({ module }) => module);
  const output = await runCommand(["go", "mod", "download", "-json", ...modules], {
    env: { GOWORK: "off", GOFLAGS: "" },
    cwd: import.meta.dirname,
  });
  // One object after another.
  const downloads: Download[] = JSON.parse(`[${output.replaceAll(/^\}\n(?=\{)/gm, "},")}]`);
  const folders = new Map<string, string>();
  for (const { module, sum } of applications) {
    const download = downloads.find(({ Path, Version }) => `${Path}@${Version}` === module);
    if (download?.Sum !== sum)
      throw new Error(`Cannot use the Go module ${module}: its digest is ${download?.Sum}, not ${sum}`);
    folders.set(module, download.Dir);
  }
  return folders;
}

/** An object as the application's authors wrote it: as text, since schemas of megabytes take long to parse. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  name: string;
  /** That of the object, or the one that the application's objects are put into. */
  namespace: string | undefined;
  yaml: string;
}

/** All objects of an application's manifests, in the order of their files. */
export async function readManifests(
  { module, manifests, namespace }: Application,
  folders: ReadonlyMap<string, string>,
): Promise<Manifest[]> {
  const folder = folders.get(module);
  if (folder === undefined) throw new Error(`Cannot read ${module}: it was not downloaded`);
  const files = await Promise.all(manifests.map((name) => yamlFiles(path.join(folder, name))));
  const texts = await Promise.all(files.flat().map((file) => readFile(file, "utf8")));
  return texts
    .flatMap((text) => text.split(/^---.*\n/m))
    .filter((yaml) => /^kind: (?!Kustomization$)/m.test(yaml))
    .map((yaml) => {
      const metadata = /^metadata:\n((?:[ #].*\n)+)/m.exec(yaml)?.[1] ?? "";
      return {
        apiVersion: member(yaml, "apiVersion") ?? "",
        kind: member(yaml, "kind") ?? "",
        name: member(metadata, "  name") ?? "",
        namespace: member(metadata, "  namespace") ?? namespace,
        yaml,
      };
    });
}

/** A member whose value is a plain word. */
function member(yaml: string, name: string): string | undefined {
  return new RegExp(`^${name}: *["']?([^\\s"']+)`, "m").exec(yaml)?.[1];
}

/** The custom resources of an application, which are ours. */
export async function readCustomResources({ name }: Application): Promise<FixtureObject[]> {
  const file = path.join(import.meta.dirname, "custom-resources", `${name}.yaml`);
  const documents = parseAllDocuments(await readFile(file, "utf8"));
  return documents.map((document) => document.toJS() as FixtureObject);
}

async function yamlFiles(place: string): Promise<string[]> {
  if (!(await stat(place)).isDirectory()) return [place];
  const entries = await readdir(place, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith(".yaml"))
    .sort()
    .map((entry) => path.join(place, entry));
}
