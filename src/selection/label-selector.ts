import { UsageError } from "../errors.ts";

/** Whether labels match a label selector. */
export type LabelMatcher = (labels: Readonly<Record<string, unknown>>) => boolean;

/** The parts between commas, except for commas in parentheses. */
const PARTS = /(?:[^,()]|\([^()]*\))+/g;
const NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const KEY = `(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?${NAME}`;
const VALUE = `(?:${NAME})?`;
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const COMPARISON = new RegExp(`^(${KEY})\\s*([<>])\\s*(-?\\d+)$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const WHOLE_VALUE = new RegExp(`^${VALUE}$`);

/**
 * Parses a label selector as kubectl does: `app=web,tier!=db,env in (a, b),!canary,replicas>2`. Unlike in
 * kubectl, an empty selector is an error: most often it is an unset variable.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 *
 * @throws {UsageError} when the text is not a label selector.
 */
export function parseLabelSelector(text: string): LabelMatcher {
  const parts = text.match(PARTS) ?? [];
  if (parts.length === 0 || parts.join(",") !== text) throw invalidSelector(text);
  const matchers = parts.map((part) => parseRequirement(part.trim(), text));
  return (labels) => matchers.every((matches) => matches(labels));
}

function parseRequirement(part: string, selector: string): LabelMatcher {
  const equality = EQUALITY.exec(part);
  if (equality !== null) {
    const [, key = "", operator, value] = equality;
    const equals: LabelMatcher = (labels) => Object.hasOwn(labels, key) && labels[key] === value;
    // As in kubectl, "not equal" matches objects without the label.
    return operator === "!=" ? (labels) => !equals(labels) : equals;
  }
  const comparison = COMPARISON.exec(part);
  if (comparison !== null) {
    const [, key = "", operator, operand = ""] = comparison;
    return (labels) =>
      compareIntegers(Object.hasOwn(labels, key) ? labels[key] : undefined, operator, operand);
  }
  const set = SET.exec(part);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    if (!values.every((value) => WHOLE_VALUE.test(value))) throw invalidSelector(selector);
    const isInList: LabelMatcher = (labels) =>
      Object.hasOwn(labels, key) && values.some((value) => value === labels[key]);
    return operator === "in" ? isInList : (labels) => !isInList(labels);
  }
  const exists = EXISTS.exec(part);
  if (exists !== null) {
    const [, not, key = ""] = exists;
    return (labels) => Object.hasOwn(labels, key) === (not === "");
  }
  throw invalidSelector(selector);
}

/** Compares integers. A label that is not an integer does not match. */
function compareIntegers(value: unknown, operator: string | undefined, operand: string): boolean {
  if (typeof value !== "string" || !/^[-+]?\d+$/.test(value)) return false;
  const [one, other] = [BigInt(value.replace("+", "")), BigInt(operand)];
  return operator === ">" ? one > other : one < other;
}

function invalidSelector(text: string): UsageError {
  return new UsageError([
    `--selector "${text}" is no label selector: write for example app=web,tier!=db,env in (a,b),!canary`,
  ]);
}
