/** Installs public applications in a test cluster, and makes what their operators would have made. */

import type { ControlPlane } from "../../cluster/control-plane.ts";
import { waitUntilEstablished } from "../../cluster/established.ts";
import { until } from "../../until.ts";
import type { FixtureObject } from "../applications/fixtures.ts";
import { waitUntilQuiet } from "../applications/live.ts";
import { downloadModules, type Manifest, readCustomResources, readManifests } from "./download.ts";
import { APPLICATIONS } from "./modules.ts";

/** Who writes the custom resources. */
const OPERATOR = "example-operator";

/** How many manifests are applied at the same time. */
const AT_ONCE = 8;

/** Installs everything and waits until the controllers are at rest. */
export async function loadMoreApplications(cluster: ControlPlane): Promise<void> {
  const folders = await downloadModules(APPLICATIONS);
  const manifests = (await Promise.all(APPLICATIONS.map((one) => readManifests(one, folders)))).flat();
  const own = (await Promise.all(APPLICATIONS.map(readCustomResources))).flat();
  await applyManifests(cluster, manifests.filter(comesFirst));
  await waitUntilEstablished(cluster);
  const [namespaces, objects] = [own.filter(isNamespace), own.filter((object) => !isNamespace(object))];
  for (const object of namespaces) await create(cluster, object);
  await applyManifests(
    cluster,
    manifests.filter((manifest) => !comesFirst(manifest) && !answersForOthers(manifest)),
  );
  for (const object of objects) await create(cluster, object);
  await waitUntilQuiet(cluster);
  // From here on nothing can be written that a webhook is asked about: nobody answers.
  await applyManifests(cluster, manifests.filter(answersForOthers));
}

function isNamespace({ kind }: { kind: string }): boolean {
  return kind === "Namespace";
}

/** Namespaces, and the definitions of kinds. */
function comesFirst({ kind }: Manifest): boolean {
  return kind === "Namespace" || kind === "CustomResourceDefinition";
}

/** What the API server asks about other objects. */
function answersForOthers({ apiVersion }: Manifest): boolean {
  return apiVersion.startsWith("admissionregistration.k8s.io/");
}

/** Applies manifests as `kubectl apply --server-side` does, several at the same time. */
export async function applyManifests(cluster: ControlPlane, manifests: readonly Manifest[]): Promise<void> {
  const applyOne = async ({ yaml, name, namespace, ...type }: Manifest) => {
    const { path } = await place(cluster, type, namespace);
    const query = "fieldManager=kubectl&fieldValidation=Strict";
    await cluster.request("PATCH", `${path}/${name}?${query}`, yaml, {
      contentType: "application/apply-patch+yaml",
    });
  };
  for (let start = 0; start < manifests.length; start += AT_ONCE)
    await Promise.all(manifests.slice(start, start + AT_ONCE).map(applyOne));
}

/** Creates an object as an operator does, with the uids of its owners, and writes its status. */
async function create(cluster: ControlPlane, object: FixtureObject): Promise<void> {
  const { status, ...rest } = object;
  const { metadata } = object;
  for (const owner of metadata.ownerReferences ?? []) {
    const { path } = await place(cluster, owner, metadata.namespace);
    owner.uid = (await cluster.request("GET", `${path}/${owner.name}`)).metadata.uid;
  }
  const { path, hasStatus } = await place(cluster, object, metadata.namespace);
  await cluster.request(
    "POST",
    `${path}?fieldManager=${OPERATOR}&fieldValidation=Strict`,
    hasStatus ? rest : object,
  );
  if (object.kind === "CustomResourceDefinition") await waitUntilEstablished(cluster);
  if (status === undefined || !hasStatus) return;
  const query = `fieldManager=${OPERATOR}&fieldValidation=Strict`;
  await cluster.request("PATCH", `${path}/${metadata.name}/status?${query}`, { status });
}

/** Where the objects of a kind are; discovery learns of a new kind some moments after it is established. */
async function place(
  cluster: ControlPlane,
  { apiVersion, kind }: { apiVersion: string; kind: string },
  namespace: string | undefined,
): Promise<{ path: string; hasStatus: boolean }> {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  let found: { path: string; hasStatus: boolean } | undefined;
  await until(`${kind} of ${apiVersion} is served`, async () => {
    const { resources } = (await cluster.request("GET", root)) as {
      resources: { name: string; kind: string; namespaced: boolean }[];
    };
    const resource = resources.find((one) => one.kind === kind && !one.name.includes("/"));
    if (resource === undefined) return false;
    const where = resource.namespaced ? `/namespaces/${namespace}` : "";
    found = {
      path: `${root}${where}/${resource.name}`,
      hasStatus: resources.some(({ name }) => name === `${resource.name}/status`),
    };
    return true;
  });
  return found as unknown as { path: string; hasStatus: boolean };
}
