import { type ComponentChild, h } from "preact";
import { visibleText } from "../elements/visible-text.ts";

/** A line of YAML with a key: what stands before it, the key, and the rest. */
const KEY = /^(\s*(?:- )*)("(?:[^"\\]|\\.)*"|[^\s"'#&*!|>{}[\]:-][^:]*|-[^\s:][^:]*)(:(?:\s.*)?)$/;

/** YAML with its keys marked. */
export function YamlText({ text }: { text: string }): ComponentChild {
  const lines = text.replace(/\n$/, "").split("\n");
  return h(
    "pre",
    { class: "whole", tabIndex: 0 },
    h(
      "code",
      {},
      lines.flatMap((line) => {
        const [, before = "", key, rest = ""] = KEY.exec(line) ?? [];
        if (key === undefined) return [...visibleText(line), "\n"];
        return [before, h("span", { class: "key" }, visibleText(key)), ...visibleText(rest), "\n"];
      }),
    ),
  );
}
