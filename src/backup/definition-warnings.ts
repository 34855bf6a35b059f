import type { JsonObject } from "../kubernetes/json.ts";
import { isOf, member } from "../kubernetes/object-facts.ts";
import { resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { chooseReadVersion } from "./choose-read-version.ts";

/**
 * Looks at the CustomResourceDefinitions that a backup holds anyway for custom resources that are served in one version
 * alone: discovery does not say that they are stored in another, which has fields that the served one has not.
 */
export class DefinitionWarnings {
  readonly #served: ReadonlyMap<string, ServedResource>;
  readonly #warnings: string[] = [];

  /** @param resources the resources to back up. */
  constructor(resources: readonly ServedResource[]) {
    const alone = resources.filter(({ versions }) => versions.length === 1);
    this.#served = new Map(alone.map((resource) => [resourceName(resource), resource]));
  }

  /** Adds an object of the backup. */
  add(kind: string, object: JsonObject): void {
    if (!isOf({ kind, object }, "apiextensions.k8s.io", "CustomResourceDefinition")) return;
    const resource = this.#served.get(String(member(object, "metadata")["name"]));
    const warning = resource === undefined ? undefined : chooseReadVersion(resource, object).warning;
    if (warning !== undefined) this.#warnings.push(warning);
  }

  /** One sentence for each such resource. */
  warnings(): readonly string[] {
    return this.#warnings;
  }
}
