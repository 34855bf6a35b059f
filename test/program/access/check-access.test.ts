/** `check-access`: a real API server and S3 server, and users of them who may do nothing, something, or all. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { type Session, sessionWith } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { until } from "../../support/until.ts";

const BUCKET = "backups";
const ROOT = path.resolve(import.meta.dirname, "../../..");
const ALL_OF_S3 = [
  "s3:ListBucket",
  "s3:GetObject",
  "s3:PutObject",
  "s3:AbortMultipartUpload",
  "s3:ListMultipartUploadParts",
  "s3:ListBucketMultipartUploads",
  "s3:DeleteObject",
];

interface Right {
  of: "store" | "cluster";
  right: string;
  where: string;
  for: string[];
  allowed: boolean | null;
  reason: string;
}

interface Document {
  store: { url: string; reason: string | null; leftBehind: string[] };
  cluster: { context: string; server: string; user: string; reason: string | null; notes: string[] };
  rights: Right[];
  policy: { Statement: object[] };
  roles: object[];
}

let cluster: ControlPlane;
let minio: S3Server;
let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-access-"));
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket(BUCKET);
});
after(async () => {
  await cluster?.stop();
  await minio?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A user who may do nothing yet. */
async function newUser(name: string): Promise<string> {
  await cluster.kubectl(["create", "serviceaccount", name, "--namespace=kube-system"]);
  return await cluster.serviceAccountKubeconfig("kube-system", name);
}

interface User {
  kubeconfig: string;
  session?: Session;
  more?: Record<string, string>;
}

function environment({ kubeconfig, session, more }: User): Record<string, string> {
  const { accessKeyId, secretAccessKey } = session ?? minio;
  return {
    KUBECONFIG: kubeconfig,
    S3TARGET: `s3://${BUCKET}/clusters/blue`,
    ENDPOINT_URI: minio.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(session === undefined ? {} : { AWS_SESSION_TOKEN: session.sessionToken }),
    ...more,
  };
}

async function check(user: User, ...args: string[]): Promise<ProgramResult> {
  return await runProgram(["check-access", ...args], { env: environment(user) });
}

async function checkJson(user: User, ...args: string[]): Promise<ProgramResult & { document: Document }> {
  const result = await check(user, "-o", "json", ...args);
  return { ...result, document: JSON.parse(result.stdout) };
}

/** `list secrets` of those that are answered so. */
function those({ rights }: Document, allowed: boolean | null): string[] {
  return rights.filter((each) => each.allowed === allowed).map(({ right }) => right);
}

async function sessionOf(actions: readonly string[]): Promise<Session> {
  return await sessionWith(minio, [{ Effect: "Allow", Action: actions, Resource: ["arn:aws:s3:::*"] }]);
}

/** Applies roles, and waits until they have taken effect. */
async function apply(roles: readonly object[], user: User): Promise<void> {
  const input = roles.map((role) => JSON.stringify(role)).join("\n---\n");
  await cluster.kubectl(["apply", "-f", "-"], { input });
  await until("the roles take effect", async () => (await check(user)).status === 0, { intervalMs: 200 });
}

