import { type ComponentChild, createRef, h } from "preact";
import { useState } from "preact/hooks";

/**
 * A command line with a button that copies it. Where the browser lets no page write to its clipboard, the command is selected.
 *
 * @param title what the command is for: "the restore command".
 */
export function CopyCommand({ command, title }: { command: string; title: string }): ComponentChild {
  const [result, setResult] = useState("");
  const code = createRef<HTMLElement>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      setResult("Copied");
    } catch {
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      setResult("Selected: copy it with the keys of your system");
    }
  };
  return h(
    "div",
    { class: "command" },
    h("code", { ref: code, dir: "ltr" }, command),
    h("button", { type: "button", class: "copy", onClick: () => void copy() }, `Copy ${title}`),
    h("span", { class: "copied", role: "status" }, result),
  );
}
