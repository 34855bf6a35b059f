/** What the page shows is in its address, behind `#`: back and forward work, and nothing of it reaches a server. */

/** The parts of the page. */
const VIEWS = ["timeline", "objects", "object", "compare"] as const;
export type View = (typeof VIEWS)[number];

/** What the page shows. */
export interface Route {
  view: View;
  parameters: Readonly<Record<string, string>>;
}

/** Reads the fragment of an address: `#objects?at=latest&q=web`. */
export function readRoute(hash: string): Route {
  const [name = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const view = VIEWS.find((each) => each === name) ?? "timeline";
  return { view, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

/** The fragment of what is to be shown; what is undefined is left out. */
export function hashOf(view: View, parameters: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
  );
  return given.length === 0 ? `#${view}` : `#${view}?${new URLSearchParams(given)}`;
}
