/** What Kubernetes allows in names. Names of an archive become parts of paths and of requests. */

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const KIND = /^[A-Za-z](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/**
 * Whether the API server takes a text as the name of an object: it can be one segment of a path.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names
 */
export function isPathSegment(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/%]/.test(name);
}

/** Whether a text can be the name of a namespace, of a resource (`deployments`), or another name of one. */
export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** Whether a text can be an API group; the core group is empty. */
export function isGroup(text: string): boolean {
  return text === "" || (text.length <= 253 && SUBDOMAIN.test(text));
}

/** Whether a text can be a kind, `Deployment`. */
export function isKind(text: string): boolean {
  return KIND.test(text);
}

/** Whether a text can be the name of a resource with its group, `deployments.apps`. */
export function isResourceName(text: string): boolean {
  const [resource = "", ...group] = text.split(".");
  return isLabel(resource) && (group.length === 0 || (group[0] !== "" && isGroup(group.join("."))));
}
