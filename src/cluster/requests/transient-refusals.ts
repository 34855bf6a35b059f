/** The parts of an API server's refusal that are judged. */
export interface Refusal {
  /** HTTP status. */
  status: number;
  /** The reason of the Status object, `Conflict`, or "" where the answer has none. */
  reason: string;
  /** The message of the Status object, or "". */
  message: string;
  /** The reasons of the causes, `NamespaceTerminating`. */
  causes: readonly string[];
}

/** What an object waits for whose namespace does not exist. */
export const NO_NAMESPACE = "the namespace is not there yet";

/** A refusal of a create or an update that passes by itself. */
interface TransientRefusal {
  status: number;
  /** The reason of the Status object, where the reason distinguishes the refusal. */
  reason?: string;
  cause?: string;
  message?: RegExp;
  /** What to wait for; `$1` is what the message names. Never a part of an object but its name. */
  waitsFor: string;
}

/**
 * The API server's own words, of Kubernetes 1.36, and their causes. Admission plug-ins read caches, which lag behind
 * what was written.
 */
const TRANSIENT_REFUSALS: readonly TransientRefusal[] = [
  {
    status: 500,
    message: /^Internal error occurred: failed calling webhook "([^"]+)": /,
    waitsFor: "the admission webhook $1 cannot be called",
  },
  {
    status: 500,
    message: /^conversion webhook for ([^,]+), Kind=\S+ failed: /,
    waitsFor: "the conversion webhook of $1 cannot be called",
  },
  { status: 500, waitsFor: "the API server has an internal error" },
  { status: 429, waitsFor: "the API server is busy" },
  { status: 502, waitsFor: "the API server, or one behind it, does not answer" },
  { status: 503, waitsFor: "the API server, or one behind it, does not answer" },
  { status: 504, waitsFor: "the API server, or one behind it, does not answer" },
  { status: 409, reason: "Conflict", waitsFor: "others write the same at the same time" },
  { status: 403, cause: "NamespaceTerminating", waitsFor: "the namespace is being deleted" },
  { status: 403, message: /status unknown for quota: /, waitsFor: "the quota is not computed yet" },
  {
    status: 403,
    message: / is forbidden: error looking up service account \S+: serviceaccount "[^"]*" not found$/,
    waitsFor: "the ServiceAccount is not there yet",
  },
  {
    status: 403,
    message: / is forbidden: no API token found for service account /,
    waitsFor: "the ServiceAccount has no token yet",
  },
  {
    status: 403,
    message: / is forbidden: no PriorityClass with name \S+ was found$/,
    waitsFor: "the PriorityClass is not there yet",
  },
  {
    status: 403,
    message: / is forbidden: pod rejected: RuntimeClass "[^"]*" not found$/,
    waitsFor: "the RuntimeClass is not there yet",
  },
  {
    status: 422,
    message: / denied request: failed to configure (?:policy|binding): /,
    waitsFor: "an admission policy is not ready",
  },
  { status: 404, message: /^namespaces "[^"]*" not found$/, waitsFor: NO_NAMESPACE },
  {
    status: 404,
    message: /^(?:cluster)?roles\.rbac\.authorization\.k8s\.io "[^"]*" not found$/,
    waitsFor: "the role is not there yet",
  },
  {
    status: 404,
    message: /^(?:the server could not find the requested resource)?$/,
    waitsFor: "the resource is not served yet",
  },
  { status: 404, message: /^no matches for kind /, waitsFor: "the resource is not served yet" },
];

/**
 * Whether the same create or update may succeed later without anybody's help.
 *
 * @returns what to wait for; undefined where the refusal concerns the object itself.
 */
export function transientCause({ status, reason, message, causes }: Refusal): string | undefined {
  for (const transient of TRANSIENT_REFUSALS) {
    if (transient.status !== status) continue;
    if (transient.reason !== undefined && transient.reason !== reason) continue;
    if (transient.cause !== undefined && !causes.includes(transient.cause)) continue;
    const match = transient.message?.exec(message);
    if (match === null) continue;
    return transient.waitsFor.replace("$1", () => match?.[1] ?? "");
  }
  return undefined;
}
