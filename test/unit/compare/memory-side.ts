/** A side of a comparison whose objects are in memory. */

import type { ComparedObject, ComparedSide } from "../../../src/compare/compared-side.ts";
import { type Resource, resourceName } from "../../../src/kubernetes/resource.ts";

const resource = (group: string, resource: string, kind: string, namespaced = true): Resource => ({
  group,
  version: "v1",
  resource,
  kind,
  namespaced,
});
export const NAMESPACES = resource("", "namespaces", "Namespace", false);
export const CONFIG_MAPS = resource("", "configmaps", "ConfigMap");
export const SECRETS = resource("", "secrets", "Secret");
export const DEPLOYMENTS = resource("apps", "deployments", "Deployment");
export const REPLICA_SETS = resource("apps", "replicasets", "ReplicaSet");
export const ALL = [NAMESPACES, CONFIG_MAPS, SECRETS, REPLICA_SETS, DEPLOYMENTS];

/** Writes of one object: where it is, and what is in it. */
export interface Written {
  in: Resource;
  /** `shop/web`, or `shop` for what has no namespace. */
  name: string;
  content?: object;
  owners?: ComparedObject["owners"];
}

/** A side whose objects are in memory; what it was asked is counted. */
export class MemorySide implements ComparedSide {
  readonly side;
  readonly missing: { resource: string; reason: string }[] = [];
  readonly keepFinished: ReadonlySet<string> = new Set();
  readonly notes: string[] = [];
  readonly namespaces: ReadonlySet<string>;
  reads = 0;
  readonly resources: readonly Resource[];
  readonly #objects: readonly Written[];

  constructor(objects: readonly Written[], { name = "left", resources = ALL as readonly Resource[] } = {}) {
    this.side = { kind: "backup", name, time: "2026-01-31T12:00:00Z" } as const;
    this.resources = resources;
    this.#objects = objects;
    this.namespaces = new Set(objects.map(({ name }) => name.split("/")[0] ?? ""));
  }

  covers(): boolean {
    return true;
  }

  find(wanted: Resource): Resource | undefined {
    return this.resources.find((each) => resourceName(each) === resourceName(wanted));
  }

  async *objects(wanted: Resource, inNamespace: (namespace: string | undefined) => boolean) {
    this.reads += 1;
    for (const { in: resource, name, content, owners = [] } of this.#objects) {
      const [namespace, own] = name.includes("/") ? name.split("/") : [undefined, name];
      if (resourceName(resource) !== resourceName(wanted) || !inNamespace(namespace)) continue;
      const { group, version } = wanted;
      const head = { apiVersion: group === "" ? version : `${group}/${version}`, kind: wanted.kind };
      const metadata = { name: own, ...(namespace === undefined ? {} : { namespace }) };
      const text = JSON.stringify({ ...head, metadata: { ...metadata, labels: {} }, ...content });
      yield { namespace, name: own ?? "", text: text.replace(',"labels":{}', ""), owners };
    }
  }
}
