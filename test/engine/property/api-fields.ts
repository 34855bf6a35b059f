/** Fields that the API server knows of its kinds, from its OpenAPI document, each with a random value. */

import type { Random } from "../../../bench/sample/random.ts";
import { isJsonObject, type JsonObject } from "../../../src/kubernetes/json.ts";
import { items, member } from "../../../src/kubernetes/object-facts.ts";
import type { Rig } from "../../support/engine/rig.ts";

const NAME = "x-kubernetes-group-version-kind";
const DEPTH = 7;

/** What stands for a text of which no more is known; most of it fits somewhere. */
const TEXTS = ["", "a", "b-c", "example.com/x", "/d", "Always", "Never", "IfNotPresent", "80", "http", "yes"];
const QUANTITIES = ["1", "100m", "1Gi", "2Mi", "1e3", "0"];

/** Finds the schemas of kinds. */
export class ApiFields {
  readonly #rig: Pick<Rig, "send">;
  readonly #documents = new Map<string, Promise<JsonObject>>();

  constructor(rig: Pick<Rig, "send">) {
    this.#rig = rig;
  }

  /**
   * Gives one random field of an object a random value of the field's type, in place.
   *
   * @returns the path of the field; undefined where no field was found.
   */
  async change(object: JsonObject, random: Random): Promise<string | undefined> {
    const [apiVersion, kind] = [String(object["apiVersion"]), String(object["kind"])];
    const schemas = await this.#schemas(apiVersion);
    const root = Object.values(schemas)
      .filter(isJsonObject)
      .find((schema) => items(schema, NAME).some((each) => isKind(each, apiVersion, kind)));
    if (root === undefined) return undefined;
    return change({ schema: root, schemas, random }, object, "");
  }

  async #schemas(apiVersion: string): Promise<JsonObject> {
    const path = apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
    const known = this.#documents.get(path) ?? this.#rig.send("GET", `/openapi/v3/${path}`).then(JSON.parse);
    this.#documents.set(path, known);
    return member(member(await known, "components"), "schemas");
  }
}

interface Place {
  schema: JsonObject;
  schemas: JsonObject;
  random: Random;
}

function isKind({ group, version, kind }: JsonObject, apiVersion: string, wanted: string): boolean {
  return kind === wanted && (group === "" ? version : `${group}/${version}`) === apiVersion;
}

/** Goes down from an object to a random field, by what there is or, at random, beside it. */
function change(place: Place, object: JsonObject, path: string): string | undefined {
  const { schema, random } = place;
  const properties = member(resolve(place, schema), "properties");
  const names = Object.keys(properties).filter(
    (name) => path !== "" || !["apiVersion", "kind", "metadata", "status"].includes(name),
  );
  const name = pick(names, random);
  if (name === undefined) return undefined;
  const below = { ...place, schema: resolve(place, member(properties, name)) };
  const value = object[name];
  const inside = Array.isArray(value) ? pick(value.filter(isJsonObject), random) : value;
  if (isJsonObject(inside) && random() < 0.85) {
    const schema = Array.isArray(value) ? resolve(place, member(below.schema, "items")) : below.schema;
    const found = change({ ...place, schema }, inside, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  object[name] = randomValue(below, DEPTH);
  return `${path}.${name}`;
}

/** The schema that a reference stands for. */
function resolve({ schemas }: Place, schema: JsonObject): JsonObject {
  const reference = schema["$ref"] ?? items(schema, "allOf")[0]?.["$ref"];
  if (typeof reference !== "string") return schema;
  const name = reference.split("/").at(-1) ?? "";
  return { ...member(schemas, name), name };
}

/** A random value of a type. */
function randomValue(place: Place, depth: number): unknown {
  const { schema, random } = place;
  const { type, format, name = "" } = schema;
  const known = schema["enum"];
  if (Array.isArray(known)) return pick(known, random);
  if (String(name).endsWith("Quantity")) return pick(QUANTITIES, random);
  if (format === "int-or-string" || String(name).endsWith("IntOrString"))
    return pick([1, "http", "25%"], random);
  if (type === "boolean") return random() < 0.5;
  if (type === "integer" || type === "number") return pick([0, 1, 2, 5, 30, 600], random);
  if (format === "date-time") return "2026-01-02T03:04:05Z";
  if (type === "array") {
    if (random() < 0.2 || depth <= 0) return [];
    return [randomValue({ ...place, schema: resolve(place, member(schema, "items")) }, depth - 1)];
  }
  if (type === "object" || isJsonObject(schema["properties"])) return randomObject(place, depth);
  return pick(TEXTS, random);
}

function randomObject(place: Place, depth: number): JsonObject {
  const { schema, random } = place;
  const properties = member(schema, "properties");
  const more = schema["additionalProperties"];
  if (isJsonObject(more) && depth > 0)
    return {
      [pick(["a", "cpu", "memory"], random) ?? "a"]: randomValue(
        { ...place, schema: resolve(place, more) },
        1,
      ),
    };
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const chosen = Object.keys(properties).filter(
    (name) => required.includes(name) || (depth > 0 && random() < 1.5 / Object.keys(properties).length),
  );
  return Object.fromEntries(
    chosen.map((name) => [
      name,
      randomValue({ ...place, schema: resolve(place, member(properties, name)) }, depth - 2),
    ]),
  );
}

/** One of several, or undefined of none. */
export function pick<T>(from: readonly T[], random: Random): T | undefined {
  return from[Math.floor(random() * from.length)];
}
