import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import { someNames } from "../words/some-names.ts";
import { lostFields } from "./lost-fields.ts";

/** The version in which custom resources are read, and a warning where that may not be the whole object. */
export interface ReadVersion {
  version: string;
  warning?: string;
}

interface CrdVersion {
  name: string;
  served: boolean;
  storage: boolean;
  schema: JsonObject;
}

/**
 * Chooses the version in which a backup reads custom resources: the one in which they are stored. Where nothing
 * converts between the versions (strategy `None`), the API server drops the fields that the version of an answer does
 * not know, so that the preferred version is not the whole object. A conversion webhook is trusted with the preferred
 * version.
 *
 * @param preferred the resource in the API server's preferred version.
 * @param crd its CustomResourceDefinition.
 */
export function chooseReadVersion(
  preferred: Pick<Resource, "group" | "resource" | "version">,
  crd: JsonObject,
): ReadVersion {
  const spec = member(crd, "spec");
  const versions = items(spec, "versions").map(readVersion);
  const stored = versions.find(({ storage }) => storage);
  const isConverted = member(spec, "conversion")["strategy"] === "Webhook";
  const version = stored?.served === true && !isConverted ? stored.name : preferred.version;
  const read = versions.find(({ name }) => name === version);
  if (stored === undefined || read === undefined || spec["preserveUnknownFields"] === true)
    return { version };
  const name = resourceName(preferred);
  const lostOf = (from: CrdVersion) => lostFields(from.schema, read.schema);
  const lost = lostOf(stored);
  if (isConverted) {
    return lost.length === 0
      ? { version }
      : {
          version,
          warning: `${name} are stored as ${stored.name} and read as ${version}, which has no ${someNames(lost)}: of these fields the backup holds what the conversion webhook makes of them`,
        };
  }
  if (lost.length > 0) {
    return {
      version,
      warning: `${name} are stored as ${stored.name}, which the API server does not serve, and read as ${version}, which has no ${someNames(lost)}: these fields are not in the backup; set served: true for ${stored.name} in the CustomResourceDefinition ${name}`,
    };
  }
  const storedVersions = member(crd, "status")["storedVersions"];
  const before = versions.filter(
    (each) => each !== read && Array.isArray(storedVersions) && storedVersions.includes(each.name),
  );
  const older = before.find((each) => lostOf(each).length > 0);
  if (older === undefined) return { version };
  return {
    version,
    warning: `${name} that were last written when ${older.name} was the stored version may have ${someNames(lostOf(older))}, which ${version} has not: these fields are not in the backup; write such objects anew as ${version}, and take ${older.name} out of status.storedVersions of the CustomResourceDefinition ${name}`,
  };
}

function readVersion(version: JsonObject): CrdVersion {
  const schema = member(version, "schema")["openAPIV3Schema"];
  return {
    name: String(version["name"]),
    served: version["served"] === true,
    storage: version["storage"] === true,
    schema: isJsonObject(schema) ? schema : {},
  };
}
