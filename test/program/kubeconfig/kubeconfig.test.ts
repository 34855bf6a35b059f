/**
 * A kubeconfig leads to the same server as the same user as with kubectl: each is asked who it is
 * there, kubectl and we, and a kubeconfig that kubectl refuses is refused.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { openConnection } from "../../../src/cluster/kubeconfig/connection.ts";
import { contextNamespace } from "../../../src/cluster/kubeconfig/context-namespace.ts";
import { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { type ConnectProxy, startConnectProxy } from "../../support/faults/connect-proxy.ts";
import { runProgram } from "../../support/program/program.ts";

/** A name that no resolver knows: only a proxy leads there. */
const ELSEWHERE = "kube.example.test";
const VERSION = "client.authentication.k8s.io/v1";

let folder: string;
let cluster: ControlPlane;
let httpServer: ApiProxy;
let proxy: ConnectProxy;
let certificate: { cert: string; key: string };
let ca: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-kubeconfig-"));
  certificate = await makeCertificate();
  cluster = await startControlPlane({
    apiServerArgs: [`--client-ca-file=${path.join(folder, "carol.crt")}`],
  });
  ca = await readFile(cluster.caFile, "utf8");
  httpServer = await startApiProxy(cluster);
  proxy = await startConnectProxy(Number(new URL(cluster.server).port));
});

after(async () => {
  await proxy?.stop();
  await httpServer?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A client certificate that is its own authority. */
async function makeCertificate(): Promise<{ cert: string; key: string }> {
  const [cert, key] = [path.join(folder, "carol.crt"), path.join(folder, "carol.key")];
  const subject = ["-subj", "/O=system:masters/CN=carol", "-addext", "extendedKeyUsage=clientAuth"];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", ...made, ...subject, "-out", cert, "-keyout", key], { stdio: "pipe" });
  return { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A kubeconfig's document with one context; what is given comes over what works. */
function config({
  cluster: ofCluster = {},
  user = { token: cluster.token },
}: {
  cluster?: object;
  user?: object;
}) {
  const ca64 = base64(ca);
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    clusters: [
      { name: "c", cluster: { server: cluster.server, "certificate-authority-data": ca64, ...ofCluster } },
    ],
    users: [{ name: "u", user }],
    contexts: [{ name: "here", context: { cluster: "c", user: "u", namespace: "shop" } }],
  };
}

/** Writes files below the folder, each an object or a text; returns their paths. */
async function write(files: Record<string, unknown>): Promise<string[]> {
  return await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
      if (typeof content === "string" && content.startsWith("#!")) await chmod(file, 0o755);
      return file;
    }),
  );
}

interface Way {
  kubeconfig: string;
  context?: string;
  env?: Record<string, string>;
}

/** Runs with variables of the environment, as the program and kubectl find them. */
async function withEnvironment<T>(env: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** Who we are to the server: user, groups, extras. */
async function ourselves({ kubeconfig, context, env = {} }: Way): Promise<unknown> {
  return await withEnvironment(env, async () => {
    const client = new ApiClient({
      connection: await openConnection({ kubeconfig, context }),
      userAgent: "test",
      now: () => new Date(),
    });
    try {
      const { text } = await client.send(
        {
          what: "ask who we are",
          method: "POST",
          path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
          body: JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }),
        },
        // A connection that cannot be made is tried again for longer than a test may take.
        AbortSignal.timeout(3000),
      );
      return JSON.parse(text).status.userInfo;
    } finally {
      await client.close();
    }
  });
}

/** Who kubectl is. */
async function kubectl({ kubeconfig, context, env = {} }: Way): Promise<unknown> {
  const args = context === undefined ? [] : [`--context=${context}`];
  const answer = await withEnvironment(env, () =>
    cluster.kubectl(["auth", "whoami", "-o", "json", ...args], { kubeconfig }),
  );
  return JSON.parse(answer).status.userInfo;
}

async function same(way: Way, username: string): Promise<void> {
  const [ours, theirs] = await Promise.all([ourselves(way), kubectl(way)]);
  assert.deepEqual(ours, theirs);
  assert.equal((ours as { username: string }).username, username);
}

async function bothRefuse(way: Way, problem: RegExp): Promise<void> {
  await assert.rejects(() => kubectl(way), "kubectl takes it");
  await assert.rejects(
    () => ourselves(way),
    (error: Error) => {
      assert.match(error.message, problem);
      assert.doesNotMatch(error.message, new RegExp(cluster.token));
      return true;
    },
  );
}

