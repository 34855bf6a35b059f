/** The rights of kube-backup.yml: enough for all that it runs, and none too many. */

import assert from "node:assert/strict";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { FLAG, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ProgramResult, runProgram, startProgram } from "../../support/program/program.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";
import { until } from "../../support/until.ts";
import { MANIFEST } from "../story/kube-backup.ts";
import { collection, LOST_NAMESPACE, objectsOf } from "./rights-objects.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ROLES = {
  ClusterRole: `${RBAC}/clusterroles/kube-backup`,
  Role: `${RBAC}/namespaces/kube-system/roles/kube-backup`,
};
const ACCOUNT = "system:serviceaccount:kube-system:kube-backup";
/** Name of the one backup that is restored: old enough for the next to be due, fresh enough for the gate. */
const ORIGINAL = `backup_${new Date(Date.now() - 600_000).toISOString().replace(/[-:]|\.\d+/g, "")}.zip`;

/** What the program writes for itself. */
const OWN: ReadonlySet<string> = new Set(["leases", "events"]);

const LEASES = ["kube-backup", "kube-backup-restore"].map(
  (name) => `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`,
);

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/** One verb on one resource. */
interface Right {
  role: keyof typeof ROLES;
  group: string;
  resource: string;
  verb: string;
  names?: string[];
}

let cluster: ControlPlane;
let folder: string;
let env: Record<string, string>;
let rights: Right[];

