/** What the controllers of a cluster write by themselves. docs/commands/diff.md has the list. */

import { isAdopter } from "../objects/adopters.ts";
import { controllerFields } from "../objects/controller-fields.ts";
import type { ObjectDifference } from "./document.ts";
import type { DifferenceWithOwners } from "./object-difference.ts";

/** Resources of which controllers create and remove objects: the revisions of Deployments, DaemonSets and StatefulSets. */
const REVISIONS: ReadonlySet<string> = new Set(["replicasets.apps", "controllerrevisions.apps"]);

/** What a controller does to revisions it has adopted, besides the fields that it maintains. */
const ADOPTION = /^metadata\.ownerReferences(?![\w-])/;

/** Changes of an owner for which its controller removes old revisions: a new one, or fewer of them to keep. */
const FOR_WHICH_REVISIONS_GO =
  /^(?:spec\.(?:template|revisionHistoryLimit)(?![\w-])|metadata\.annotations\["deployment\.kubernetes\.io\/revision"\]$)/;

/** What is known of the difference that another one follows. */
type Cause = Pick<ObjectDifference, "change" | "fields">;

/**
 * Whether a difference is the work of the cluster's own controllers alone.
 *
 * @param cause the change of the object that this one follows: what came or went with its owner is part of that.
 */
export function isByController(
  { change, resource, fields, owners, aggregates }: DifferenceWithOwners,
  cause: Cause | undefined,
): boolean {
  const adopted = owners.some((owner) => isAdopter(resource, owner));
  const isRevision = REVISIONS.has(resource);
  if (isRevision && !adopted) return false;
  // A revision that is gone, and that is wanted for a rollback, was deleted by somebody where its owner is as it was.
  if (change === "removed")
    return isRevision && (cause?.fields ?? []).some(({ path }) => FOR_WHICH_REVISIONS_GO.test(path));
  if (change === "added") return isRevision && cause?.change !== "added";
  const maintained = controllerFields(resource);
  if (maintained === undefined || fields.length === 0) return false;
  const { when, members } = maintained;
  if (!{ always: true, adopted, aggregates: aggregates === true }[when]) return false;
  return fields.every(
    ({ path }) =>
      (isRevision && ADOPTION.test(path)) || members.some((each) => isMember(path, each.path, each.name)),
  );
}

/** Whether a path of a field, `metadata.annotations["example.com/a"]`, leads to a member of a map, or below it. */
function isMember(text: string, path: readonly string[], name: RegExp): boolean {
  const map = path.join(".");
  if (!text.startsWith(map)) return false;
  const [, quoted, plain] =
    /^(?:\[("(?:[^"\\]|\\.)*")\]|\.?([A-Za-z_][\w-]*))/.exec(text.slice(map.length)) ?? [];
  if (map !== "" && plain !== undefined && text[map.length] !== ".") return false;
  const key: unknown = quoted === undefined ? plain : JSON.parse(quoted);
  return typeof key === "string" && name.test(key);
}

/** The differences without those of controllers. What follows one of these stands by itself. */
export function withoutControllers(objects: readonly ObjectDifference[]): ObjectDifference[] {
  const hidden = new Set(objects.filter(({ byController }) => byController === true).map(idOf));
  return objects
    .filter(({ byController }) => byController !== true)
    .map((object) => {
      const { follows, ...rest } = object;
      return follows !== undefined && hidden.has(idOf(follows)) ? rest : object;
    });
}

function idOf({ resource, namespace, name }: Pick<ObjectDifference, "resource" | "namespace" | "name">) {
  return `${resource}/${namespace ?? ""}/${name}`;
}
