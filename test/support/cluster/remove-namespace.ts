/** Namespaces that are gone at once, so that no test waits for the namespace controller. */

import { until } from "../until.ts";
import { ApiError } from "./api-client.ts";
import type { ControlPlane } from "./control-plane.ts";

interface DiscoveredResource {
  name: string;
  namespaced: boolean;
  verbs: readonly string[];
}

/** What controllers make again at once in a namespace that is not being deleted. */
const MADE_AGAIN = /\/(serviceaccounts\/default|configmaps\/kube-root-ca\.crt|events\/[^/]+)$/;

/**
 * Deletes a namespace with all that is in it, if it is there, and waits until it is gone.
 *
 * The namespace controller does the same, but it starts 5 seconds late, and where something is kept by a
 * finalizer, however short, it comes back 8 seconds later. What a finalizer keeps is waited for here as well.
 *
 * The namespace is emptied first, and is gone before any controller sees that it is being deleted: one at work goes by the
 * name, and would delete what a test creates in the next namespace of that name.
 *
 * @throws {Error} when something is still in it after `timeoutMs`.
 */
export async function removeNamespace(cluster: ControlPlane, name: string, timeoutMs: number): Promise<void> {
  const namespace = `/api/v1/namespaces/${name}`;
  if ((await allow(cluster.request("GET", namespace), [404])) === undefined) return;
  const collections = await namespacedCollections(cluster, name);
  const left = async () =>
    (await Promise.all(collections.map((collection) => clear(cluster, collection)))).flat();
  const unused = async () => (await left()).every((object) => MADE_AGAIN.test(object));
  await until(`all of ${name} is gone`, unused, { timeoutMs });
  await cluster.withoutControllers(() => removeEmpty(cluster, { name, left, timeoutMs }));
}

/** Deletes a namespace in which is nothing but what controllers keep making. */
async function removeEmpty(
  cluster: ControlPlane,
  { name, left, timeoutMs }: { name: string; left: () => Promise<string[]>; timeoutMs: number },
): Promise<void> {
  const namespace = `/api/v1/namespaces/${name}`;
  // From here on nothing can be created in it.
  await allow(cluster.request("DELETE", namespace), [404, 409]);
  const empty = async () => (await left()).length === 0;
  await until(`all of ${name} is gone`, empty, { timeoutMs });
  const live = await allow(cluster.request("GET", namespace), [404]);
  if (live !== undefined) {
    const finalized = { ...live, spec: { ...live.spec, finalizers: [] } };
    await allow(cluster.request("PUT", `${namespace}/finalize`, finalized), [404, 409]);
  }
  const gone = async () => (await allow(cluster.request("GET", namespace), [404])) === undefined;
  await until(`${name} is gone`, gone, { timeoutMs });
  // What a controller was about to create when the deletion came.
  await until(`nothing of ${name} is left`, empty, { timeoutMs });
}

/** Collections of a namespace whose objects can be listed and deleted. */
async function namespacedCollections({ request }: ControlPlane, namespace: string): Promise<string[]> {
  const { groups } = await request("GET", "/apis");
  const roots = [
    "/api/v1",
    ...groups.map(({ preferredVersion: { groupVersion } }: Group) => `/apis/${groupVersion}`),
  ];
  const found = await Promise.all(
    roots.map(async (root) => {
      // An API whose server is away, or whose definitions have just gone.
      const list = await allow(request("GET", root), [404, 503]);
      return ((list?.resources ?? []) as DiscoveredResource[])
        .filter(({ namespaced, verbs }) => namespaced && verbs.includes("list") && verbs.includes("delete"))
        .map((resource) => `${root}/namespaces/${namespace}/${resource.name}`);
    }),
  );
  return found.flat();
}

interface Group {
  preferredVersion: { groupVersion: string };
}

/** Deletes all objects of a collection, and returns the paths of those that were there. */
async function clear({ request }: ControlPlane, collection: string): Promise<string[]> {
  const items: { metadata: { name: string; deletionTimestamp?: string } }[] =
    (await allow(request("GET", collection), [404, 503]))?.items ?? [];
  await Promise.all(
    items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) =>
        allow(
          request(
            "DELETE",
            `${collection}/${encodeURIComponent(metadata.name)}?propagationPolicy=Background`,
          ),
          [404, 409],
        ),
      ),
  );
  return items.map(({ metadata }) => `${collection}/${metadata.name}`);
}

/** The answer, or undefined where its status is one of `statuses`. */
async function allow<T>(answer: Promise<T>, statuses: readonly number[]): Promise<T | undefined> {
  return await answer.catch((error: unknown) => {
    if (error instanceof ApiError && statuses.includes(error.status)) return undefined;
    throw error;
  });
}
