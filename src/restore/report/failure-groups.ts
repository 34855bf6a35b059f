/** Failures by kind and reason: a webhook that is away refuses a thousand objects for one reason. */

import { countOf } from "../../words/plural.ts";
import { someNames } from "../../words/some-names.ts";
import { plainReason } from "./plain-reason.ts";

/** An object that failed, or would fail. */
export interface Failure {
  /** The title of its kind: `Service`, `Service.serving.knative.dev`. */
  kind: string;
  namespace: string | undefined;
  name: string;
  reason?: string | undefined;
  /** What to do about it, as a sentence; where a rehearsal knows that. */
  advice?: string | undefined;
  /** Whether it was to be deleted. */
  deletion?: boolean | undefined;
}

/** Objects of a kind that failed for one reason. */
export interface FailureGroup {
  /** Equal for all failures that are of one group. */
  id: string;
  kind: string;
  reason: string;
  /** What to do about the reason, a clause in the imperative. */
  remedy?: string | undefined;
  /** `NAMESPACE/NAME`, sorted. */
  names: string[];
}

/** How many objects of a group are named, and how many groups are shown. */
const NAMED = 2;
const GROUPS_SHOWN = 20;

/**
 * Groups failures, the largest group first, and of equal ones the first that came. Reasons that differ in the name of the
 * object or in a refused value alone are one reason.
 */
export function groupFailures(failures: readonly Failure[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup & { reasons: Set<string> }>();
  for (const failure of failures) {
    const { kind, namespace, name, reason = "it was refused", advice, deletion } = failure;
    const { text, remedy } = plainReason(reason);
    const said = `${deletion === true ? "not deleted: " : ""}${text}${advice === undefined ? "" : `. ${advice}`}`;
    const general = withoutValues(said, name);
    const id = `${kind}\n${general}`;
    let group = groups.get(id);
    if (group === undefined) {
      group = { id, kind, reason: general, remedy, names: [], reasons: new Set() };
      groups.set(id, group);
    }
    if (group.reasons.size < 2) group.reasons.add(said);
    group.names.push(namespace === undefined ? name : `${namespace}/${name}`);
  }
  return [...groups.values()]
    .toSorted((one, other) => other.names.length - one.names.length)
    .map(({ reasons, ...group }) => {
      const [only] = reasons;
      const reason = reasons.size === 1 && only !== undefined ? only : group.reason;
      return { ...group, reason, names: group.names.sort() };
    });
}

/**
 * The lines of groups, two each:
 *
 *     45 Ingress      the webhook ing.example.com cannot be called: 127.0.0.1:24997 refuses the connection (tried for 150 s)
 *                     ingress-nginx/app0, ingress-nginx/app12 and 43 more
 */
export function describeFailures(groups: readonly FailureGroup[]): string[] {
  const shown = groups.slice(0, GROUPS_SHOWN);
  const counts = Math.max(...shown.map(({ names }) => String(names.length).length));
  const kinds = Math.max(...shown.map(({ kind }) => kind.length));
  const rest = groups.slice(GROUPS_SHOWN).reduce((sum, { names }) => sum + names.length, 0);
  return [
    ...shown.flatMap(({ kind, reason, names }) => {
      // A terminal wraps the reason below itself where the gap is one of columns.
      const head = `  ${String(names.length).padStart(counts)} ${kind.padEnd(kinds)}   `;
      return [`${head}${reason}`, `${" ".repeat(head.length)}${someNames(names, NAMED)}`];
    }),
    ...(rest === 0 ? [] : [`  and ${rest} more for other reasons: -o json has all of them`]),
  ];
}

/** What to do about all of the groups, in the order of their sizes; undefined where nothing more is known than the reasons. */
export function remedyOf(groups: readonly FailureGroup[]): string | undefined {
  const remedies = new Set(groups.flatMap(({ remedy }) => remedy ?? []));
  if (remedies.size === 0) return undefined;
  const text = [...remedies].slice(0, 3).join("; ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** `1 Ingress: REASON: shop/web`, `45 Ingresses: REASON: shop/a, shop/b and 43 more`: a group in one line, for a log. */
export function groupInWords({ kind, reason, names }: FailureGroup): string {
  return `${countOf(names.length, kind)}: ${reason} (${someNames(names, NAMED)})`;
}

/** A reason without the object's own name in quotation marks, and without the value that the API server refuses. */
function withoutValues(reason: string, name: string): string {
  return reason
    .replaceAll(`"${name}"`, '"…"')
    .replaceAll(/Invalid value: (?:"(?:[^"\\]|\\.)*"|[^:\s]+)/g, "Invalid value …");
}
