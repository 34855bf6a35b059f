import { isLabel, isPathSegment, isResourceName } from "../kubernetes/names.ts";
import { shellCommand } from "../words/shell-command.ts";

/** An object that a command names, and where it is taken from. */
export interface Restorable {
  /** A backup by its name, or the moment of a time, RFC 3339. */
  source: { backup: string } | { at: string };
  /** `deployments.apps`. */
  resource: string;
  /** A shorter word for the kind, if one means this kind and no other. */
  word?: string;
  namespace?: string | undefined;
  name: string;
  /** The cluster has the object, with other fields. */
  exists?: boolean;
}

/**
 * The command that brings one object back as it was; a Namespace that is gone, with all that was in it. Undefined where a
 * name is none that an API server takes: whoever wrote it does not mean an object.
 */
export function restoreCommand({
  source,
  resource,
  word = resource,
  namespace,
  name,
  exists = false,
}: Restorable): string | undefined {
  if (!isResourceName(resource) || !isPathSegment(name)) return undefined;
  if (namespace !== undefined && !isLabel(namespace)) return undefined;
  const from =
    "at" in source
      ? shellCommand`kube-backup restore --at=${source.at}`
      : shellCommand`kube-backup restore --backup=${source.backup}`;
  if (resource === "namespaces" && !exists)
    return isLabel(name) ? from + shellCommand` --namespace=${name}` : undefined;
  const place = namespace === undefined ? "" : shellCommand` --namespace=${namespace}`;
  return `${from}${exists ? " --existing=update" : ""}${place}${shellCommand` ${`${word}/${name}`}`}`;
}