describe("files", () => {
  it("several are joined: the first to say something wins, and what is missing is passed over", async () => {
    const whole = config({});
    const [first = "", second = "", third = ""] = await write({
      "several/context": {
        contexts: [{ name: "there", context: { cluster: "c", user: "u" } }],
        "current-context": "there",
      },
      "several/cluster": {
        ...whole,
        users: [{ name: "u", user: { token: "not-this-one" } }],
        "current-context": "here",
      },
      "several/user": { users: whole.users, "current-context": "nowhere" },
    });
    const missing = path.join(folder, "several/missing");
    const list = (files: string[]) => ({ kubeconfig: files.join(path.delimiter) });
    await same({ ...list([third, first, second]), context: "there" }, "admin");
    await same({ ...list([missing, third, second]), context: "here" }, "admin");
    await bothRefuse(list([first, second, third]), /HTTP 401|Unauthorized/);
    await bothRefuse(list([third, first, second]), /Cannot use the context "nowhere"/);
  });

  it("--context chooses, and one that is not there is named with those that are", async () => {
    const document = config({});
    document.contexts.push({ name: "blue", context: { cluster: "c", user: "u", namespace: "sky" } });
    const [kubeconfig = ""] = await write({ contexts: { ...document, "current-context": "nowhere" } });
    await same({ kubeconfig, context: "blue" }, "admin");
    await bothRefuse({ kubeconfig, context: "red" }, /Cannot use the context "red"/);
    assert.equal(contextNamespace({ kubeconfig, context: "blue" }), "sky");
    assert.equal(contextNamespace({ kubeconfig, context: "here" }), "shop");
    assert.equal(contextNamespace({ kubeconfig }), undefined);
    assert.equal(contextNamespace({ kubeconfig: path.join(folder, "missing") }), undefined);
  });

  it("a cluster or a user that is not there is named", async () => {
    const [noCluster = "", noUser = "", broken = ""] = await write({
      "no-cluster": { ...config({}), clusters: [] },
      "no-user": { ...config({}), users: [] },
      broken: `users:\n- name: "u"\n  user: {token: ${cluster.token}\nx: *${cluster.token}`,
    });
    await bothRefuse({ kubeconfig: noCluster }, /has no cluster "c"/);
    await bothRefuse({ kubeconfig: noUser }, /has no user "u"/);
    await bothRefuse({ kubeconfig: broken }, /Cannot read the kubeconfig .*: it is no YAML, from line \d on/);
  });
});

describe("users", () => {
  it("by token file, relative to the kubeconfig, and read before the token", async () => {
    const [kubeconfig = ""] = await write({
      "token/config": config({ user: { tokenFile: "secret/token", token: "not-this-one" } }),
      "token/secret/token": `${cluster.token}\n`,
    });
    await same({ kubeconfig }, "admin");
  });

  it("by client certificate: files relative to the kubeconfig, or data", async () => {
    const { cert, key } = certificate;
    const [files = "", data = ""] = await write({
      "tls/files": config({ user: { "client-certificate": "pki/crt", "client-key": "../tls/pki/key" } }),
      "tls/data": config({
        user: {
          "client-certificate-data": base64(cert),
          "client-key-data": base64(key),
        },
      }),
      "tls/pki/crt": cert,
      "tls/pki/key": key,
    });
    await same({ kubeconfig: files }, "carol");
    await same({ kubeconfig: data }, "carol");
  });

  it("nobody, where a context names none; and a wrong token is refused", async () => {
    const [wrong = ""] = await write({ wrong: config({ user: { token: "wrong" } }) });
    await bothRefuse({ kubeconfig: wrong }, /HTTP 401|Unauthorized/);
    const nobody = config({});
    const [kubeconfig = ""] = await write({
      nobody: { ...nobody, contexts: [{ name: "here", context: { cluster: "c" } }] },
    });
    // The server trusts its own certificate alone: had the CA been left out, this would be another error.
    await bothRefuse({ kubeconfig }, /HTTP 401|HTTP 403|forbidden|Unauthorized/);
  });

  it("who acts as another: user, uid, groups, extras", async () => {
    const [kubeconfig = ""] = await write({
      as: config({
        user: {
          token: cluster.token,
          as: "bob",
          "as-uid": "7",
          "as-groups": ["system:masters", "a,b"],
          "as-user-extra": { "Example.com/Why": ["tests", "more"] },
        },
      }),
    });
    await same({ kubeconfig }, "bob");
  });

  it("by OpenID Connect: the ID token, while it is good", async () => {
    const token = (
      await cluster.request("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", { spec: {} })
    ).status.token;
    const provider = {
      name: "oidc",
      config: { "id-token": token, "idp-issuer-url": "https://x", "client-id": "y" },
    };
    const [kubeconfig = ""] = await write({ oidc: config({ user: { "auth-provider": provider } }) });
    await same({ kubeconfig }, "system:serviceaccount:default:default");
  });
});

