import { UsageError } from "../errors.ts";

/** Whether labels are those that a selector asks for. */
export type LabelMatcher = (labels: Readonly<Record<string, unknown>>) => boolean;

/** Parts between commas, but for commas in parentheses. */
const PARTS = /(?:[^,()]|\([^()]*\))+/g;
const NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const KEY = `(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?${NAME}`;
const VALUE = `(?:${NAME})?`;
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const ORDER = new RegExp(`^(${KEY})\\s*([<>])\\s*(-?\\d+)$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const WHOLE_VALUE = new RegExp(`^${VALUE}$`);

/**
 * Reads a label selector as kubectl does: `app=web,tier!=db,env in (a, b),!canary,replicas>2`. Unlike
 * kubectl's, an empty one does not stand for all: most often it is a variable that nobody has set.
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
    const equals: LabelMatcher = (labels) => Object.hasOwn(labels, key) && labels[key] === value;
    // As kubectl: "not equal" holds for what lacks the label.
    return operator === "!=" ? (labels) => !equals(labels) : equals;
  }
  const order = ORDER.exec(part);
  if (order !== null) {
    const [, key = "", operator, limit = ""] = order;
    return (labels) => isOrdered(Object.hasOwn(labels, key) ? labels[key] : undefined, operator, limit);
  }
  const set = SET.exec(part);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    if (!values.every((value) => WHOLE_VALUE.test(value))) throw wrong(whole);
    const isOne: LabelMatcher = (labels) =>
      Object.hasOwn(labels, key) && values.some((value) => value === labels[key]);
    return operator === "in" ? isOne : (labels) => !isOne(labels);
  }
  const exists = EXISTS.exec(part);
  if (exists !== null) {
    const [, not, key = ""] = exists;
    return (labels) => Object.hasOwn(labels, key) === (not === "");
  }
  throw wrong(whole);
}

/** Whole numbers are compared; a label that is none is in no order. */
function isOrdered(value: unknown, operator: string | undefined, limit: string): boolean {
  if (typeof value !== "string" || !/^[-+]?\d+$/.test(value)) return false;
  const [one, other] = [BigInt(value.replace("+", "")), BigInt(limit)];
  return operator === ">" ? one > other : one < other;
}

function wrong(text: string): UsageError {
  return new UsageError([
    `--selector "${text}" is no label selector: write for example app=web,tier!=db,env in (a,b),!canary`,
  ]);
}