before(async () => {
  cluster = await startControlPlane();
  await cluster.kubectl([
    "apply",
    "--server-side",
    "--validate=strict",
    "--warnings-as-errors",
    "-f",
    MANIFEST,
  ]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-rights-"));
  const KUBECONFIG = await cluster.serviceAccountKubeconfig("kube-system", "kube-backup");
  env = { KUBECONFIG, S3TARGET: `file://${folder}`, FREQUENCY: "1", MAXRESTOREAGE: "60" };
  rights = [...(await readRights("ClusterRole")), ...(await readRights("Role"))];
  const input = objectsOf()
    .map((object) => JSON.stringify(object))
    .join("\n---\n");
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
});

after(async () => {
  await cluster?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test("every command works with exactly these rights", async () => {
  for (const args of [["backup"], ["list"], ["status"], ["restore", "latest", "--yes"]]) {
    const { status, stderr } = await runProgram(args, { env });
    assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
  }
  const [taken = ""] = await backupFiles(folder);
  await rename(path.join(folder, taken), path.join(folder, ORIGINAL));
  // From now on what is in the cluster differs from what is in the backup.
  for (const { group, resource } of restored("get")) {
    if (resource === "namespaces") continue;
    const changed = { metadata: { annotations: { changed: "yes" } } };
    await cluster.request("PATCH", `${collection(group, resource)}/kept`, changed);
  }
  for (const { group, resource } of restored("create")) await lose(group, resource);
  const { stderr, status } = await runOnce({ changeLog: true });
  assert.match(stderr, /"msg":"Backup stored"/);
  assert.match(stderr, /"msg":"Change log begins"/);
  assert.doesNotMatch(stderr, /came back with fields that belong to/, "all fields were handed back");
  assert.equal(status, 0);
  for (const { group, resource } of restored("create")) {
    await cluster.request("GET", pathOfLost(group, resource));
  }
});

test("each right is needed: without it something fails, or is noted, that names it", async (t) => {
  assert.equal(rights.length, 50);
  const rows: string[] = [];
  for (const right of rights) {
    const { role, group, resource, verb } = right;
    const title = `${verb} ${resource}${group === "" ? "" : `.${group}`}`;
    await t.test(`${role}: ${title}`, async () => {
      await writeRights(rights.filter((other) => other !== right));
      await waitForRight(right, false);
      const isOwn = OWN.has(resource);
      if (!isOwn) await lose(group, resource);
      for (const file of await backupFiles(folder)) {
        if (file !== ORIGINAL) await rm(path.join(folder, file));
      }
      // Nothing but the change log watches.
      const { stderr } = await runOnce({ changeLog: verb === "watch" });
      // Whose fields an object's are is no reason to end a restore, and a kind that cannot be listed is restored object by
      // object, and missing from the backup: both are told.
      // Without a Lease, events or the change log it goes on too, and says so.
      if (!["patch", "list", "watch"].includes(verb) && !isOwn)
        assert.doesNotMatch(stderr, /"msg":"Backup stored"/, "all went well without it");
      // What a server says of Secrets is not repeated, for it may quote one.
      const refusal =
        resource === "secrets"
          ? /((list|watch) secrets|"resource":"secrets"|"kind":"Secret"|of the kind Secret).*Forbidden \(HTTP 403\)/
          : new RegExp(`cannot ${verb} resource \\\\*"${resource}\\\\*"`);
      assert.match(stderr, refusal);
      rows.push(`${title.padEnd(42)}${failureIn(stderr)}`);
    });
    await writeRights(rights);
    await waitForRight(right, true);
  }
  for (const row of rows) t.diagnostic(row);
});

/** The rights to a verb on what is backed up. */
function restored(wanted: string): Right[] {
  return rights.filter(({ verb, resource }) => verb === wanted && !OWN.has(resource));
}

/** Runs as the Deployment does, until a backup is stored, with the change log until that has begun, or something fails. */
async function runOnce({ changeLog }: { changeLog: boolean }): Promise<ProgramResult> {
  await remove(cluster, RECORD);
  await remove(cluster, FLAG);
  for (const lease of LEASES) await remove(cluster, lease);
  const program = startProgram(["run"], { env: changeLog ? { ...env, CHANGE_LOG: "1s" } : env });
  const end = program
    .saw(/"msg":"Backup (stored|failed)"/)
    .then(() => (changeLog ? program.saw(/"msg":"(Backup failed|Change log (begins|ends))/) : undefined))
    .catch(() => {});
  await Promise.race([end, program.ended]);
  program.child.kill("SIGTERM");
  return await program.ended;
}

/** The first error of a log, without what leads up to the refusal. */
function failureIn(stderr: string): string {
  for (const line of stderr.split("\n").filter((each) => each !== "")) {
    const { level, msg, reason, because, err, notes } = JSON.parse(line);
    if (notes?.length > 0) return `note: ${notes[0].replace(/^.* belonged: /, "").slice(0, 150)}`;
    if (level !== "error" && level !== "fatal") continue;
    return [msg, reason ?? because ?? err?.message]
      .filter((part) => part !== undefined)
      .join(": ")
      .slice(0, 150);
  }
  return "";
}

async function readRights(role: keyof typeof ROLES): Promise<Right[]> {
  const { rules } = (await cluster.request("GET", ROLES[role])) as { rules: Rule[] };
  return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => ({
          role,
          group,
          resource,
          verb,
          ...(resourceNames && { names: resourceNames }),
        })),
      ),
    ),
  );
}

async function writeRights(wanted: readonly Right[]): Promise<void> {
  for (const name of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
    const rules = wanted
      .filter(({ role }) => role === name)
      .map(({ group, resource, verb, names }) => ({
        apiGroups: [group],
        resources: [resource],
        verbs: [verb],
        ...(names && { resourceNames: names }),
      }));
    await cluster.request("PATCH", ROLES[name], { rules });
  }
}

/** Roles take effect a moment after they are written. */
async function waitForRight({ role, group, resource, verb, names }: Right, allowed: boolean): Promise<void> {
  const attributes = role === "Role" ? { namespace: "kube-system", ...(names && { name: names[0] }) } : {};
  const spec = { user: ACCOUNT, resourceAttributes: { group, resource, verb, ...attributes } };
  const reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  await until(
    `${verb} ${resource} is ${allowed ? "allowed" : "forbidden"}`,
    async () => (await cluster.request("POST", reviews, { spec })).status.allowed === allowed,
    { intervalMs: 20 },
  );
}

/** Deletes the object of a resource that a restore is to bring back. */
async function lose(group: string, resource: string): Promise<void> {
  await remove(cluster, pathOfLost(group, resource));
}

function pathOfLost(group: string, resource: string): string {
  return resource === "namespaces"
    ? `/api/v1/namespaces/${LOST_NAMESPACE}`
    : `${collection(group, resource)}/lost`;
}
