import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import { ownersOf } from "../../kubernetes/owners.ts";
import { isAdopter } from "../../objects/adopters.ts";
import { controllerFields } from "../../objects/controller-fields.ts";

/**
 * Gives the backup's object, in place, the live values of the fields that a controller maintains.
 *
 * @param resource name of the resource, `deployments.apps`.
 */
export function keepControllerFields(resource: string, live: JsonObject, wanted: JsonObject): void {
  const maintained = controllerFields(resource);
  if (maintained === undefined) return;
  const { when, members } = maintained;
  const applies = {
    always: () => true,
    adopted: () => ownersOf(live).some((owner) => isAdopter(resource, owner)),
    aggregates: () => [live, wanted].every((role) => isJsonObject(role["aggregationRule"])),
  }[when];
  if (!applies()) return;
  for (const { path, name } of members) keep([live, wanted], path, (each) => name.test(each));
}

/** Gives the map at a path the matching members of the live object, also where the live object has none. */
function keep(
  [live, wanted]: readonly [JsonObject, JsonObject],
  path: readonly string[],
  fits: (name: string) => boolean,
): void {
  const here = mapAt(live, path);
  const there = mapAt(wanted, path);
  const names = Object.keys(here ?? {}).filter(fits);
  if (there === undefined && names.length === 0) return;
  const members = there ?? makeMap(wanted, path);
  for (const name of Object.keys(members)) if (fits(name)) delete members[name];
  for (const name of names) members[name] = here?.[name];
  if (Object.keys(members).length === 0) removeMap(wanted, path);
}

function mapAt(object: JsonObject, path: readonly string[]): JsonObject | undefined {
  let map: unknown = object;
  for (const step of path) map = isJsonObject(map) ? map[step] : undefined;
  return isJsonObject(map) ? map : undefined;
}

function makeMap(object: JsonObject, path: readonly string[]): JsonObject {
  let map = object;
  for (const step of path) {
    const next = map[step];
    const below: JsonObject = isJsonObject(next) ? next : {};
    map[step] = below;
    map = below;
  }
  return map;
}

function removeMap(object: JsonObject, path: readonly string[]): void {
  const parent = mapAt(object, path.slice(0, -1));
  const last = path.at(-1);
  if (parent !== undefined && last !== undefined) delete parent[last];
}
