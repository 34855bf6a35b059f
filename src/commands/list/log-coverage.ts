/** What `kube-backup list` says of the change log: which moments it leads to. docs/commands/list.md documents the JSON. */

import { type Coverage, gapsBetween } from "../../change-log/replay/coverage.ts";
import { rfc3339 } from "../../time/rfc3339.ts";

/** How many gaps are told in words, the latest. */
const TOLD = 2;

/** One or two lines for each cluster that recorded. */
export function coverageLines(coverage: Coverage | undefined): string[] {
  if (coverage === undefined) return [];
  const { ranges, earlier } = coverage;
  const byCluster = Map.groupBy(ranges, ({ cluster }) => cluster);
  return [...byCluster].flatMap(([cluster, of]) => {
    const [first] = of;
    if (first === undefined) return [];
    const until = new Date(Math.max(...of.map((each) => each.until.getTime())));
    const whose = byCluster.size > 1 ? ` of the cluster ${cluster}…` : "";
    const more = earlier > 0 ? ", and perhaps before" : "";
    const range = `--at is any moment${whose} from ${rfc3339(first.from)} to ${rfc3339(until)}${more}`;
    const gaps = gapsBetween(of);
    if (gaps.length === 0) return [range];
    const told = gaps.slice(-TOLD).map((gap) => `${rfc3339(gap.from)} to ${rfc3339(gap.until)}`);
    const others = gaps.length > TOLD ? `, and ${gaps.length - TOLD} before` : "";
    return [`${range}, but for ${gaps.length === 1 ? "a gap" : "gaps"}: ${told.join(", ")}${others}`];
  });
}

/** The same for a script; null where there is no change log. */
export function coverageJson({ ranges, earlier }: Coverage): object | null {
  if (ranges.length === 0) return null;
  return {
    ranges: ranges.map(({ timeline, from, until }) => ({
      timeline,
      from: from.toISOString(),
      until: until.toISOString(),
    })),
    earlierTimelines: earlier,
  };
}
