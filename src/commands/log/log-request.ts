import type { HistoryRange } from "../../change-log/history/plan-history.ts";
import type { HistorySelection } from "../../change-log/history/record-walk.ts";
import { readMoment } from "../../command-line/backup-argument.ts";
import { type ObjectWords, readObjectWords } from "../../command-line/object-words.ts";
import { namespaceProblems } from "../../command-line/target-namespaces.ts";
import { UsageError } from "../../errors.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { compileSelection } from "../../selection/selection.ts";
import { compileWords } from "../../selection/words-selection.ts";
import type { Reading } from "../../time/moment.ts";

/** The flags of `kube-backup log`. */
export interface LogFlags {
  words?: readonly string[] | undefined;
  namespace?: readonly string[] | undefined;
  "all-namespaces": boolean;
  selector?: string | undefined;
  since: string;
  until?: string | undefined;
  patch: boolean;
  deleted: boolean;
  follow: boolean;
  output: string;
}

/** What a command line asks for. */
export interface LogRequest extends ObjectWords {
  range: HistoryRange;
  selector: string | undefined;
  /** Which moments times without a zone are. */
  notes: readonly string[];
}

/**
 * Reads the words and flags.
 *
 * @throws {UsageError} with all that is wrong.
 */
export function readLogRequest(flags: LogFlags, reading: Reading): LogRequest {
  const words = readObjectWords(flags.words ?? []);
  const problems = namespaceProblems(flags.namespace);
  if (flags["all-namespaces"] && flags.namespace !== undefined)
    problems.push("--namespace and --all-namespaces both say where: give one of them");
  if (words.objects !== undefined && flags.selector !== undefined)
    problems.push("--selector does not go with names: give the one or the other");
  if (flags.deleted && flags.patch)
    problems.push("--patch does not go with --deleted: kube-backup get --at shows what is gone");
  if (flags.follow) {
    if (flags.until !== undefined)
      problems.push("--until does not go with --follow, which ends when it is interrupted");
    if (flags.deleted)
      problems.push("--deleted does not go with --follow: what is gone is known at the end of a time");
  }
  // Of a day: from its start on.
  const from = readMoment("--since", flags.since, { ...reading, dates: "start" });
  const to = flags.until === undefined ? undefined : readMoment("--until", flags.until, reading);
  const [since, until] = [from.moment, to?.moment ?? reading.now];
  if (since > until)
    problems.push(
      flags.until === undefined
        ? `--since ${flags.since} is in the future`
        : `--since ${flags.since} is later than --until ${flags.until}: no change is of that time`,
    );
  if (problems.length > 0) throw new UsageError(problems);
  // Invalid selectors are reported before the store is opened.
  compileSelection({ selector: flags.selector }, [], "");
  const notes = [from.local, to?.local].filter((local) => local !== undefined);
  return { ...words, range: { since, until }, selector: flags.selector, notes };
}

/**
 * The objects that the request is of.
 *
 * @param namespaces names and patterns; undefined for all.
 * @param where what knows the resources, for errors.
 * @throws {UsageError} naming unknown kinds.
 */
export function historySelection(
  { kinds, objects, selector }: LogRequest,
  namespaces: readonly string[] | undefined,
  { resources, where }: { resources: readonly Resource[]; where: string },
): HistorySelection {
  const compile = (labels: string | undefined) =>
    kinds.length === 0
      ? compileSelection({ includeNamespaces: namespaces, selector: labels }, resources, where)
      : compileWords({ kinds, objects, namespaces, selector: labels }, resources, where);
  return { exact: compile(selector), wide: compile(undefined) };
}
