/** CustomResourceDefinitions for tests. */

import type { ControlPlane } from "../cluster/control-plane.ts";
import { until } from "../until.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

export const GROUP = "restore.example.com";

/** Options of {@link definition}. */
export interface DefinitionOptions {
  plural: string;
  kind: string;
  scope?: "Namespaced" | "Cluster";
  /** The first is stored; one that is not served has a "-" before it. */
  versions?: readonly string[];
  conversion?: object;
  /** Whether `status` is a subresource. */
  status?: boolean;
  /** What its objects must hold; anything without it. */
  properties?: object;
}

/** A definition without a schema. */
export function definition({
  plural,
  kind,
  scope = "Namespaced",
  versions = ["v1"],
  conversion,
  status = false,
  properties,
}: DefinitionOptions) {
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const schema = { openAPIV3Schema: { ...open, ...(properties === undefined ? {} : { properties }) } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope,
      names: { plural, kind },
      ...(conversion === undefined ? {} : { conversion }),
      versions: versions.map((name, index) => ({
        name: name.replace("-", ""),
        served: !name.startsWith("-"),
        storage: index === 0,
        schema,
        ...(status ? { subresources: { status: {} } } : {}),
      })),
    },
  };
}

/** Creates definitions and waits until they are served. */
export async function define(cluster: ControlPlane, ...all: readonly DefinitionOptions[]): Promise<void> {
  for (const options of all) await cluster.request("POST", DEFINITIONS, definition(options));
  const names = all.map(({ plural }) => `crd/${plural}.${GROUP}`);
  await cluster.kubectl(["wait", "--for=condition=Established", "--timeout=30s", ...names]);
  for (const { plural, versions = ["v1"] } of all) {
    const served = versions.filter((name) => !name.startsWith("-"));
    for (const version of served)
      await cluster.kubectl(["get", "--raw", `/apis/${GROUP}/${version}/${plural}`]);
    await waitUntilDiscovered(cluster, plural, served.length);
  }
}

/** Discovery tells of definitions later than they are served. */
async function waitUntilDiscovered(cluster: ControlPlane, plural: string, versions: number): Promise<void> {
  await until(`${plural} are known to discovery`, async () => {
    const { groups } = await cluster.request("GET", "/apis");
    const group = groups.find(({ name }: { name: string }) => name === GROUP);
    const found = await Promise.all(
      (group?.versions ?? []).map(({ groupVersion }: { groupVersion: string }) =>
        cluster.request("GET", `/apis/${groupVersion}`),
      ),
    );
    const serving = found.filter(({ resources }) =>
      resources.some(({ name }: { name: string }) => name === plural),
    );
    return serving.length >= versions;
  });
}

/** Where a definition is. */
export const definitionPath = (plural: string) => `${DEFINITIONS}/${plural}.${GROUP}`;
