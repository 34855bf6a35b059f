import type { FieldManager } from "../kubernetes/field-manager.ts";
import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { joinPieces, type TextPieces, writeJson } from "../kubernetes/json-text.ts";
import type { CustomStatus } from "../kubernetes/object-status.ts";
import { type Owner, ownersOf } from "../kubernetes/owners.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { classifyStatus, customStatusOf } from "./custom-status.ts";
import { fieldManagersOf } from "./field-managers.ts";
import { SYSTEM_NAMESPACE } from "./kept-system-objects.ts";
import { type Keeps, leftOut, removeFields } from "./left-out.ts";
import type { ObjectRule } from "./objects-left-out.ts";

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

/** Options of {@link portable}. */
export interface PortableOptions extends Keeps {
  onLeftOut?: ((rule: ObjectRule) => void) | undefined;
}

/**
 * Makes an object portable, or returns undefined for an object that backups leave out. Removes fields from
 * the given object.
 *
 * @param namespaces names of the namespaces in the backup. Objects of other namespaces are left out.
 * @param options what is kept all the same; `onLeftOut` is told of the rule that leaves the object out.
 */
export function portable(
  resource: Pick<Resource, "kind" | "statusVersions">,
  object: JsonObject,
  namespaces?: ReadonlySet<string>,
  { onLeftOut, ...keeps }: PortableOptions = {},
): PortableObject | undefined {
  const { kind } = resource;
  const metadata = object["metadata"];
  if (!isJsonObject(metadata)) return undefined;
  const namespace = typeof metadata["namespace"] === "string" ? metadata["namespace"] : undefined;
  const name = String(metadata["name"]);
  const statusIsApart = classifyStatus(object["apiVersion"], resource.statusVersions) !== "field";
  const rule = leftOut({ kind, namespace, name, object, statusIsApart }, keeps);
  // What is kept of kube-system is of no namespace of the backup.
  if (namespace !== undefined && namespace !== SYSTEM_NAMESPACE && namespaces?.has(namespace) === false)
    return undefined;
  if (rule !== undefined) {
    onLeftOut?.(rule);
    return undefined;
  }
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
