/** Keys that backups are encrypted and signed with, as settings. */

import { execFile as execFileWithCallback } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { newIdentity } from "../../../src/encryption/new-identity.ts";

const execFile = promisify(execFileWithCallback);

/** Makes keys of a cluster's own in a folder. Gives the settings that encrypt, sign, decrypt and believe with them. */
export async function sealingKeys(folder: string, clusterName = "blue"): Promise<Record<string, string>> {
  const keys = await mkdtemp(path.join(folder, "keys-"));
  const file = (name: string) => path.join(keys, name);
  const { recipient, file: identity } = await newIdentity("X25519", new Date());
  await writeFile(file("age.txt"), identity, { mode: 0o600 });
  await execFile("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file("signing")]);
  const publicKey = await readFile(file("signing.pub"), "utf8");
  await writeFile(file("allowed_signers"), `${clusterName} namespaces="kube-backup" ${publicKey}`);
  return {
    CLUSTER_NAME: clusterName,
    AGE_RECIPIENTS: recipient,
    AGE_KEY_FILE: file("age.txt"),
    SIGNING_KEY_FILE: file("signing"),
    ALLOWED_SIGNERS_FILE: file("allowed_signers"),
  };
}
