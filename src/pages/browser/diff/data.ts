/** What the script of the diff page reads from the page: objects that differ, with values as text. */

import type { AlignedLines } from "../elements/lines-data.ts";

/** The change of an object from left to right. */
type PageChange = "added" | "removed" | "changed";

/** A field that differs. Of the value of a Secret, only the change is known. */
export type PageField = { path: string; secret: PageChange } | PageFieldLines;

/** A field that differs, as text. */
export interface PageFieldLines {
  path: string;
  lines: AlignedLines[];
  /** The only side with the field. */
  only?: "left" | "right";
  /** The only side whose text does not end with a line feed. */
  open?: "left" | "right";
  /** Both sides have the same items in another order. */
  order?: true;
  /** The cluster sets this field itself. */
  byCluster?: true;
}

/** An object that differs. */
export interface PageObject {
  /** The fragment (after `#`) of links to the object. */
  id: string;
  apiVersion: string;
  kind: string;
  resource: string;
  namespace: string | null;
  name: string;
  change: PageChange;
  fields: PageField[];
  /** The whole object, if only one side has the object. */
  yaml?: string;
  /** The object whose change caused this change, and its index in the list, if the list has the object. */
  follows?: { kind: string; name: string; place?: number };
  /** The controllers of the cluster wrote this by themselves. */
  byController?: true;
  /** The number of a group of objects with equal changes. */
  equal?: number;
}

/** One of the two sides. */
interface PageSide {
  /** What its column is called: `backup`, `now`, or the name of a backup. */
  label: string;
  /** What is said of an object that is only there: `only in the backup`. */
  only: string;
  /** What a restore takes objects from. */
  source?: { backup: string } | { at: string };
}

export interface PageSides {
  left: PageSide;
  right: PageSide;
}

/** All that the page holds. */
export interface PageData {
  sides: PageSides;
  objects: PageObject[];
}
