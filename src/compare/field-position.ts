/** The position of a comparison within two objects. */
export interface FieldPosition {
  /** The path from the top, "" at the top. */
  path: string;
  /** The name of the compared field; "" for the items of a list. */
  field: string;
}
