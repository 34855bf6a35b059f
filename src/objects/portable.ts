import type { FieldManager } from "../kubernetes/field-manager.ts";
import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { joinPieces, type TextPieces, writeJson } from "../kubernetes/json-text.ts";
import type { CustomStatus } from "../kubernetes/object-status.ts";
import { type Owner, ownersOf } from "../kubernetes/owners.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { customStatusOf } from "./custom-status.ts";
import { fieldManagersOf } from "./field-managers.ts";
import { leftOut, removeFields } from "./left-out.ts";

/** An object as it can leave its cluster: what an archive holds, and what two clusters are compared by. */
export interface PortableObject {
  namespace: string | undefined;
  name: string;
  /** JSON on one line, with apiVersion and kind. */
  readonly text: string;
  /** The same as it is at hand; see {@link writeJson}. */
  pieces: TextPieces;
  owners: Owner[];
  /** Undefined where the API server has kept no record of them. */
  managers: FieldManager[] | undefined;
  /** Of a custom resource with the status subresource: it is not part of the text. */
  status: CustomStatus | undefined;
}

/**
 * Makes an object portable, or returns undefined where backups leave it out. The object that is
 * given loses its fields.
 *
 * @param namespaces names of the namespaces that are in the backup; objects of others are left out.
 */
export function portable(
  resource: Pick<Resource, "kind" | "statusVersions">,
  object: JsonObject,
  namespaces?: ReadonlySet<string>,
): PortableObject | undefined {
  const { kind } = resource;
  const metadata = object["metadata"];
  if (!isJsonObject(metadata)) return undefined;
  const namespace = typeof metadata["namespace"] === "string" ? metadata["namespace"] : undefined;
  const name = String(metadata["name"]);
  if (namespace !== undefined && namespaces !== undefined && !namespaces.has(namespace)) return undefined;
  if (leftOut({ kind, namespace, name, object }) !== undefined) return undefined;
  const owners = ownersOf(object);
  const managers = fieldManagersOf(object);
  const status = customStatusOf(resource, object);
  removeFields(resource, object);
  const pieces = writeJson(object);
  return {
    namespace,
    name,
    get text() {
      return joinPieces(pieces);
    },
    pieces,
    owners,
    managers,
    status,
  };
}
