/** What is read of an API server's refusal. */
export interface Refusal {
  /** HTTP status. */
  status: number;
  /** The Status object's reason, `Conflict`, or "" where the answer held none. */
  reason: string;
  /** The Status object's message, or "". */
  message: string;
  /** Reasons of its causes, `NamespaceTerminating`. */
  causes: readonly string[];
}

/** What is waited for where an object's namespace is not there. */
export const NO_NAMESPACE = "the namespace is not there yet";

/** A refusal of a create or an update that says no lasting thing. */
interface Passing {
  status: number;
  /** Of the Status object, where that tells it from others. */
  reason?: string;
  cause?: string;
  message?: RegExp;
  /** What is waited for; `$1` is what the message names. Never a part of an object but its name. */
  waitsFor: string;
}

/**
 * The API server's own words, of Kubernetes 1.36, and what stands behind them. Admission plug-ins look at
 * caches of theirs, which lag behind what was written.
 */
const PASSING: readonly Passing[] = [
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
 * Whether the same create or update may be taken later, with nobody doing anything about it: what is
 * waited for, or undefined where the refusal is about the object itself.
 */
export function healsWithTime({ status, reason, message, causes }: Refusal): string | undefined {
  for (const passing of PASSING) {
    if (passing.status !== status) continue;
    if (passing.reason !== undefined && passing.reason !== reason) continue;
    if (passing.cause !== undefined && !causes.includes(passing.cause)) continue;
    const match = passing.message?.exec(message);
    if (match === null) continue;
    return passing.waitsFor.replace("$1", () => match?.[1] ?? "");
  }
  return undefined;
}
