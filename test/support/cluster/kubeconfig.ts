/** Kubeconfig files for tests. */

import { Buffer } from "node:buffer";
import { writeFile } from "node:fs/promises";

/** What a kubeconfig of one cluster and one user says. */
export interface KubeconfigFacts {
  /** `https://127.0.0.1:12345`; with `http://` no CA is needed. */
  server: string;
  /** PEM. */
  ca?: string;
  token: string;
  /** Name of context, cluster and user; default "test". */
  context?: string;
  /** The context's namespace; default "default". */
  namespace?: string;
}

/** Writes a kubeconfig file, readable by its owner alone, and returns its path. */
export async function writeKubeconfig(file: string, facts: KubeconfigFacts): Promise<string> {
  const name = facts.context ?? "test";
  const ca =
    facts.ca === undefined ? {} : { "certificate-authority-data": Buffer.from(facts.ca).toString("base64") };
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server: facts.server, ...ca } }],
    users: [{ name, user: { token: facts.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: facts.namespace ?? "default" } }],
  };
  // JSON is YAML too.
  await writeFile(file, `${JSON.stringify(kubeconfig, null, 2)}\n`, { mode: 0o600 });
  return file;
}
