/** The kinds that a cluster has and a backup does not keep, in words. */

import { isBuiltIn } from "../../kubernetes/built-in-groups.ts";
import { pluralOf } from "../../words/plural.ts";
import { someNames } from "../../words/some-names.ts";
import type { ManifestNotKept } from "./manifest.ts";

/** How many kinds a line names; the rest is counted. */
const NAMED = 8;

/**
 * `Not kept: CronJobs (8), ServiceAccounts (124), widgets.example.com (2) (--kinds all keeps them)`, or no line where
 * everything is kept. Kinds that could not be counted are named apart, since there may be no object of them.
 */
export function describeNotKept(notKept: readonly ManifestNotKept[] = []): string[] {
  const counted = notKept.filter(({ objects }) => objects !== undefined && objects > 0);
  const unknown = notKept.filter(({ objects }) => objects === undefined);
  const parts = [
    ...(counted.length === 0
      ? []
      : [
          someNames(
            counted.map((each) => `${titleOf(each)} (${each.objects})`),
            NAMED,
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [`${counted.length === 0 ? "" : "and "}not counted, ${someNames(unknown.map(titleOf), NAMED)}`]),
  ];
  return parts.length === 0 ? [] : [`Not kept: ${parts.join("; ")} (--kinds all keeps them)`];
}

function titleOf({ resource, kind }: ManifestNotKept): string {
  const [, ...group] = resource.split(".");
  return isBuiltIn(group.join(".")) ? pluralOf(kind) : resource;
}