describe("With no right at all", () => {
  test("every right is named, and what is printed gives exactly what is needed", async () => {
    const kubeconfig = await newUser("nobody");
    const user = { kubeconfig, session: await sessionOf(["s3:ListAllMyBuckets"]) };
    const { status, stderr, document } = await checkJson(user);
    assert.equal(status, 3, stderr);
    assert.match(stderr, /Access is not complete: 49 of 50 rights are missing: s3:ListBucket, /);
    assert.equal(document.rights.length, 50);
    assert.deepEqual(
      those(document, null),
      ["s3:GetObject"],
      "it cannot be told where nothing can be written",
    );
    assert.equal(document.cluster.user, "system:serviceaccount:kube-system:nobody");
    for (const { of, reason, right } of document.rights) {
      assert.match(reason, of === "store" ? /access denied \(AccessDenied: / : /^no rule allows it$/, right);
    }

    const session = await sessionWith(minio, document.policy.Statement);
    const allowed = { kubeconfig, session };
    await apply(document.roles, allowed);
    const more = { FREQUENCY: "1", MAXRESTOREAGE: "60", KEEP_LAST: "1" };
    for (const args of [
      ["check-access"],
      ["backup"],
      ["list"],
      ["status"],
      ["restore", "latest", "--yes"],
      ["prune", "--yes"],
    ]) {
      const done = await runProgram(args, { env: environment({ ...allowed, more }) });
      assert.equal(done.status, 0, `${args.join(" ")}: ${done.stderr}`);
    }
  });
});

describe("With the rights of kube-backup.yml", () => {
  let kubeconfig: string;
  before(async () => {
    await cluster.kubectl(["apply", "--server-side", "-f", path.join(ROOT, "kube-backup.yml")]);
    kubeconfig = await cluster.serviceAccountKubeconfig("kube-system", "kube-backup");
    await until("the roles take effect", async () => (await check({ kubeconfig })).status === 0);
  });

  test("all is there, and the table says so", async () => {
    const { status, stdout, stderr } = await check({ kubeconfig });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "");
    assert.match(
      stdout,
      /^Store {4}s3:\/\/backups\/clusters\/blue\nCluster {2}test \(https:\/\/\S+\), as system:/,
    );
    assert.equal(stdout.match(/ yes$/gm)?.length, 50);
    assert.match(
      stdout,
      /^s3:DeleteObject +backups\/clusters\/blue\/\{backup_\*,notes\/\*,reports\/\*,tags\/\*,log\/\*\} +only prune +yes$/m,
    );
    assert.match(stdout, /^patch ingresses\.networking\.k8s\.io +the whole cluster +only restore +yes$/m);
    assert.match(
      stdout,
      /^update leases\.coordination\.k8s\.io +kube-system\/kube-backup +only restore +yes$/m,
    );
    assert.match(stdout, /^delete configmaps +kube-system\/kube-backup-restore +only restore +yes$/m);
    assert.doesNotMatch(stdout, /IAM|ClusterRole/);
  });

  test("a right that is missing on either side is named with the other's, and who needs it", async () => {
    const role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/kube-backup";
    const { rules } = (await cluster.request("GET", role)) as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    const less = rules.map((rule) =>
      rule.resources.includes("ingresses") ? { ...rule, verbs: ["list", "get", "create"] } : rule,
    );
    await cluster.request("PATCH", role, { rules: less });
    const session = await sessionOf(ALL_OF_S3.filter((action) => action !== "s3:DeleteObject"));
    const user = { kubeconfig, session };
    await until("the right is gone", async () => (await check({ kubeconfig })).status === 3);
    const { status, stdout, stderr } = await check(user);
    assert.equal(status, 3);
    assert.match(
      stderr,
      /"msg":"Access is not complete: 2 of 50 rights are missing: s3:DeleteObject \(only for prune\), patch ingresses\.networking\.k8s\.io \(only for restore\)"/,
    );
    assert.match(stdout, /^s3:DeleteObject .* no +access denied \(AccessDenied: Access Denied\.\)$/m);
    assert.match(stdout, /^patch ingresses\.networking\.k8s\.io .* no +no rule allows it$/m);
    assert.match(stdout, /Left behind.*\ns3:\/\/backups\/clusters\/blue\/backup_access-check\n/);
    assert.match(stdout, /"Sid": "PruneOnly"/);
    assert.match(stdout, /kind: ClusterRole\n.*kind: ServiceAccount\n/s);
    // Who does neither has all that is needed.
    assert.equal((await check(user, "--for", "backup")).status, 0);
    const restore = await checkJson(user, "--for", "restore");
    assert.equal(restore.status, 3);
    assert.deepEqual(those(restore.document, false), ["patch ingresses.networking.k8s.io"]);

    await cluster.request("PATCH", role, { rules });
    await until("the right is back", async () => (await check({ kubeconfig })).status === 0);
  });

  test("KINDS asks for more, also what only one kind needs", async () => {
    const more = { KINDS: "+serviceaccounts,roles,rollouts.argoproj.io" };
    const { status, document } = await checkJson({ kubeconfig, more });
    assert.equal(status, 3);
    assert.deepEqual(
      those(document, false).sort(),
      [
        ...["create", "get", "list", "patch"].map((verb) => `${verb} serviceaccounts`),
        ...["bind", "create", "escalate", "get", "list", "patch"].map(
          (verb) => `${verb} roles.rbac.authorization.k8s.io`,
        ),
      ].sort(),
    );
    assert.deepEqual(document.cluster.notes, [
      "Not asked about rollouts.argoproj.io: the API server does not serve it",
    ]);
  });

  test("a side that does not answer is status 1, and the other one is asked all the same", async () => {
    const more = { ENDPOINT_URI: "http://127.0.0.1:1" };
    const { status, stderr, document } = await checkJson({ kubeconfig, more });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /"msg":"Cannot check the rights on S3: the server at http:\/\/127\.0\.0\.1:1 refuses/,
    );
    assert.match(document.store.reason ?? "", /^Cannot check the rights on S3: /);
    assert.equal(those(document, true).length, 43);
    assert.equal(those(document, null).length, 7);

    const refused = await checkJson({ kubeconfig: await withoutToken(kubeconfig) });
    assert.equal(refused.status, 1, refused.stderr);
    assert.match(refused.document.cluster.reason ?? "", /^Cannot ask which resources are served: /);
    assert.deepEqual(those(refused.document, true), ALL_OF_S3.toSorted(byOrder(refused.document)));
  });

  test("a folder is a store too", async () => {
    const more = { S3TARGET: pathToFileURL(folder).href };
    const { status, document } = await checkJson({ kubeconfig, more });
    assert.equal(status, 0);
    assert.deepEqual(those(document, true).slice(0, 4), ["list", "write", "read", "remove"]);
    assert.deepEqual(await readdir(folder), []);
    const missing = await check({ kubeconfig, more: { S3TARGET: `${more.S3TARGET}/missing` } });
    assert.equal(missing.status, 3);
    assert.match(missing.stdout, /^list .* no +the folder does not exist$/m);
  });

  test("--for with another word is wrong usage", async () => {
    const { status, stderr } = await check({ kubeconfig }, "--for", "backup,verify");
    assert.equal(status, 2);
    assert.match(stderr, /--for verify is none of backup, restore, prune: write one of them, or several/);
  });
});

/** A kubeconfig with a token that the API server does not know. */
async function withoutToken(kubeconfig: string): Promise<string> {
  const { readFile, writeFile } = await import("node:fs/promises");
  const file = path.join(path.dirname(kubeconfig), "kubeconfig-unknown");
  const text = await readFile(kubeconfig, "utf8");
  await writeFile(file, text.replace(/"token": "[^"]*"/, '"token": "unknown"'), { mode: 0o600 });
  return file;
}

/** In the order of a document. */
function byOrder({ rights }: Document): (one: string, other: string) => number {
  const rank = (name: string) => rights.findIndex(({ right }) => right === name);
  return (one, other) => rank(one) - rank(other);
}
