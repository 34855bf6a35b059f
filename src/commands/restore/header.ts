import type { Manifest } from "../../archive/format/manifest.ts";
import type { ExistingPolicy } from "../../restore/object/existing-policy.ts";
import { formatAge } from "../../terminal/duration.ts";
import { formatTable } from "../../terminal/table.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { type ClusterIdentity, fullClusterTitle } from "../../words/cluster-title.ts";
import { someNames } from "../../words/some-names.ts";
import type { RestoreRequest } from "./restore-request.ts";
import type { RestoreScope } from "./scope.ts";

/** The maximum number of namespaces named; the rest is counted. */
const NAMESPACES_SHOWN = 10;

const POLICIES: Record<ExistingPolicy, string> = {
  skip: "is left as it is",
  update: "is written over",
  replace: "is written over; where fields are immutable, deleted and created again",
};

/** Options of {@link describeHeader}. */
export interface HeaderOptions {
  client: { context: string; server: string };
  archive: { name: string; manifest: Pick<Manifest, "time" | "cluster"> };
  request: Pick<RestoreRequest, "existing" | "undo" | "prune" | "restoreStatus">;
  scope: Pick<RestoreScope, "objects" | "namespaces" | "namespaceMapping" | "whole">;
  /** The id of the cluster, to compare with the id in the backup. Undefined where this user may not read it. */
  clusterId: string | undefined;
  now: Date;
}

/** Describes what will be restored, and into which cluster. What the backup lacks stands among the notes of the plan. */
export function describeHeader({ client, archive, request, scope, clusterId, now }: HeaderOptions): string[] {
  const { time, cluster } = archive.manifest;
  const age = formatAge(now.getTime() - new Date(time).getTime());
  const rows = [
    ["Backup", `${archive.name}, ${age}`],
    ["Made by", describeMaker(cluster, clusterId)],
    ["Cluster", `${client.context}, ${client.server}`],
    ["Namespaces", describeNamespaces(scope)],
    ["Objects", `${scope.objects}, ${partOf(request, scope)}`],
    request.undo === undefined
      ? ["What differs", POLICIES[request.existing]]
      : ["What changed since", `${rfc3339(request.undo)} goes back, where nobody has written it since`],
    ...(request.restoreStatus ? [["Status", "of custom resources comes back too"]] : []),
    ...(request.prune ? [["What is extra", "is deleted"]] : []),
  ];
  const [first = [], ...others] = rows;
  return formatTable({ columns: first.map((title) => ({ title })), rows: others });
}

function partOf({ undo }: HeaderOptions["request"], { whole }: HeaderOptions["scope"]): string {
  if (undo !== undefined) return "that were changed or deleted";
  return whole ? "the whole backup" : "a part of the backup";
}

function describeMaker(maker: ClusterIdentity, here: string | undefined): string {
  const title = fullClusterTitle(maker);
  if (here === undefined)
    return `cluster ${title}; whether that is this one is not known, without the right to read the namespace kube-system`;
  if (maker.id !== here) return `another cluster, ${title}; this one is ${here}`;
  return maker.name === undefined ? "this cluster" : `this cluster, ${maker.name}`;
}

function describeNamespaces({ namespaces, namespaceMapping }: HeaderOptions["scope"]): string {
  const names = [...namespaces].map((name) => {
    const to = namespaceMapping.get(name);
    return to === undefined ? name : `${name} as ${to}`;
  });
  if (names.length === 0) return "none";
  return someNames(names, NAMESPACES_SHOWN);
}
