import type { FieldManager } from "../kubernetes/field-manager.ts";
import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { joinPieces, type TextPieces, writeJson } from "../kubernetes/json-text.ts";
import type { CustomStatus } from "../kubernetes/object-status.ts";
import { type Owner, ownersOf } from "../kubernetes/owners.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { customStatusOf } from "./custom-status.ts";
import { fieldManagersOf } from "./field-managers.ts";
import { type KeepsSystemObject, SYSTEM_NAMESPACE } from "./kept-system-objects.ts";
import { leftOut, removeFields } from "./left-out.ts";

/** An object without what is specific to its cluster, for archives and for comparisons. */
export interface PortableObject {
  namespace: string | undefined;
  name: string;
  /** JSON on one line, including apiVersion and kind. */
  readonly text: string;
  /** The text in pieces; see {@link writeJson}. */
  pieces: TextPieces;
  owners: Owner[];
  /** Undefined where the object has no managed fields. */
  managers: FieldManager[] | undefined;
  /** The status of a custom resource with the status subresource. It is not part of the text. */
  status: CustomStatus | undefined;
}

/**
 * Makes an object portable, or returns undefined for an object that backups leave out. Removes fields from
 * the given object.
 *
 * @param namespaces names of the namespaces in the backup. Objects of other namespaces are left out.
 * @param keeps which objects of kube-system are kept all the same; none by default.
 */
export function portable(
  resource: Pick<Resource, "kind" | "statusVersions">,
  object: JsonObject,
  namespaces?: ReadonlySet<string>,
  keeps?: KeepsSystemObject,
): PortableObject | undefined {
  const { kind } = resource;
  const metadata = object["metadata"];
  if (!isJsonObject(metadata)) return undefined;
  const namespace = typeof metadata["namespace"] === "string" ? metadata["namespace"] : undefined;
  const name = String(metadata["name"]);
  const candidate = { kind, namespace, name, object };
  if (leftOut(candidate, keeps) !== undefined) return undefined;
  // What is kept of kube-system is of no namespace of the backup.
  if (namespace !== undefined && namespace !== SYSTEM_NAMESPACE && namespaces?.has(namespace) === false)
    return undefined;
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
