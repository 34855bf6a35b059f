import { COLORS } from "./style-colors.ts";
import { DETAILS } from "./style-details.ts";
import { FRAME } from "./style-frame.ts";
import { LIST } from "./style-list.ts";

/** The page's style, in the order in which later rules win. */
export const STYLE = [COLORS, FRAME, LIST, DETAILS].join("");
