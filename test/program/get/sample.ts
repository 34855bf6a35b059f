/** A cluster with the round trip's objects, a custom resource of every sort of value, and a backup of it. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { loadRoundTripFixtures } from "../../support/samples/round-trip/load.ts";
import { type CliResult, runHere } from "../../support/samples/shop-backup.ts";

/** The custom resource's objects: what kubectl shows of them must be what we show. */
const WIDGETS = [
  `{"apiVersion":"tests.example.com/v1","kind":"Widget","metadata":{"name":"every","namespace":"fixture-web",
    "labels":{"app.kubernetes.io/name":"every","tier":"front"},"annotations":{"note":"<b>&é\\u2028</b>"}},
    "spec":{"whole":7,"big":9007199254740993,"fraction":1.5,"point":1.0,"huge":1e21,"small":0.00001,"middle":1234567.5,"beyond":18446744073709551616,"minus":-3,
      "yes":true,"no":false,"text":"a text","empty":"","map":{"b":[1,2.50,"x"],"a":{"deep":"<&>"}},"none":{},
      "list":["a","b","c","d","e"],"lists":[[1,2],[3]],"ports":[{"name":"http","port":80},{"name":"https","port":443},
        {"name":"admin","port":8080,"tls":true}],"empties":[],
      "it's":"quoted","a.b":"dotted","ünï":"letters","dash-ed":"dashes","under_score":"line"}}`,
  `{"apiVersion":"tests.example.com/v1","kind":"Widget","metadata":{"name":"other","namespace":"fixture-web",
    "labels":{"tier":"back"}},"spec":{"whole":8,"text":"another","list":["z"]}}`,
  // A name that Windows keeps for itself.
  `{"apiVersion":"tests.example.com/v1","kind":"Widget","metadata":{"name":"con","namespace":"fixture-data"},"spec":{}}`,
] as const;

const CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.tests.example.com" },
  spec: {
    group: "tests.example.com",
    scope: "Namespaced",
    names: {
      plural: "widgets",
      singular: "widget",
      kind: "Widget",
      shortNames: ["wg"],
      categories: ["toys"],
    },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        },
      },
    ],
  },
};

/** A name that is no good file name. */
const ROLE = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "Team:Reader" },
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
};

/** The program's result. */
/** A backup to read, and the cluster that it is of. */
export interface Sample {
  cluster: ControlPlane;
  /** A folder for files of the test. */
  folder: string;
  /** The backup's name. */
  backup: string;
  /** Runs the command line in this process, with the backup's store; no kubeconfig unless given. */
  run(args: readonly string[], environment?: Record<string, string>, columns?: number): Promise<CliResult>;
  stop(): Promise<void>;
}

/** Makes the sample; takes about 20 s. */
export async function createSample(): Promise<Sample> {
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-get-"));
  const store = `file://${path.join(folder, "store")}`;
  await mkdir(path.join(folder, "store"));
  const cluster = await startControlPlane({ dualStack: true });
  try {
    await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(CRD) });
    await loadRoundTripFixtures(cluster);
    await cluster.kubectl(["wait", "--for=condition=Established", "crd/widgets.tests.example.com"]);
    await cluster.kubectl(["create", "-f", "-"], {
      input: [...WIDGETS, JSON.stringify(ROLE)].join("\n---\n"),
    });
    const start: Sample["run"] = (args, environment = {}, columns) =>
      runHere(
        args,
        { LOG_FORMAT: "json", S3TARGET: store, ...environment },
        columns === undefined ? {} : { columns },
      );
    const kinds = "+widgets.tests.example.com,clusterroles,serviceaccounts";
    const taken = await start(["backup", "-o", "json", "--kinds", kinds], { KUBECONFIG: cluster.kubeconfig });
    if (taken.status !== 0) throw new Error(taken.stderr);
    return {
      cluster,
      folder,
      backup: JSON.parse(taken.stdout).name,
      run: start,
      stop: async () => {
        await cluster.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
