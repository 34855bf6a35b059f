import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../src/cluster/requests/api-error.ts";
import { transientCause } from "../../../src/cluster/requests/transient-refusals.ts";

const WEBHOOK =
  'Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook:';
const CALLED = "the admission webhook policy.example.com cannot be called";
const QUOTA = 'configmaps "a" is forbidden:';

/** What API servers of Kubernetes 1.36 said, and what is waited for. */
const CASES: readonly [status: number, reason: string, message: string, waitsFor: string | undefined][] = [
  [
    500,
    "InternalError",
    `${WEBHOOK} Post "https://127.0.0.1:1/x?timeout=1s": dial tcp 127.0.0.1:1: connect: connection refused`,
    CALLED,
  ],
  [
    500,
    "InternalError",
    `${WEBHOOK} Post "https://none.p.svc:443/?timeout=1s": service "none" not found`,
    CALLED,
  ],
  [
    500,
    "InternalError",
    `${WEBHOOK} Post "https://127.0.0.1:4/x?timeout=1s": context deadline exceeded`,
    CALLED,
  ],
  [
    500,
    "InternalError",
    `${WEBHOOK} Post "https://127.0.0.1:2/x?timeout=1s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    CALLED,
  ],
  [
    500,
    "InternalError",
    `${WEBHOOK} forbidden: User "system:anonymous" cannot post path "/healthzz"`,
    CALLED,
  ],
  [
    500,
    "",
    'conversion webhook for kinds.example.com/v1beta1, Kind=Widget failed: Post "https://127.0.0.1:1/convert?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused',
    "the conversion webhook of kinds.example.com/v1beta1 cannot be called",
  ],
  [
    500,
    "InternalError",
    "Internal error occurred: etcdserver: leader changed",
    "the API server has an internal error",
  ],
  [500, "", "", "the API server has an internal error"],
  [429, "TooManyRequests", "too many requests, please try again later", "the API server is busy"],
  [503, "ServiceUnavailable", "service unavailable", "the API server, or one behind it, does not answer"],
  [
    504,
    "Timeout",
    "request did not complete within the allotted timeout",
    "the API server, or one behind it, does not answer",
  ],
  [
    409,
    "Conflict",
    'Operation cannot be fulfilled on resourcequotas "q": the object has been modified',
    "others write the same at the same time",
  ],
  [409, "AlreadyExists", 'configmaps "a" already exists', undefined],
  [
    403,
    "Forbidden",
    `${QUOTA} status unknown for quota: q, resources: count/configmaps`,
    "the quota is not computed yet",
  ],
  [
    403,
    "Forbidden",
    `${QUOTA} exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3`,
    undefined,
  ],
  [
    403,
    "Forbidden",
    'pods "x" is forbidden: error looking up service account p/none: serviceaccount "none" not found',
    "the ServiceAccount is not there yet",
  ],
  [
    403,
    "Forbidden",
    'pods "x" is forbidden: no API token found for service account "a", retry after the token is automatically created',
    "the ServiceAccount has no token yet",
  ],
  [
    403,
    "Forbidden",
    'pods "x" is forbidden: no PriorityClass with name none was found',
    "the PriorityClass is not there yet",
  ],
  [
    403,
    "Forbidden",
    'pods "x" is forbidden: pod rejected: RuntimeClass "none" not found',
    "the RuntimeClass is not there yet",
  ],
  [
    403,
    "Forbidden",
    'pods "x" is forbidden: violates PodSecurity "restricted:latest": host namespaces',
    undefined,
  ],
  [
    403,
    "Forbidden",
    'secrets is forbidden: User "u" cannot create resource "secrets" in API group "" in the namespace "p"',
    undefined,
  ],
  [
    403,
    "Forbidden",
    'admission webhook "policy.example.com" denied the request: failed calling webhook "x": no',
    undefined,
  ],
  [404, "NotFound", 'namespaces "none" not found', "the namespace is not there yet"],
  [404, "NotFound", 'clusterroles.rbac.authorization.k8s.io "r" not found', "the role is not there yet"],
  [404, "NotFound", "the server could not find the requested resource", "the resource is not served yet"],
  [404, "", "", "the resource is not served yet"],
  [404, "NotFound", 'configmaps "a" not found', undefined],
  [
    422,
    "Invalid",
    "configmaps \"v5\" is forbidden: ValidatingAdmissionPolicy 'v' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'none.example.com/v1, Kind=None'",
    "an admission policy is not ready",
  ],
  [
    422,
    "Invalid",
    "configmaps \"v5\" is forbidden: ValidatingAdmissionPolicy 'v' with binding 'v' denied request: failed expression",
    undefined,
  ],
  [
    422,
    "Invalid",
    'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: "10.0.0.1": failed to allocate IP',
    undefined,
  ],
  [400, "BadRequest", "the object is not valid", undefined],
];

for (const [status, reason, message, waitsFor] of CASES) {
  test(`${status} ${reason} ${message.slice(0, 120)}`, () => {
    assert.equal(transientCause({ status, reason, message, causes: [] }), waitsFor);
  });
}

test("a namespace that is being deleted is told by its cause", () => {
  const message =
    'configmaps "x" is forbidden: unable to create new content in namespace t because it is being terminated';
  const refusal = { status: 403, reason: "Forbidden", message };
  assert.equal(
    transientCause({ ...refusal, causes: ["NamespaceTerminating"] }),
    "the namespace is being deleted",
  );
  assert.equal(transientCause({ ...refusal, causes: [] }), undefined);
});

test("of an answer about a Secret it is known too, and nothing that a webhook quotes", () => {
  const answer = (message: string) =>
    new ApiError("create secret shop/login", {
      status: 500,
      body: JSON.stringify({ kind: "Status", reason: "InternalError", message }),
      secret: true,
    });
  const down = answer(`${WEBHOOK} connection refused`);
  assert.deepEqual([down.said, down.waitsFor], ["InternalError (HTTP 500)", CALLED]);
  const quoting = answer('admission webhook "x" denied the request: failed calling webhook "TOP-SECRET": no');
  assert.equal(quoting.waitsFor, "the API server has an internal error");
});