describe("exec plug-ins", () => {
  const exec = (more: object) => ({
    exec: { command: "./plugin", apiVersion: VERSION, interactiveMode: "Never", ...more },
  });
  const credential = (status: object, apiVersion = VERSION) =>
    JSON.stringify({ kind: "ExecCredential", apiVersion, status });

  /** A plug-in beside its kubeconfig, which writes down how it was called. */
  async function plugin(name: string, script: string, more: object = {}): Promise<string> {
    const [kubeconfig = ""] = await write({
      [`${name}/config`]: config({ user: exec(more) }),
      [`${name}/plugin`]: `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> "$(dirname "$0")/calls"\n${script}\n`,
    });
    return kubeconfig;
  }

  it("hand out a token, with arguments and environment, in either version", async () => {
    for (const apiVersion of [VERSION, `${VERSION}beta1`]) {
      const kubeconfig = await plugin(
        `exec-${path.basename(apiVersion)}`,
        `[ "$2" = "two words" ] && echo '${credential({ token: "TOKEN" }, apiVersion)}' | sed "s/TOKEN/$MY_TOKEN/"`,
        {
          apiVersion,
          interactiveMode: apiVersion === VERSION ? "IfAvailable" : undefined,
          args: ["get", "two words"],
          env: [{ name: "MY_TOKEN", value: cluster.token }],
        },
      );
      await same({ kubeconfig }, "admin");
    }
  });

  it("hand out a client certificate", async () => {
    const { cert, key } = certificate;
    const status = credential({ clientCertificateData: cert, clientKeyData: key });
    const kubeconfig = await plugin("exec-cert", `cat <<'END'\n${status}\nEND`);
    await same({ kubeconfig }, "carol");
  });

  it("are told of the cluster where they ask for it, as kubectl tells them", async () => {
    const kubeconfig = await plugin("exec-info", `echo '${credential({ token: cluster.token })}'`, {
      provideClusterInfo: true,
    });
    await kubectl({ kubeconfig });
    await ourselves({ kubeconfig });
    const calls = (await readFile(path.join(folder, "exec-info/calls"), "utf8")).trim().split("\n");
    const [theirs, ours, ...more] = calls.filter((line) => line !== "").map((line) => JSON.parse(line));
    assert.deepEqual(more, [], "asked once for several requests");
    assert.deepEqual(ours, theirs);
    assert.equal(ours.spec.cluster.server, cluster.server);
  });

  it("are asked anew when what they gave has expired, or the server refuses it", async () => {
    const expired = "2020-01-01T00:00:00Z";
    for (const [name, status] of Object.entries({
      expired: { token: cluster.token, expirationTimestamp: expired },
      refused: { token: "wrong" },
    })) {
      const kubeconfig = await plugin(`exec-${name}`, `echo '${credential(status)}'`);
      const connection = await openConnection({ kubeconfig });
      // Credentials are looked at anew every half minute.
      let time = Date.now();
      const now = () => {
        time += 60_000;
        return new Date(time);
      };
      const client = new ApiClient({ connection, userAgent: "test", now });
      for (const _ of [1, 2]) {
        await client
          .get({ what: "read the version", path: "/version" }, AbortSignal.timeout(5000))
          .catch((error) => assert.match(String(error), /401/));
      }
      await client.close();
      const calls = (await readFile(path.join(folder, `exec-${name}/calls`), "utf8")).trim().split("\n");
      assert.equal(calls.length, 2, name);
    }
  });

  const failures: [title: string, script: string, more: object, problem: RegExp][] = [
    [
      "that fails",
      "echo first >&2; echo log in first >&2; exit 3",
      {},
      /plug-in .*\/plugin failed with exit status 3: log in first$/,
    ],
    ["that is not there", "", { command: "no-such-plugin" }, /plug-in no-such-plugin is not there$/],
    [
      "that is not there, beside the kubeconfig",
      "",
      { command: "./none" },
      /plug-in \/.*\/none is not there$/,
    ],
    ["that writes no JSON", "echo hello", {}, /wrote something that is no JSON$/],
    [
      "of another version than it says",
      `echo '${credential({ token: "x" }, `${VERSION}beta1`)}'`,
      {},
      /wrote ExecCredential of .*v1beta1, not/,
    ],
    ["that gives nothing", `echo '${credential({})}'`, {}, /wrote neither a token nor a client certificate$/],
    ["of a version that is gone", "", { apiVersion: `${VERSION}alpha1` }, /has the apiVersion ".*v1alpha1"/],
    ["of v1 without interactiveMode", "", { interactiveMode: undefined }, /has the interactiveMode ""/],
    ["that must ask a person", "", { interactiveMode: "Always" }, /must ask a person/],
  ];
  for (const [index, [title, script, more, problem]] of failures.entries()) {
    it(`one ${title} is an error that says so`, async () => {
      const kubeconfig = await plugin(`exec-failure-${index}`, script, more);
      await bothRefuse({ kubeconfig }, problem);
    });
  }

  it("one that hangs is left when the program is to end", async () => {
    const kubeconfig = await plugin("exec-hangs", "exec sleep 1000");
    const started = Date.now();
    await assert.rejects(() => ourselves({ kubeconfig }), /timeout/i);
    assert.ok(Date.now() - started < 10_000);
  });
});

