/** Two texts side by side, as a page is given them. */

/** A line: alternating pieces of both sides and of this side alone. The first piece is of both sides, and may be empty. */
export type Line = string | string[];

/** Lines of both sides, or lines of each side that replace one another. */
export type AlignedLines = { both: string[] } | { left: Line[]; right: Line[] };
