import { type ServedResource, versionPath } from "../kubernetes/resource.ts";
import type { ApiClient } from "./requests/api-client.ts";
import { ApiError } from "./requests/api-error.ts";
import { foreignAnswerError } from "./requests/parse-answer.ts";

// The fields that are used of https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
interface GroupDiscoveryList {
  kind?: string;
  items?: {
    metadata?: { name?: string };
    versions?: {
      version: string;
      freshness?: string;
      resources?: {
        resource: string;
        scope: string;
        verbs: string[];
        responseKind?: { kind: string };
        subresources?: { subresource: string }[];
        singularResource?: string;
        shortNames?: string[];
        categories?: string[];
      }[];
    }[];
  }[];
}

// Unaggregated discovery: a list of groups, then a list of resources for each version of each group.
interface GroupList {
  groups: { name: string; preferredVersion: { version: string } }[];
}
interface ResourceList {
  resources: {
    name: string;
    kind: string;
    namespaced: boolean;
    verbs: string[];
    singularName?: string;
    shortNames?: string[];
    categories?: string[];
  }[];
}

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/** The resources that an API server serves. */
export interface Discovery {
  resources: ServedResource[];
  /** API groups with versions, `metrics.k8s.io/v1beta1`, whose aggregated API server does not answer. */
  unreachable: string[];
}

/** The resources that the API server serves. See {@link discover}. */
export async function discoverResources(client: ApiClient, signal: AbortSignal): Promise<ServedResource[]> {
  return (await discover(client, signal)).resources;
}

/**
 * Discovers the resources that the API server serves, each in the preferred version.
 *
 * Discovery takes two requests on any Kubernetes of today. An API server without aggregated discovery is asked
 * group by group.
 */
export async function discover(client: ApiClient, signal: AbortSignal): Promise<Discovery> {
  const [core, groups] = await Promise.all([
    readDiscovery(client, "/api", signal),
    readDiscovery(client, "/apis", signal),
  ]);
  return {
    resources: [...core.resources, ...groups.resources],
    unreachable: [...core.unreachable, ...groups.unreachable],
  };
}

async function readDiscovery(
  client: ApiClient,
  path: "/api" | "/apis",
  signal: AbortSignal,
): Promise<Discovery> {
  const answer = await client.get<GroupDiscoveryList>(
    { what: "ask which resources are served", path, headers: { accept: AGGREGATED } },
    signal,
  );
  if (answer.kind === "APIGroupDiscoveryList") return fromAggregated(answer);
  // What is no such list, such as the page of a proxy, must not pass for a cluster without resources.
  if (answer.kind !== (path === "/api" ? "APIVersions" : "APIGroupList")) {
    throw foreignAnswerError(
      `Cannot ask which resources are served: ${client.server}${path}`,
      "a list of API groups",
    );
  }
  return await readGroupByGroup(client, path, answer, signal);
}

/** The first version that serves a resource is the preferred version. */
function fromAggregated(list: GroupDiscoveryList): Discovery {
  const unreachable: string[] = [];
  const resources = (list.items ?? []).flatMap((item) => {
    const group = item.metadata?.name ?? "";
    const found = new Map<string, ServedResource & { versions: string[]; statusVersions: string[] }>();
    for (const { version, resources, freshness } of item.versions ?? []) {
      if (freshness === "Stale") unreachable.push(`${group}/${version}`);
      for (const { resource, scope, verbs, responseKind, subresources, ...names } of resources ?? []) {
        const withStatus = subresources?.some(({ subresource }) => subresource === "status") ? [version] : [];
        const preferred = found.get(resource);
        preferred?.versions.push(version);
        preferred?.statusVersions.push(...withStatus);
        if (preferred !== undefined || responseKind === undefined) continue;
        const { kind } = responseKind;
        const namespaced = scope === "Namespaced";
        found.set(resource, {
          group,
          version,
          versions: [version],
          statusVersions: withStatus,
          resource,
          kind,
          namespaced,
          verbs,
          ...otherNames({ ...names, singular: names.singularResource }),
        });
      }
    }
    return [...found.values()];
  });
  return { resources, unreachable };
}

async function readGroupByGroup(
  client: ApiClient,
  path: "/api" | "/apis",
  answer: unknown,
  signal: AbortSignal,
): Promise<Discovery> {
  const groups =
    path === "/api" ? [{ name: "", preferredVersion: { version: "v1" } }] : (answer as GroupList).groups;
  const unreachable: string[] = [];
  const lists = await Promise.all(
    groups.map(async ({ name: group, preferredVersion: { version } }) => {
      const list = await readResourceList(client, versionPath({ group, version }), signal);
      if (list === undefined) unreachable.push(`${group}/${version}`);
      const all = new Set((list?.resources ?? []).map(({ name }) => name));
      return (list?.resources ?? [])
        .filter(({ name }) => !name.includes("/"))
        .map(({ name: resource, kind, namespaced, verbs, ...names }) => ({
          group,
          version,
          versions: [version],
          statusVersions: all.has(`${resource}/status`) ? [version] : [],
          resource,
          kind,
          namespaced,
          verbs,
          ...otherNames({ ...names, singular: names.singularName }),
        }));
    }),
  );
  return { resources: lists.flat(), unreachable };
}

/** The names that the API server gave, without empty ones. */
function otherNames({
  singular,
  shortNames,
  categories,
}: {
  singular?: string | undefined;
  shortNames?: string[] | undefined;
  categories?: string[] | undefined;
}): Pick<ServedResource, "singular" | "shortNames" | "categories"> {
  return {
    ...(singular ? { singular } : {}),
    ...(shortNames?.length ? { shortNames } : {}),
    ...(categories?.length ? { categories } : {}),
  };
}

/** Undefined for a group whose aggregated API server is down: a resource of the group that is wanted is then missing by name. */
async function readResourceList(
  client: ApiClient,
  path: string,
  signal: AbortSignal,
): Promise<ResourceList | undefined> {
  try {
    return await client.get<ResourceList>({ what: `ask which resources ${path} serves`, path }, signal);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 503 || error.status === 404)) return undefined;
    throw error;
  }
}
