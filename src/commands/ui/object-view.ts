import type { ComparedObject } from "../../compare/compared-side.ts";
import { shownObject } from "../../compare/object-changes.ts";
import { stateOf } from "../../compare/object-difference.ts";
import { OperatorError } from "../../errors.ts";
import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import type { UiObject } from "../../pages/browser/ui/data.ts";
import { formatYaml } from "../../print/yaml.ts";
import { visible } from "../../words/visible.ts";
import { objectCommands } from "./commands-to-copy.ts";
import { type Moment, resourceOf } from "./moments.ts";

/** Which object is meant. */
export interface ObjectQuestion {
  resource: string;
  namespace: string | undefined;
  name: string;
}

/**
 * An object of a moment as YAML.
 *
 * @param options.revealed whether the values of a Secret are shown.
 * @throws {OperatorError} where the moment has no such object.
 */
export async function viewObject(
  moment: Moment,
  { resource: wanted, namespace, name }: ObjectQuestion,
  { revealed, signal }: { revealed: boolean; signal: AbortSignal },
): Promise<UiObject> {
  const resource = resourceOf(moment, wanted);
  const found = resource && (await findObject(moment, { resource, namespace, name }, signal));
  if (resource === undefined || found === undefined) {
    const title = visible(`${wanted} ${namespace === undefined ? "" : `${namespace}/`}${name}`);
    throw new OperatorError(`Cannot find ${title} in ${moment.about.title}`, {
      advice: "Its history tells when it was there",
    });
  }
  const state = stateOf(found, true);
  const shown = revealed ? state : shownObject(resource, state);
  return {
    moment: moment.about,
    object: { resource: wanted, kind: resource.kind, namespace: namespace ?? null, name },
    yaml: formatYaml(shown),
    masked: !revealed && isSecrets(resource),
    commands: objectCommands({ resource, namespace, name }, moment.about, moment.resources),
  };
}

async function findObject(
  { side }: Moment,
  { resource, namespace, name }: { resource: Resource; namespace: string | undefined; name: string },
  signal: AbortSignal,
): Promise<ComparedObject | undefined> {
  for await (const object of side.objects(resource, (each) => each === namespace, signal)) {
    if (object.name === name && object.namespace === namespace && !("excluded" in object)) return object;
  }
  return undefined;
}
