import { type ComponentChild, h } from "preact";
import { LongText } from "./long-text.ts";
import { visibleText } from "./visible-text.ts";

/** A line of YAML with a key: what stands before it, and the key. */
const KEY_OF_LINE = /^(\s*(?:- )*)("(?:[^"\\]|\\.)*"|[^\s"'#&*!|>{}[\]:-][^:]*|-[^\s:][^:]*)(?=:(?:\s|$))/;

/** A whole object as YAML, its keys set off. */
export function WholeYaml({ yaml, change }: { yaml: string; change: string }): ComponentChild {
  const parts: ComponentChild[] = [];
  /** The indent of the key whose text of several lines this is; that holds no keys. */
  let block = -1;
  for (const text of yaml.split("\n")) {
    if (block >= 0 && text.trim() !== "" && text.search(/\S/) <= block) block = -1;
    const [start = "", space = "", name = ""] = (block < 0 && KEY_OF_LINE.exec(text)) || [];
    if (block < 0 && /[:-] [|>][-+0-9]*$/.test(text)) {
      block = name === "" ? text.search(/\S/) : space.length;
    }
    if (name !== "") parts.push(space, h("span", { class: "key" }, visibleText(name)));
    parts.push(h(LongText, { text: text.slice(start.length) }), "\n");
  }
  return h("pre", { class: `whole ${change}`, tabIndex: 0 }, h("code", {}, parts));
}
