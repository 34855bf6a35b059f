import type { Parsed } from "./values.ts";

/** What the status page tells: nothing, since there is none; times and counts; or names too. */
const STATUS_PAGES = ["off", "counts", "names"] as const;

/** One of {@link STATUS_PAGES}. */
export type StatusPage = (typeof STATUS_PAGES)[number];

/** STATUS_PAGE. */
export function parseStatusPage(text: string): Parsed<StatusPage> {
  const value = STATUS_PAGES.find((each) => each === text);
  if (value === undefined) return { problem: `is none of ${STATUS_PAGES.join(", ")}` };
  return { value };
}
