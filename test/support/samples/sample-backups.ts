/** Backups as the program makes them, of any time and size, without a cluster. */

import type { Buffer } from "node:buffer";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import JSZip from "jszip";
import type { ManifestFacts } from "../../../src/archive/format/manifest.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { NAMESPACES, SECRETS, sampleObject, writeSample } from "./sample-archive.ts";

/** What the manifest of a sample says besides its objects. */
export type SampleFacts = Partial<ManifestFacts> & { clusterId?: string };

/** The bytes of a valid backup of so many objects, one of them a namespace; `facts` changes its manifest. */
export async function backupBytes(
  time: Date,
  objects = 10,
  { clusterId, ...facts }: SampleFacts = {},
): Promise<Buffer> {
  const secrets = Array.from({ length: objects - 1 }, (_, index) =>
    sampleObject(SECRETS, "shop", `secret-${index}`),
  );
  const { bytes } = await writeSample([sampleObject(NAMESPACES, undefined, "shop"), ...secrets], {
    time,
    facts: {
      ...(clusterId === undefined ? {} : { cluster: { id: clusterId, kubernetesVersion: "v1.36.3" } }),
      ...facts,
    },
  });
  return bytes;
}

/** Puts a valid backup, of a cluster of no one's or of the one given, into a folder, and gives its name. */
export async function putBackup(
  folder: string,
  time: Date,
  objects = 10,
  facts: SampleFacts = {},
): Promise<string> {
  const name = backupName(time);
  await writeFile(path.join(folder, `${name}.zip`), await backupBytes(time, objects, facts));
  return name;
}

/** Puts something into a folder that has a backup's name and is none. */
export async function putDamaged(folder: string, time: Date): Promise<string> {
  const name = backupName(time);
  await writeFile(path.join(folder, `${name}.zip`), "this is no zip");
  return name;
}

/** Puts a backup into a folder that a later program wrote, as far as its manifest goes. */
export async function putNewerFormat(folder: string, time: Date): Promise<string> {
  const name = backupName(time);
  const zip = new JSZip();
  zip.file("MANIFEST", JSON.stringify({ format: "kube-backup", formatVersion: 99 }));
  await writeFile(path.join(folder, `${name}.zip`), await zip.generateAsync({ type: "nodebuffer" }));
  return name;
}

const HOUR = 3_600_000;

/** The moment so many hours ago, to the second. */
export function hoursAgo(hours: number): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000 - hours * HOUR);
}
