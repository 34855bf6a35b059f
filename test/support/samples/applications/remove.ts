/** Takes the applications out of a cluster, with everything that they and their controllers made. */

import { remove } from "../../cluster/cluster-contents.ts";
import type { ControlPlane } from "../../cluster/control-plane.ts";
import { type LiveObject, liveObjects, titleOf } from "./live.ts";

/** Many definitions take their time; in ms. */
const TIMEOUT = 180_000;

/** Kinds that answer for others are the first to go: nobody answers. */
const ORDER = [
  /\.(admissionregistration|apiregistration)\.k8s\.io$/,
  /^namespaces$/,
  /^customresourcedefinitions\./,
  /./,
];

/**
 * Deletes what is there now and was not before.
 *
 * @param before titles of what was there before.
 */
export async function removeApplications(cluster: ControlPlane, before: ReadonlySet<string>): Promise<void> {
  const added = await addedSince(cluster, before);
  const namespaces = new Set(
    added.filter(({ resource }) => resource === "namespaces").map(({ metadata }) => metadata.name),
  );
  const stage = (object: LiveObject) => ORDER.findIndex((resources) => resources.test(object.resource));
  await removeAll(
    cluster,
    added.filter((object) => stage(object) === 0 && !isOfCluster(object)),
  );
  // Nobody is there to do what they wait for.
  const kept = added.filter(
    ({ resource, metadata }) => metadata.finalizers && /\.|^services$/.test(resource),
  );
  await Promise.all(
    kept.map(({ list, metadata }) =>
      cluster.request("PATCH", `${list}/${metadata.name}`, { metadata: { finalizers: null } }),
    ),
  );
  const outside = added.filter(
    ({ resource, metadata: { namespace } }) =>
      resource !== "namespaces" && (namespace === undefined || !namespaces.has(namespace)),
  );
  const own = outside.filter((object) => stage(object) > 0 && !isOfCluster(object));
  const places = [...namespaces].map((name) => `/api/v1/namespaces/${name}`);
  await Promise.all(places.map((place) => remove(cluster, place)));
  await removeAll(
    cluster,
    own.filter((object) => stage(object) > 2),
  );
  await removeAll(
    cluster,
    own.filter((object) => stage(object) === 2),
  );
  const left = (await addedSince(cluster, before)).filter((object) => !isOfCluster(object));
  if (left.length > 0) throw new Error(`Still there: ${left.map(titleOf).join(", ")}`);
}

async function addedSince(cluster: ControlPlane, before: ReadonlySet<string>): Promise<LiveObject[]> {
  return (await liveObjects(cluster)).filter((object) => !before.has(titleOf(object)));
}

/** What the cluster makes by itself, in its own time. */
function isOfCluster({ resource, metadata }: LiveObject): boolean {
  // The API server makes an APIService for the group of a definition.
  if (metadata.labels?.["kube-aggregator.kubernetes.io/automanaged"] !== undefined) return true;
  if (/^(events|leases)\b|^ipaddresses\./.test(resource)) return true;
  return metadata.namespace === "kube-system" && /^(serviceaccounts|configmaps)$/.test(resource);
}

async function removeAll(cluster: ControlPlane, objects: readonly LiveObject[]): Promise<void> {
  await Promise.all(
    objects.map(({ list, metadata }) => remove(cluster, `${list}/${metadata.name}`, TIMEOUT)),
  );
}
