import type { Line, PageFieldLines } from "./data.ts";
import type { Elements } from "./elements.ts";

export type Lines = ReturnType<typeof createLines>;

/** Shows texts of several lines. */
export function createLines({ element, value, visible }: Elements, sides: { left: string; right: string }) {
  /** Lines that are alike and stay visible around those that differ. */
  const context = 3;
  /** A line of YAML with a key: what stands before it, and the key. */
  const keyOfLine = /^(\s*(?:- )*)("(?:[^"\\]|\\.)*"|[^\s"'#&*!|>{}[\]:-][^:]*|-[^\s:][^:]*)(?=:(?:\s|$))/;

  /** A line with what differs in it marked. */
  function pieces(line: Line): (HTMLElement | string)[] {
    if (typeof line === "string") return value(line);
    return line.flatMap((piece, index) =>
      index % 2 === 0 ? value(piece) : piece === "" ? [] : [element("mark", {}, ...value(piece))],
    );
  }

  /** Both texts as a table of two columns, one line beside the other. */
  function alignedLines(field: PageFieldLines): HTMLElement[] {
    const table = element("div", { class: `lines${field.only === undefined ? "" : ` only-${field.only}`}` });
    const numbers = { left: 0, right: 0 };
    const line = (side: "left" | "right", text: Line | undefined, differs: boolean) => {
      if (field.only !== undefined && field.only !== side) return;
      if (text === undefined) return table.append(element("div", { class: `line ${side} none` }));
      numbers[side] += 1;
      const content = element("span", { class: "text" }, ...pieces(text));
      table.append(
        element(
          "div",
          { class: `line ${side}${differs ? " differs" : ""}`, "data-line": String(numbers[side]) },
          content,
        ),
      );
    };
    const both = (texts: string[]) => {
      for (const text of texts) {
        line("left", text, false);
        line("right", text, false);
      }
    };
    const alike = (texts: string[], isFirst: boolean, isLast: boolean) => {
      const [before, after] = [isFirst ? 0 : context, isLast ? 0 : context];
      const cut = texts.length - before - after;
      if (cut < 4) {
        both(texts);
        return;
      }
      both(texts.slice(0, before));
      table.append(folded(texts.slice(before, before + cut), { ...numbers }));
      numbers.left += cut;
      numbers.right += cut;
      both(texts.slice(before + cut));
    };
    for (const [index, lines] of field.lines.entries()) {
      if ("both" in lines) {
        alike(lines.both, index === 0, index === field.lines.length - 1);
        continue;
      }
      const count = Math.max(lines.left.length, lines.right.length);
      for (let place = 0; place < count; place += 1) {
        line("left", lines.left[place], true);
        line("right", lines.right[place], true);
      }
    }
    if (field.open === undefined) return [table];
    const side = field.open === "left" ? sides.left : sides.right;
    return [table, element("p", { class: "ending" }, "No line feed at the end in ", ...visible(side))];
  }

  /** Lines that are alike, shown when the reader asks for them. */
  function folded(texts: string[], from: { left: number; right: number }): HTMLElement {
    const button = element("button", { type: "button", class: "folded" }, `${texts.length} lines alike`);
    button.addEventListener("click", () => {
      button.replaceWith(
        ...texts.flatMap((text, index) =>
          (["left", "right"] as const).map((side) =>
            element(
              "div",
              { class: `line ${side}`, "data-line": String(from[side] + index + 1) },
              element("span", { class: "text" }, ...value(text)),
            ),
          ),
        ),
      );
    });
    return button;
  }

  /** A whole object as YAML, its keys set off. */
  function whole(yaml: string, change: string): HTMLElement {
    const code = element("code");
    /** The indent of the key whose text of several lines this is; that holds no keys. */
    let block = -1;
    for (const text of yaml.split("\n")) {
      if (block >= 0 && text.trim() !== "" && text.search(/\S/) <= block) block = -1;
      const [start = "", space = "", name = ""] = (block < 0 && keyOfLine.exec(text)) || [];
      if (block < 0 && /[:-] [|>][-+0-9]*$/.test(text)) {
        block = name === "" ? text.search(/\S/) : space.length;
      }
      if (name !== "") code.append(space, element("span", { class: "key" }, ...visible(name)));
      code.append(...value(text.slice(start.length)), "\n");
    }
    return element("pre", { class: `whole ${change}`, tabindex: "0" }, code);
  }

  return { pieces, alignedLines, whole };
}
