/** The text of `kube-backup log --deleted`: what is gone, and the commands that bring it back. */

import type { HistoryChange } from "../../change-log/history/history-entry.ts";
import { colorsOf } from "../../compare/text/colors.ts";
import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { isNamespaces, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { resourcesByName } from "../../selection/resources-by-name.ts";
import { restoreCommand as restore } from "../../selection/restore-command.ts";
import { joined, type Line } from "../../terminal/styled.ts";
import { timeCell, titleOf } from "./history-text.ts";

/** The command that brings an object back as it was; a Namespace with all that was in it. */
export function restoreCommand(
  { resource, namespace, name, source }: Pick<HistoryChange, "resource" | "namespace" | "name" | "source">,
  resources: readonly Resource[],
): string | undefined {
  if (source === undefined) return undefined;
  return restore({
    source: "at" in source ? { at: source.at.toISOString() } : source,
    resource: resourceName(resource),
    word: kindWord(resource, resources),
    namespace,
    name,
  });
}

/** The shortest word that means this kind and no other one. */
export function kindWord(resource: Resource, resources: readonly Resource[]): string {
  const name = resourceName(resource);
  const { singular = "" } = resources.find((each) => resourceName(each) === name) ?? resource;
  const [meant] = singular === "" ? [] : resourcesByName(resources, singular);
  return meant !== undefined && resourceName(meant) === name ? singular : name;
}

/**
 * The lines of what is gone. What went with its namespace is counted below that: the command of the namespace brings it
 * back too.
 */
export function goneText(
  gone: readonly HistoryChange[],
  { colored, resources }: { colored: boolean; resources: readonly Resource[] },
): Line[] {
  const colors = colorsOf(colored);
  const titles = kindTitles(resources);
  const namespaces = new Map(
    gone.filter(({ resource }) => isNamespaces(resource)).map((each) => [each.name, each]),
  );
  const within = Map.groupBy(gone, (each) => namespaceOf(each, namespaces));
  return gone.flatMap((each) => {
    if (namespaceOf(each, namespaces) !== undefined) return [];
    const head = joined(`${timeCell(each)}  `, colors.removed(titleOf(each, titles)));
    const inside = isNamespaces(each.resource) ? (within.get(each.name) ?? []) : [];
    const command = restoreCommand(each, resources);
    return [
      head,
      ...(inside.length === 0 ? [] : [`      with ${countsText(inside, titles)}`]),
      ...(command === undefined ? [] : [`      ${command}`]),
    ];
  });
}

/** The namespace that went with, or before, the object; undefined where the object went by itself. */
function namespaceOf(
  { namespace, time }: HistoryChange,
  namespaces: ReadonlyMap<string, HistoryChange>,
): string | undefined {
  const went = namespace === undefined ? undefined : namespaces.get(namespace);
  return went !== undefined && went.time <= time ? namespace : undefined;
}

function countsText(gone: readonly HistoryChange[], titles: ReadonlyMap<string, string>): string {
  const byKind = Map.groupBy(gone, ({ resource }) => titles.get(resourceName(resource)) ?? resource.kind);
  return [...byKind]
    .map(([kind, those]) => `${kind} ${those.length}`)
    .sort()
    .join(", ");
}
