/** One kind that cannot be read must not keep all else from being backed up, and must not go unseen. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { OBJECT_BOUNDS } from "../../../src/archive/format/bounds.ts";
import { loadApplication } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { type ArchiveContents, objectsOf, unzipNewest } from "../../support/program/archive-contents.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";

const SERVICES_REFUSED = {
  kind: "Status",
  reason: "Forbidden",
  message: 'services is forbidden: User "reader" cannot list resource "services"',
};

let cluster: ControlPlane;
let proxy: ApiProxy;
let folder: string;
let backups = 0;

before(async () => {
  cluster = await startControlPlane();
  proxy = await startApiProxy(cluster);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-partial-"));
  await loadApplication(cluster, "shop");
});

after(async () => {
  await proxy?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Taken extends ProgramResult {
  target: string;
  // biome-ignore lint/suspicious/noExplicitAny: the documented JSON.
  json: any;
}

/** Takes a backup through the proxy into a folder of its own. */
async function backUp(...args: string[]): Promise<Taken> {
  backups += 1;
  const target = path.join(folder, String(backups));
  const result = await runProgram(["backup", "-o", "json", ...args], {
    env: { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${target}` },
  });
  return { ...result, target, json: JSON.parse(result.stdout) };
}

async function manifestOf(contents: Promise<ArchiveContents>) {
  return JSON.parse((await contents).get("MANIFEST") ?? "");
}

describe("a backup of which a kind is missing", () => {
  for (const status of [403, 500]) {
    it(`holds all else where the API server answers ${status}, and ends with 3`, async () => {
      const undo = proxy.inject({
        when: ({ path, method }) => method === "GET" && path === "/api/v1/services",
        fault: { kind: "answer", status, body: { ...SERVICES_REFUSED, code: status } },
      });
      const taken = await backUp();
      undo();
      assert.equal(taken.status, 3, taken.stderr);
      const missing = [{ resource: "services", reason: `${SERVICES_REFUSED.message} (HTTP ${status})` }];
      assert.deepEqual(taken.json.missing, missing);
      assert.match(
        taken.stderr,
        /"level":"error".*Cannot back up everything: services: services is forbidden/,
      );
      const contents = unzipNewest(taken.target);
      const manifest = await manifestOf(contents);
      assert.deepEqual(manifest.missing, missing);
      assert.equal(objectsOf(await contents, "shop", "services").length, 0);
      assert.ok(objectsOf(await contents, "shop", "configmaps").length > 0);
      assert.ok(objectsOf(await contents, "shop", "deployments.apps").length > 0);
    });
  }

  it("is no backup at all where nothing can be read", async () => {
    const undo = proxy.inject({
      when: ({ path, query }) => query.has("limit") && !path.endsWith("/namespaces"),
      fault: { kind: "answer", status: 403, body: SERVICES_REFUSED },
    });
    const taken = await backUp();
    undo();
    assert.equal(taken.status, 1, taken.stderr);
    assert.match(taken.json.error, /^Cannot list configmaps: /);
    assert.deepEqual(await readdir(taken.target).catch(() => []), []);
  });

  it("names a kind that is not served, and the server that does not answer", async () => {
    await cluster.kubectl(["create", "-f", "-"], {
      input: JSON.stringify({
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: { name: "v1beta1.metrics.k8s.io" },
        spec: {
          group: "metrics.k8s.io",
          version: "v1beta1",
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { name: "metrics", namespace: "shop" },
        },
      }),
    });
    try {
      const silent = await backUp();
      assert.equal(silent.status, 0, silent.stderr);
      assert.match(
        silent.json.warnings.join("\n"),
        /^The API group metrics\.k8s\.io\/v1beta1 does not answer/m,
      );
      const all = await backUp("--kinds", "all");
      assert.equal(all.status, 0, all.stderr);
      const asked = await backUp("--kinds", "+pods.metrics.k8s.io,widgets");
      assert.equal(asked.status, 3, asked.stderr);
      assert.deepEqual(asked.json.missing, [
        {
          resource: "pods.metrics.k8s.io",
          reason: "the server behind the API server that serves metrics.k8s.io/v1beta1 does not answer",
        },
        { resource: "widgets", reason: "the API server does not serve it" },
      ]);
    } finally {
      await cluster.kubectl(["delete", "apiservice", "v1beta1.metrics.k8s.io"]);
    }
  });

  it("holds all else where objects are too deep, or the conversion webhook of a custom resource is down", async () => {
    const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const version = { served: true, schema: { openAPIV3Schema: schema } };
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "widgets", kind: "Widget" },
        versions: [
          { ...version, name: "v1", storage: true },
          { ...version, name: "v1beta1", storage: false },
        ],
      },
    };
    await cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(definition) });
    await cluster.kubectl(["wait", "--for=condition=Established", "crd/widgets.example.com"]);
    const widget = {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w", namespace: "shop" },
    };
    await cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(widget) });
    const whole = await backUp("--kinds", "+widgets");
    assert.equal(whole.status, 0, whole.stderr);
    assert.equal(whole.json.kinds.Widget, 1);

    const deep = `/apis/example.com/v1/namespaces/shop/widgets`;
    const levels = OBJECT_BOUNDS.depth - 1;
    const body = JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
    await cluster.request("POST", deep, { ...widget, metadata: { name: "deep" }, ...body });
    const followed = await backUp("--kinds", "+widgets");
    assert.equal(followed.status, 0, followed.stderr);
    assert.equal(followed.json.kinds.Widget, 2);
    for (const [name, levels] of [
      ["deeper", OBJECT_BOUNDS.depth],
      ["deepest", 9_000],
    ] as const) {
      // Nobody's JSON.stringify follows that deep: it is put together as text.
      const input = `${JSON.stringify({ ...widget, metadata: { name } }).slice(0, -1)},"a":${'{"a":'.repeat(levels)}1${"}".repeat(levels + 1)}`;
      await cluster.kubectl(["create", "--raw", deep, "-f", "-"], { input });
      const lost = await backUp("--kinds", "+widgets");
      assert.equal(lost.status, 3, lost.stderr);
      assert.match(lost.json.missing[0].reason, /nested (more than 500|thousands of) levels deep/);
      assert.equal(lost.json.kinds.ConfigMap, whole.json.kinds.ConfigMap);
    }
    await cluster.kubectl(["delete", "widgets", "deep", "deeper", "deepest", "--namespace", "shop"]);

    // The stored version is changed, so that what is stored must be converted by a webhook that is not there.
    const webhook = {
      conversionReviewVersions: ["v1"],
      clientConfig: { url: "https://127.0.0.1:1/convert" },
    };
    const patch = {
      spec: {
        conversion: { strategy: "Webhook", webhook },
        versions: [
          { ...version, name: "v1", storage: false, served: false },
          { ...version, name: "v1beta1", storage: true },
        ],
      },
    };
    await cluster.kubectl([
      "patch",
      "crd",
      "widgets.example.com",
      "--type=merge",
      "-p",
      JSON.stringify(patch),
    ]);
    const taken = await backUp("--kinds", "+widgets");
    assert.equal(taken.status, 3, taken.stderr);
    assert.equal(taken.json.missing[0].resource, "widgets.example.com");
    assert.match(taken.json.missing[0].reason, /conversion webhook/);
    assert.equal(taken.json.kinds.ConfigMap, whole.json.kinds.ConfigMap);
  });
});

describe("what the backup would lack after the disaster", () => {
  it("is one warning a kind, with counts, names and how to include it", async () => {
    await cluster.kubectl(["create", "namespace", "lacking"]);
    for (const name of ["a", "b", "c", "d", "e"]) {
      await cluster.kubectl(["create", "serviceaccount", `runner-${name}`, "-n", "lacking"]);
      const spec = {
        serviceAccountName: `runner-${name}`,
        priorityClassName: "none-of-that-name",
        containers: [
          { name: "c", image: "example.com/i", envFrom: [{ configMapRef: { name: "settings" } }] },
        ],
      };
      const deployment = {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace: "lacking" },
        spec: {
          selector: { matchLabels: { name } },
          template: { metadata: { labels: { name } }, spec },
        },
      };
      await cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(deployment) });
    }
    const { json, stderr, target } = await backUp();
    // The class does not exist, and ConfigMaps are in the backup: neither is warned of.
    assert.deepEqual(json.warnings, [
      "5 objects name 5 serviceaccounts that the backup does not hold (lacking/runner-a, lacking/runner-b, lacking/runner-c and 2 more): to have them in it, add +serviceaccounts to KINDS",
    ]);
    assert.match(stderr, /"level":"warn".*add \+serviceaccounts to KINDS/);
    for (const command of ["list --long", "verify"]) {
      const shown = await runProgram(command.split(" "), { env: { S3TARGET: `file://${target}` } });
      assert.equal(shown.status, 0, shown.stderr);
      assert.match(shown.stdout, /5 objects name 5 serviceaccounts that the backup does not hold/, command);
    }
    const { json: included } = await backUp("--kinds", "+serviceaccounts");
    assert.deepEqual(included.warnings, []);
  });
});
