/** Where in two objects a comparison is. */
export interface Place {
  /** The path so far, "" at the top. */
  path: string;
  /** The field that holds what is compared; "" for the items of a list. */
  field: string;
}
