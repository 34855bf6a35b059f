import type { Line, PageField, PageObject } from "./data.ts";
import type { Elements } from "./elements.ts";
import type { Lines } from "./text-lines.ts";

export type Details = ReturnType<typeof createDetails>;

/** Shows what is in an object that is unfolded. */
export function createDetails(
  { element, visible }: Elements,
  { alignedLines, pieces, whole }: Lines,
  sides: { left: string; right: string },
) {
  /** What differs in an object, or the whole object. */
  function details({ object }: { object: PageObject }): HTMLElement {
    const { yaml, change, fields, apiVersion, kind, follows } = object;
    const about = element("p", { class: "about" }, ...visible(`${apiVersion} ${kind}`));
    if (follows !== undefined) about.append(" · follows ", ...visible(`${follows.kind} ${follows.name}`));
    if (change !== "changed") {
      about.append(
        " · only in ",
        element("bdi", {}, ...visible(change === "added" ? sides.right : sides.left)),
      );
      return element("div", { class: "details" }, about, yaml === undefined ? "" : whole(yaml, change));
    }
    const head = element(
      "div",
      { class: "field head", "aria-hidden": "true" },
      element("div", { class: "path" }),
      element("div", { class: "cell left" }, ...visible(sides.left)),
      element("div", { class: "cell right" }, ...visible(sides.right)),
    );
    return element(
      "div",
      { class: "details" },
      about,
      element("div", { class: "fields" }, head, ...fields.map(fieldRow)),
    );
  }

  function fieldRow(field: PageField): HTMLElement {
    const path = element("div", { class: "path" }, ...breakable(field.path));
    if ("order" in field) path.append(element("span", { class: "remark" }, "in another order"));
    if ("byCluster" in field)
      path.append(element("span", { class: "remark" }, "written by the cluster itself"));
    if ("secret" in field) {
      const [left, right] = {
        added: ["absent", "set"],
        removed: ["set", "absent"],
        changed: ["changed", "changed"],
      }[field.secret] as [string, string];
      return element("div", { class: "field secret" }, path, secret("left", left), secret("right", right));
    }
    const single = field.lines.every(
      (lines) => !("both" in lines) && lines.left.length < 2 && lines.right.length < 2,
    );
    if (single) {
      const [lines] = field.lines;
      const [left, right] = lines === undefined || "both" in lines ? [[], []] : [lines.left, lines.right];
      const cells = [
        cell("left", left[0], field.only === "right"),
        cell("right", right[0], field.only === "left"),
      ];
      return element("div", { class: "field" }, path, ...cells);
    }
    if (field.only !== undefined) {
      path.append(element("span", { class: "remark" }, "only in ", ...visible(sides[field.only])));
    }
    return element("div", { class: "field long" }, path, ...alignedLines(field));
  }

  function secret(side: string, state: string): HTMLElement {
    const text =
      state === "absent" ? "absent" : state === "set" ? "a value, not shown" : "changed, not shown";
    return element("div", { class: `cell ${side} ${state === "absent" ? "absent" : "masked"}` }, text);
  }

  function cell(side: string, line: Line | undefined, absent: boolean): HTMLElement {
    if (absent || line === undefined) return element("div", { class: `cell ${side} absent` }, "absent");
    return element("div", { class: `cell ${side} value` }, element("bdi", {}, ...pieces(line)));
  }

  /** A path may break before each of its parts. */
  function breakable(path: string): (HTMLElement | string)[] {
    const parts = path.split(/(?=[.[/])/);
    return parts.flatMap((part, index) => (index === 0 ? visible(part) : [element("wbr"), ...visible(part)]));
  }

  return { details };
}
