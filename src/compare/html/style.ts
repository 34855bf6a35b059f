import { BASE_STYLE } from "../../pages/base-style.ts";
import { DETAILS } from "./style-details.ts";
import { FRAME } from "./style-frame.ts";
import { LIST } from "./style-list.ts";

/** The style of the page. The order matters: later rules win. */
export const STYLE = [BASE_STYLE, FRAME, LIST, DETAILS].join("");
