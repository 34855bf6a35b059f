import type { ManifestLacking } from "../../archive/format/manifest.ts";

/** What the cluster has. */
interface Keys {
  has(resource: string, key: string, signal: AbortSignal): Promise<boolean | undefined>;
}

/** What the manifest says that objects of a backup name and the backup does not hold, under the names of the cluster. */
export class LackedByBackup {
  readonly #names: ReadonlyMap<string, ReadonlySet<string>>;
  /** The resources of which the manifest names the first objects only. */
  readonly #partly: ReadonlySet<string>;

  /** @param namespaceInCluster the name in the cluster of a namespace of the backup. */
  constructor(lacking: readonly ManifestLacking[], namespaceInCluster: (name: string) => string) {
    const inCluster = (key: string) => {
      const [namespace = "", name] = key.split("/");
      return name === undefined ? key : `${namespaceInCluster(namespace)}/${name}`;
    };
    const names = new Map<string, Set<string>>();
    for (const each of lacking) {
      const keys = names.get(each.resource) ?? new Set();
      names.set(each.resource, keys);
      for (const name of each.names) keys.add(inCluster(name));
    }
    this.#names = names;
    this.#partly = new Set(
      lacking.filter(({ names, count }) => names.length < count).map(({ resource }) => resource),
    );
  }

  /** Whether the backup lacks an object that one of its objects names. */
  has({ resource, key }: { resource: string; key: string }): boolean {
    return this.#partly.has(resource) || this.#names.get(resource)?.has(key) === true;
  }

  /** Whether the cluster has all of it. */
  async isAllIn(cluster: Keys, signal: AbortSignal): Promise<boolean> {
    if (this.#partly.size > 0) return false;
    for (const [resource, keys] of this.#names) {
      for (const key of keys) if ((await cluster.has(resource, key, signal)) !== true) return false;
    }
    return true;
  }
}
