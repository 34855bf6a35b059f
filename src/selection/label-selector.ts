import { UsageError } from "../errors.ts";

/** Whether labels are those that a selector asks for. */
export type LabelMatcher = (labels: Readonly<Record<string, unknown>>) => boolean;

/** Parts between commas, but for commas in parentheses. */
const PARTS = /(?:[^,()]|\([^()]*\))+/g;
const KEY = "[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?";
const VALUE = "(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?";
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/**
 * Reads a label selector as kubectl does: `app=web,tier!=db,env in (a, b),!canary`.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 *
 * @throws {UsageError} when it is none.
 */
export function parseLabelSelector(text: string): LabelMatcher {
  const parts = text.match(PARTS) ?? [];
  if (parts.length === 0 || parts.join(",") !== text) throw wrong(text);
  const matchers = parts.map((part) => requirement(part.trim(), text));
  return (labels) => matchers.every((matches) => matches(labels));
}

function requirement(part: string, whole: string): LabelMatcher {
  const equality = EQUALITY.exec(part);
  if (equality !== null) {
    const [, key = "", operator, value] = equality;
    // As kubectl: "not equal" holds for what lacks the label.
    return operator === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const set = SET.exec(part);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = new Set<unknown>(list.split(",").map((value) => value.trim()));
    return operator === "in"
      ? (labels) => Object.hasOwn(labels, key) && values.has(labels[key])
      : (labels) => !(Object.hasOwn(labels, key) && values.has(labels[key]));
  }
  const exists = EXISTS.exec(part);
  if (exists !== null) {
    const [, not, key = ""] = exists;
    return (labels) => Object.hasOwn(labels, key) === (not === "");
  }
  throw wrong(whole);
}

function wrong(text: string): UsageError {
  return new UsageError([
    `--selector "${text}" is no label selector: write for example app=web,tier!=db,env in (a,b),!canary`,
  ]);
}
