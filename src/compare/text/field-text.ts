import { joined, type Line } from "../../terminal/styled.ts";
import { visible } from "../../words/visible.ts";
import type { FieldDifference } from "../document.ts";
import type { EditBudget } from "../edit-budget.ts";
import type { Colors } from "./colors.ts";
import { lineDiff } from "./line-diff.ts";
import { shorten, shortenPair } from "./shorten.ts";
import { isMultiline, prettyJson, valueLines, valueText } from "./value-text.ts";

/** Color and width of the output. */
export interface TextStyle {
  colors: Colors;
  /** Most columns of a line. */
  width: number;
  /** Bounds the time of the object that the field is of. */
  budget: EditBudget;
}

const INDENT = "    ";
/** Most lines of one added or removed value. */
const MAX_LINES = 40;

/** The lines that describe the difference of one field. The first line begins with the path. */
export function fieldText(field: FieldDifference, style: TextStyle): Line[] {
  const { colors } = style;
  const path = `${visible(field.path)}:`;
  const has = { left: Object.hasOwn(field, "left"), right: Object.hasOwn(field, "right") };
  if (field.masked === true) return [joined(`${path} `, colors.changed(maskedText(has)))];
  if (field.order === true) {
    const [before, after] = [orderText(field.left), orderText(field.right)];
    return pairText(`${path} order`, shortenPair(before, after, style.width - INDENT.length), style);
  }
  if (!has.left) return oneSideText(path, "+", field.right, style);
  if (!has.right) return oneSideText(path, "-", field.left, style);
  return changedText(path, field, style);
}

function maskedText({ left, right }: { left: boolean; right: boolean }): string {
  const change = left && right ? "changed" : left ? "removed" : "added";
  return `${change} (the value is not shown)`;
}

function orderText(items: unknown): string {
  const names = Array.isArray(items)
    ? items.map((item) => (typeof item === "string" ? item : valueText(item)))
    : [];
  return names.map((name) => visible(name)).join(", ");
}

function changedText(path: string, { left, right }: FieldDifference, style: TextStyle): Line[] {
  const json = [prettyJson(left), prettyJson(right)];
  // Texts that are the same JSON in different notations are shown as they are.
  const [before, after] =
    json[0] !== json[1] && json[0] !== undefined && json[1] !== undefined ? json : [left, right];
  const width = style.width - INDENT.length;
  if (
    typeof before === "string" &&
    typeof after === "string" &&
    (isMultiline(before) || isMultiline(after))
  ) {
    const lines = lineDiff(before, after, { ...style, width });
    return [path, ...lines.map((line) => joined(INDENT, line))];
  }
  if (!isMultiline(before) && !isMultiline(after))
    return pairText(path, shortenPair(valueText(before), valueText(after), width), style);
  return [path, ...block("-", before, style), ...block("+", after, style)];
}

/** `path: old → new`, or three lines where one line is too short. */
function pairText(
  path: string,
  [left, right]: readonly [string, string],
  { colors, width }: TextStyle,
): Line[] {
  if (path.length + left.length + right.length + 4 <= width)
    return [joined(`${path} `, colors.removed(left), " → ", colors.added(right))];
  return [path, joined(INDENT, colors.removed(`- ${left}`)), joined(INDENT, colors.added(`+ ${right}`))];
}

function oneSideText(path: string, sign: "+" | "-", value: unknown, style: TextStyle): Line[] {
  if (isMultiline(value)) return [path, ...block(sign, value, style)];
  const text = shorten(valueText(value), Math.max(20, style.width - path.length - 3));
  return [joined(`${path} `, paint(sign, style.colors)(`${sign} ${text}`))];
}

function block(sign: "+" | "-", value: unknown, { colors, width }: TextStyle): Line[] {
  const lines = valueLines(value);
  const shown = lines.slice(0, MAX_LINES).map((line) => {
    return joined(INDENT, paint(sign, colors)(`${sign} ${shorten(line, width - INDENT.length - 2)}`));
  });
  const rest = lines.length - shown.length;
  return rest === 0
    ? shown
    : [...shown, joined(INDENT, colors.dim(`… ${rest} more lines: --output json has them all`))];
}

function paint(sign: "+" | "-", colors: Colors): (text: string) => Line {
  return sign === "+" ? colors.added : colors.removed;
}
