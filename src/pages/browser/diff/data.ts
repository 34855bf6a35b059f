/** What the script of the diff page reads from the page: objects that differ, with values as text. */

/** A line: alternating pieces of both sides and of this side alone. The first piece is of both sides, and may be empty. */
export type Line = string | string[];

/** Lines of both sides, or lines of each side that replace one another. */
export type AlignedLines = { both: string[] } | { left: Line[]; right: Line[] };

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
}

/** All that the page holds. */
export interface PageData {
  /** What the two sides are called. */
  sides: { left: string; right: string };
  objects: PageObject[];
}