describe("servers", () => {
  it("by CA file, relative to the kubeconfig; without a CA only when TLS is not to be checked", async () => {
    const without = { "certificate-authority-data": undefined };
    const [file = "", insecure = "", unknown = ""] = await write({
      "ca/file": config({ cluster: { ...without, "certificate-authority": "pki/ca.crt" } }),
      "ca/insecure": config({ cluster: { ...without, "insecure-skip-tls-verify": true } }),
      "ca/unknown": config({ cluster: without }),
      "ca/pki/ca.crt": ca,
    });
    await same({ kubeconfig: file }, "admin");
    await same({ kubeconfig: insecure }, "admin");
    await bothRefuse({ kubeconfig: unknown }, /certificate|timeout/i);
  });

  it("over plain HTTP, where no credentials are sent", async () => {
    const [kubeconfig = ""] = await write({
      http: config({
        cluster: { server: httpServer.url, "certificate-authority-data": undefined },
        user: { token: "not-over-plain-http" },
      }),
    });
    await same({ kubeconfig }, "admin");
  });

  it("through proxy-url, by a name that the proxy knows, with tls-server-name", async () => {
    const server = `https://${ELSEWHERE}:6443`;
    const name = { "tls-server-name": "kubernetes.default.svc" };
    const [named = "", unnamed = ""] = await write({
      "proxy/named": config({ cluster: { server, "proxy-url": proxy.url, ...name } }),
      "proxy/unnamed": config({ cluster: { server, "proxy-url": proxy.url } }),
    });
    proxy.asked.splice(0);
    await same({ kubeconfig: named }, "admin");
    assert.deepEqual(new Set(proxy.asked), new Set([`${ELSEWHERE}:6443`]));
    await bothRefuse({ kubeconfig: unnamed }, /certificate|altnames|timeout/i);
  });

  it("through HTTPS_PROXY, unless NO_PROXY excepts the server or it is this machine", async () => {
    const server = `https://${ELSEWHERE}:6443`;
    const [far = "", near = ""] = await write({
      "environment/far": config({ cluster: { server, "tls-server-name": "kubernetes" } }),
      "environment/near": config({}),
    });
    for (const name of ["HTTPS_PROXY", "https_proxy"]) {
      await same({ kubeconfig: far, env: { [name]: proxy.url } }, "admin");
    }
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: "other.test,example.test:6443" };
    await bothRefuse({ kubeconfig: far, env }, /does not answer|timeout/i);
    proxy.asked.splice(0);
    await same({ kubeconfig: near, env: { HTTPS_PROXY: proxy.url } }, "admin");
    assert.deepEqual(proxy.asked, []);
  });

  it("the program itself backs up by way of a plug-in and a proxy", async () => {
    const [kubeconfig = ""] = await write({
      "program/config": config({
        cluster: { server: `https://${ELSEWHERE}:6443`, "tls-server-name": "kubernetes" },
        user: { exec: { command: "./plugin", apiVersion: VERSION, interactiveMode: "Never" } },
      }),
      "program/plugin": `#!/bin/sh\necho '${JSON.stringify({ kind: "ExecCredential", apiVersion: VERSION, status: { token: cluster.token } })}'\n`,
    });
    const env = { KUBECONFIG: kubeconfig, HTTPS_PROXY: proxy.url, S3TARGET: `file://${folder}/store` };
    const { status, stdout, stderr } = await runProgram(["backup", "-o", "json"], { env });
    assert.equal(status, 0, stderr);
    assert.ok(JSON.parse(stdout).kinds.Namespace > 0);
  });
});
