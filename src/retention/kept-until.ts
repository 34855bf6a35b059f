/** Until when a backup stays by the rules, were backups to go on as they do, without I/O. */

import { decideKeeping } from "./keep.ts";
import type { KeepRules } from "./rules.ts";

/** Whether the rules keep a backup. */
export interface KeptUntil {
  keep: boolean;
  /** As `prune` has them: `daily 2026-01-31`. */
  reasons: readonly string[];
  /** When no rule keeps it any more; undefined where nobody can say, as without an end. */
  until: Date | undefined;
}

/** What is known of the backups. */
export interface KeptUntilFacts {
  rules: KeepRules;
  now: Date;
  /** Milliseconds from one backup to the next; undefined where that is not known. */
  interval: number | undefined;
}

interface Named {
  name: string;
  time: Date;
}

const HOUR = 3_600_000;

/** How many backups to come are thought of at most. */
const MOST = 1 << 16;

/**
 * Decides whether the rules keep a backup, and until when. The newest is taken for valid, and all for one cluster's: that is
 * what names tell.
 *
 * @param backups in any order, the one that is meant among them.
 */
export function keptUntil(
  backups: readonly Named[],
  name: string,
  { rules, now, interval }: KeptUntilFacts,
): KeptUntil {
  const past = backups.filter(({ time }) => time <= now);
  const newest = past.reduce<Named | undefined>(
    (best, each) => (best === undefined || each.time > best.time ? each : best),
    undefined,
  );
  const decision = decideKeeping(backups, rules, { now, newestValid: newest?.name }).find(
    ({ backup }) => backup.name === name,
  );
  if (decision === undefined) return { keep: false, reasons: [], until: undefined };
  const { keep, reasons } = decision;
  if (!keep || interval === undefined || newest === undefined) return { keep, reasons, until: undefined };
  const found = (step: number, these: KeepRules) =>
    firstWithout({ past, name, from: Math.max(now.getTime(), newest.time.getTime()), step, rules: these });
  // In longer steps a count of backups is no more, and rules for long periods come to their end.
  const { last, ...periods } = rules;
  const coarse = last === Number.POSITIVE_INFINITY ? rules : periods;
  const until = found(interval, rules) ?? (interval < HOUR ? found(HOUR, coarse) : undefined);
  return { keep, reasons, until };
}

/** The first of the backups to come that leaves the one without a rule: by doubling, then by halves. */
function firstWithout({
  past,
  name,
  from,
  step,
  rules,
}: {
  past: readonly Named[];
  name: string;
  from: number;
  step: number;
  rules: KeepRules;
}): Date | undefined {
  const timeOf = (index: number) => new Date(from + index * step);
  const isKept = (count: number): boolean => {
    const coming = Array.from({ length: count }, (_, index) => ({
      name: `coming ${index}`,
      time: timeOf(index + 1),
    }));
    const facts = { now: timeOf(count), newestValid: coming.at(-1)?.name };
    const decisions = decideKeeping([...past, ...coming], rules, facts);
    return decisions.find(({ backup }) => backup.name === name)?.keep === true;
  };
  let kept = 0;
  let gone = 1;
  while (isKept(gone)) {
    kept = gone;
    gone *= 2;
    if (gone > MOST) return undefined;
  }
  while (gone - kept > 1) {
    const middle = Math.floor((kept + gone) / 2);
    if (isKept(middle)) kept = middle;
    else gone = middle;
  }
  return timeOf(gone);
}
