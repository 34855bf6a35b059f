/** The objects of the YAML files beside this one. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments } from "yaml";

/** An object of the files. */
export interface FixtureObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid?: string }[];
  };
  status?: unknown;
  [member: string]: unknown;
}

/** Length of the text of a field: with it, the largest definition has about the size of the published one. */
const DESCRIPTION = 700;

// TypeScript's library does not know it yet.
const RAW_JSON = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** Files with whether they are applied on the server's side, as the documentation of each has it. */
export const APPLICATIONS: Readonly<Record<string, boolean>> = {
  "cert-manager-crds.yaml": false,
  "kube-prometheus-crds.yaml": true,
  "cert-manager.yaml": false,
  "ingress-nginx.yaml": false,
  "kube-prometheus.yaml": true,
};

/** All objects of the files, definitions and what is made with them. */
export async function readAllObjects(): Promise<FixtureObject[]> {
  const files = [...Object.keys(APPLICATIONS), "custom-resources.yaml"];
  return (await Promise.all(files.map(readObjects))).flat();
}

/** What the API server asks an application about. */
export function answersForOthers({ apiVersion }: FixtureObject): boolean {
  return /^(admissionregistration|apiregistration)\.k8s\.io\//.test(apiVersion);
}

/** The objects of one file. */
export async function readObjects(file: string): Promise<FixtureObject[]> {
  const text = await readFile(path.join(import.meta.dirname, file), "utf8");
  const objects = parseAllDocuments(text, { intAsBigInt: true }).map(
    // Schemas are long because parts of them are there many times.
    (document) => document.toJS({ maxAliasCount: 10_000 }) as FixtureObject,
  );
  if (file === "kube-prometheus-crds.yaml") for (const object of objects) describe(object);
  return objects;
}

/** As JSON, with integers of any size. */
export function json(object: unknown): string {
  return JSON.stringify(object, (_key, value) =>
    typeof value === "bigint" ? RAW_JSON.rawJSON(String(value)) : value,
  );
}

/** Gives every field of a definition a text as long as those of the real ones, which make up most of their size. */
function describe(schema: unknown): void {
  if (typeof schema !== "object" || schema === null) return;
  for (const [name, value] of Object.entries(schema)) {
    if (name === "properties") {
      for (const [field, property] of Object.entries(value as Record<string, { description?: string }>)) {
        // Of this one the API server has its own idea.
        if (field !== "metadata")
          property.description = `${field} ${"says what it is for, in many words. ".repeat(DESCRIPTION / 35)}`;
      }
    }
    describe(value);
  }
}
