/** Backups in a folder, with hostile text in one place, as whoever can write to the store can make them. */

import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { ManifestFacts } from "../../../src/archive/format/manifest.ts";
import { createArchive } from "../../../src/archive/writer.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import {
  collect,
  factsOf,
  NAMESPACES,
  NEVER,
  REPLICA_SETS,
  type SampleObject,
  SECRETS,
  sampleObject,
  WIDGETS,
} from "../samples/sample-archive.ts";

const CONFIG_MAPS = { ...SECRETS, resource: "configmaps", kind: "ConfigMap" };
const DEPLOYMENTS = { ...REPLICA_SETS, resource: "deployments", kind: "Deployment" };

/** What an archive is made of. */
export interface Contents {
  objects: SampleObject[];
  facts: ManifestFacts;
}

/** A small backup that has every member that a manifest can have, and objects of which tables show fields. */
export function sampleContents(): Contents {
  const owner = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    name: "web",
    controller: true,
    blockOwnerDeletion: true,
  };
  const container = { name: "web", image: "web:1" };
  const workload = {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [container] } },
  };
  const objects = [
    sampleObject(NAMESPACES, undefined, "shop"),
    withMembers(sampleObject(CONFIG_MAPS, "shop", "settings"), {
      data: { "app.conf": "a=1\nb=2\n", mode: "fast" },
    }),
    withMembers(sampleObject(SECRETS, "shop", "login"), { type: "Opaque", data: { password: "c2VjcmV0" } }),
    withMembers(sampleObject(DEPLOYMENTS, "shop", "web"), { data: undefined, spec: workload }),
    {
      ...withMembers(sampleObject(REPLICA_SETS, "shop", "web-1"), { data: undefined, spec: workload }),
      owners: [owner],
    },
    sampleObject(WIDGETS, "shop", "widget"),
  ];
  return {
    objects,
    facts: {
      ...factsOf(objects),
      warnings: ["a warning"],
      missing: [{ resource: "gadgets.example.com", reason: "its server is down" }],
      excluded: { configmaps: 1 },
      leftOut: [{ resource: "taskruns.tekton.dev", objects: 1, why: "finished" }],
      scope: { includeNamespaces: ["shop"], excludeNamespaces: ["test-*"] },
      keepFinished: ["taskruns.tekton.dev"],
    },
  };
}

function withMembers(object: SampleObject, members: object): SampleObject {
  return { ...object, text: JSON.stringify({ ...JSON.parse(object.text), ...members }) };
}

/** Writes a backup into a folder; false where the writer itself refuses it. */
export async function putContents(
  folder: string,
  time: Date,
  { objects, facts }: Contents,
): Promise<boolean> {
  const archive = createArchive({ time });
  const bytes = collect(archive.bytes);
  try {
    for (const object of objects) await archive.add(object, NEVER);
    await archive.finish({ ...facts, time: time.toISOString().replace(".000Z", "Z") }, NEVER);
  } catch (error) {
    archive.abort(error);
    await bytes.catch(() => {});
    return false;
  }
  await writeFile(path.join(folder, `${backupName(time)}.zip`), await bytes);
  return true;
}
