import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { member } from "../kubernetes/object-facts.ts";

/**
 * The fields that one schema of a CustomResourceDefinition knows and another does not, as paths: `spec.collections`.
 * The API server drops them from an object that it answers in the version of the other schema (pruning).
 *
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 *
 * @param stored the schema of the version in which an object is stored.
 * @param read the schema of the version in which the object is read.
 */
export function lostFields(stored: JsonObject, read: JsonObject, path = ""): string[] {
  const keepsUnknown = read[OPEN] === true;
  const others = read["additionalProperties"];
  const lost = below(stored, read, path).flatMap(({ here, schema, there }) => {
    if (isJsonObject(schema) && isJsonObject(there)) return lostFields(schema, there, here);
    return keepsUnknown || there === true ? [] : [here];
  });
  const isClosed = stored[OPEN] === true && !keepsUnknown && others === undefined;
  return isClosed ? [...lost, path === "" ? "*" : `${path}.*`] : lost;
}

const OPEN = "x-kubernetes-preserve-unknown-fields";

/** What the API server keeps of every object. */
const KEPT = ["apiVersion", "kind", "metadata"];

/** A schema within that of a stored object, and what stands there in the schema of the object that is read. */
interface Below {
  here: string;
  schema: unknown;
  there: unknown;
}

function below(stored: JsonObject, read: JsonObject, path: string): Below[] {
  const there = member(read, "properties");
  const found: Below[] = Object.entries(member(stored, "properties"))
    .filter(([name]) => path !== "" || !KEPT.includes(name))
    .map(([name, schema]) => ({
      here: path === "" ? name : `${path}.${name}`,
      schema,
      there: Object.hasOwn(there, name) ? there[name] : read["additionalProperties"],
    }));
  for (const [name, suffix] of [
    ["items", "[]"],
    ["additionalProperties", ".*"],
  ] as const) {
    const schema = stored[name];
    if (schema !== undefined && schema !== false)
      found.push({ here: path + suffix, schema, there: read[name] });
  }
  return found;
}
