import { type ComponentChild, h, type RefObject } from "preact";

/** Keys, and what they do; keys of one entry are either of them. */
const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["/"], "Search"],
  [["j", "↓"], "Next object"],
  [["k", "↑"], "Previous object"],
  [["Enter"], "Unfold or fold"],
  [["→"], "Unfold"],
  [["←"], "Fold"],
  [["e"], "Unfold all"],
  [["c"], "Fold all"],
  [["Esc"], "Clear the filter"],
  [["?"], "This list"],
];

/** The list of keys, over the page. */
export function KeysDialog({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }): ComponentChild {
  return h(
    "dialog",
    { ref: dialog, id: "keys", "aria-label": "Keys" },
    h("h2", {}, "Keys"),
    h(
      "dl",
      {},
      KEYS.map(([keys, meaning]) =>
        h(
          "div",
          {},
          h(
            "dt",
            {},
            keys.map((key, index) => [index === 0 ? null : " or ", h("kbd", {}, key)]),
          ),
          h("dd", {}, meaning),
        ),
      ),
    ),
    h("button", { type: "button", id: "close-keys", onClick: () => dialog.current?.close() }, "Close"),
  );
}
