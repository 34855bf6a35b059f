/** How people read the place of a field: `spec.containers[name=web].image`, `data["nginx.conf"]`. */

/** Where in two objects a comparison is. */
export interface Place {
  /** The path so far, "" at the top. */
  path: string;
  /** The field that holds what is compared; "" for the items of a list. */
  field: string;
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;
const PLAIN_VALUE = /^[\w./:*@-]+$/;

/** The path of a member of an object; keys that are no plain words are quoted. */
export function memberPath(path: string, key: string): string {
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The path of a list's item by its place. */
export function indexPath(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** The path of a list's item by what tells it from the others: `ports[port=80,protocol=TCP]`. */
export function itemPath(path: string, keys: readonly (readonly [string, string])[]): string {
  const parts = keys.map(
    ([key, value]) => `${key}=${PLAIN_VALUE.test(value) ? value : JSON.stringify(value)}`,
  );
  return `${path}[${parts.join(",")}]`;
}
