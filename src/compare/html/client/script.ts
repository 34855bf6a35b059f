import { createControls } from "./controls.ts";
import { createDetails } from "./details.ts";
import { createElements } from "./elements.ts";
import { createKeyboard } from "./keyboard.ts";
import { createModel } from "./model.ts";
import { createList } from "./object-list.ts";
import { createRows } from "./rows.ts";
import { type Parts, start } from "./start.ts";
import { createLines } from "./text-lines.ts";

const PARTS: Parts = {
  createModel,
  createElements,
  createLines,
  createDetails,
  createRows,
  createList,
  createControls,
  createKeyboard,
};

/**
 * The page's script: the source of these functions as it runs here, so that it is checked like the
 * rest, and the same whether the program is bundled or not. Each function stands for itself, takes
 * what it needs as parameters and uses no name of its module, since a bundler may rename those.
 */
export function clientScript(): string {
  const parts = Object.entries(PARTS).map(([name, part]) => `${name}: ${part}`);
  return `"use strict";\n(${start})(window, {\n${parts.join(",\n")}\n});`;
}
