/** What the tests of rehearsals have in common. */

import assert from "node:assert/strict";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

/** Marks the scratch namespaces. */
export const SCRATCH_LABEL = "kube-backup/rehearsal";

/** The JSON document of a rehearsal, as docs/commands/verify.md describes it. */
export interface Rehearsal {
  backup: string;
  summary: {
    objects: number;
    accepted: number;
    refused: number;
    notAsked: number;
    afterDefinition: number;
  };
  kinds: Record<string, { accepted: number; refused: number; notAsked: number }>;
  items: {
    kind: string;
    namespace: string | null;
    name: string;
    outcome: string;
    reason: string;
    advice: string;
  }[];
  notes: string[];
}

/** Rehearses the newest backup; the run must end with `status`, and no Secret's value be in its output. */
export async function rehearse(env: Record<string, string>, status: number): Promise<Rehearsal> {
  const result = await runProgram(["verify", "--rehearse", "-o", "json"], { env });
  assert.equal(result.status, status, result.stderr + result.stdout);
  assertNoSecret(result);
  return JSON.parse(result.stdout);
}

/** The fixtures' Secrets all hold these words. */
export function assertNoSecret({ stdout, stderr }: ProgramResult): void {
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text, /TOP-SECRET/);
    assert.doesNotMatch(text, /VE9QLVNFQ1JFV/, "nor in base64");
  }
}

/** `ConfigMap shop/settings` of every item, sorted. */
export function titles({ items }: Pick<Rehearsal, "items">): string[] {
  return items.map(({ kind, namespace, name }) => `${kind} ${namespace ?? ""}/${name}`).sort();
}

/** Names of the scratch namespaces that are not being deleted. */
export async function scratchNamespaces(cluster: ControlPlane): Promise<string[]> {
  const { items } = await cluster.request("GET", `/api/v1/namespaces?labelSelector=${SCRATCH_LABEL}`);
  return items
    .filter(({ metadata }: { metadata: { deletionTimestamp?: string } }) => !metadata.deletionTimestamp)
    .map(({ metadata }: { metadata: { name: string } }) => metadata.name);
}

/** Whether the API server refuses an object now, when asked by a dry run. */
export async function refuses(cluster: ControlPlane, path: string, body: object): Promise<boolean> {
  return await cluster.request("POST", `${path}?dryRun=All`, body).then(
    () => false,
    (error: { reason?: string }) => error.reason !== "AlreadyExists",
  );
}

/** Makes a policy that refuses what does not satisfy an expression, and waits until it is in force. */
export async function addPolicy(
  cluster: ControlPlane,
  {
    name,
    resources,
    validation,
    namespaceSelector,
    probe,
  }: {
    name: string;
    resources: readonly string[];
    validation: object;
    namespaceSelector?: object;
    /** What it must refuse. */
    probe: { path: string; body: object };
  },
): Promise<() => Promise<void>> {
  const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
  const bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources };
  await cluster.request("POST", policies, {
    metadata: { name },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: [rule], ...(namespaceSelector && { namespaceSelector }) },
      validations: [validation],
    },
  });
  await cluster.request("POST", bindings, {
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"] },
  });
  await until(`the policy ${name} refuses`, () => refuses(cluster, probe.path, probe.body));
  return async () => {
    await cluster.request("DELETE", `${bindings}/${name}`);
    await cluster.request("DELETE", `${policies}/${name}`);
    await until(`the policy ${name} is gone`, async () => !(await refuses(cluster, probe.path, probe.body)));
  };
}
