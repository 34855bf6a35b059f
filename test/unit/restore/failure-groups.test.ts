import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  describeFailures,
  type Failure,
  groupFailures,
  groupInWords,
  remedyOf,
} from "../../../src/restore/report/failure-groups.ts";
import { plainReason } from "../../../src/restore/report/plain-reason.ts";
import { wrapLine } from "../../../src/terminal/wrap.ts";

describe("a reason says what is wrong and no more", () => {
  const rows: [title: string, reason: string, text: string, remedy?: RegExp][] = [
    [
      "a webhook that is away",
      'the admission webhook ing.example.com cannot be called, also after 150 s: Internal error occurred: failed calling webhook "ing.example.com": failed to call webhook: Post "https://127.0.0.1:24997/?timeout=10s": dial tcp 127.0.0.1:24997: connect: connection refused (HTTP 500)',
      "the webhook ing.example.com cannot be called: 127.0.0.1:24997 refuses the connection (tried for 150 s)",
      /^start what serves the webhook ing.example.com, or delete its configuration$/,
    ],
    [
      "a webhook whose Service is not there",
      'Internal error occurred: failed calling webhook "a.b.c": failed to call webhook: Post "https://x.y.svc:443/?timeout=10s": service "x" not found (HTTP 500)',
      "the webhook a.b.c cannot be called: there is no Service x",
      /webhook a.b.c/,
    ],
    [
      "a webhook with a certificate that is not accepted",
      'Internal error occurred: failed calling webhook "a.b.c": failed to call webhook: Post "https://x.y.svc:443/": tls: failed to verify certificate: x509: certificate signed by unknown authority (HTTP 500)',
      "the webhook a.b.c cannot be called: its certificate is not accepted: failed to verify certificate: x509: certificate signed by unknown authority",
      /./,
    ],
    [
      "a policy",
      "deployments.apps \"app3\" is forbidden: ValidatingAdmissionPolicy 'no-app3' with binding 'no-app3' denied request: images must come from registry.corp.example (HTTP 422)",
      "denied by ValidatingAdmissionPolicy no-app3: images must come from registry.corp.example",
      /^change the ValidatingAdmissionPolicy no-app3/,
    ],
    [
      "a webhook that denies",
      'admission webhook "policy.example.com" denied the request: no (HTTP 403)',
      "denied by the webhook policy.example.com: no",
      /policy.example.com/,
    ],
    [
      "a webhook that says nothing",
      'admission webhook "p.example.com" denied the request (HTTP 403)',
      "denied by the webhook p.example.com",
      /./,
    ],
    [
      "a quota",
      'pods "x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=2, limited: pods=2 (HTTP 403)',
      "exceeds the ResourceQuota compute: requested: pods=1, used: pods=2, limited: pods=2",
      /^raise the ResourceQuota compute$/,
    ],
    [
      "a missing right",
      'secrets is forbidden: User "jane" cannot create resource "secrets" in API group "" in the namespace "shop" (HTTP 403)',
      'User "jane" cannot create resource "secrets" in API group "" in the namespace "shop"',
      /check-access/,
    ],
    [
      "a value",
      'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated (HTTP 422)',
      "spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated",
    ],
    [
      "of a Secret, only what was waited for",
      "the admission webhook s.example.com cannot be called, also after 3 s: InternalError (HTTP 500)",
      "the admission webhook s.example.com cannot be called: InternalError (tried for 3 s)",
    ],
    [
      "anything else, as it is",
      "its namespace shop would not come back",
      "its namespace shop would not come back",
    ],
    [
      "with what else there is to know",
      'ConfigMap "settings" is invalid: data: Forbidden: field is immutable (HTTP 422); --existing replace would delete it',
      "data: Forbidden: field is immutable; --existing replace would delete it",
    ],
  ];
  for (const [title, reason, text, remedy] of rows) {
    it(title, () => {
      const plain = plainReason(reason);
      assert.equal(plain.text, text);
      if (remedy === undefined) assert.equal(plain.remedy, undefined);
      else assert.match(plain.remedy ?? "", remedy);
    });
  }
});

function failures(kind: string, count: number, reason: (name: string) => string): Failure[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `app${index}`;
    return { kind, namespace: "shop", name, reason: reason(name) };
  });
}

describe("failures are grouped by kind and reason", () => {
  const denied = (name: string) =>
    `deployments.apps "${name}" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no (HTTP 422)`;

  it("the largest first, with the first names", () => {
    const groups = groupFailures([
      ...failures("Deployment", 2, denied),
      ...failures("Ingress", 11, () => "the port is taken"),
      { kind: "ClusterRole", namespace: undefined, name: "a", reason: "no" },
    ]);
    assert.deepEqual(describeFailures(groups), [
      "  11 Ingress       the port is taken",
      "                   shop/app0, shop/app1 and 9 more",
      "   2 Deployment    denied by ValidatingAdmissionPolicy p: no",
      "                   shop/app0, shop/app1",
      "   1 ClusterRole   no",
      "                   a",
    ]);
    assert.equal(remedyOf(groups), "Change the ValidatingAdmissionPolicy p, or leave out what it denies");
    assert.equal(
      groupInWords(groups[0] as never),
      "11 Ingresses: the port is taken (shop/app0, shop/app1 and 9 more)",
    );
  });

  it("where only the name or the value differs", () => {
    const groups = groupFailures([
      ...failures(
        "Service",
        2,
        (name) => `Service "${name}" is invalid: port: Invalid value: ${name === "app0" ? 1 : 2}: taken`,
      ),
      ...failures("Thing", 2, (name) => `"${name}" is odd`),
    ]);
    assert.deepEqual(
      groups.map(({ reason, names }) => [reason, names.length]),
      [
        ["port: Invalid value …: taken", 2],
        ['"…" is odd', 2],
      ],
    );
  });

  it("one alone with its own value, and deletions and kinds apart", () => {
    const one = { kind: "Service", namespace: "shop", name: "a", reason: "port: Invalid value: 1: taken" };
    assert.deepEqual(
      groupFailures([one, { ...one, deletion: true }, { ...one, kind: "Other" }]).map(({ kind, reason }) => [
        kind,
        reason,
      ]),
      [
        ["Service", "port: Invalid value: 1: taken"],
        ["Service", "not deleted: port: Invalid value: 1: taken"],
        ["Other", "port: Invalid value: 1: taken"],
      ],
    );
  });

  it("of very many reasons the first are shown, and the rest is counted", () => {
    const lines = describeFailures(groupFailures(failures("Thing", 25, (name) => `reason of ${name}`)));
    assert.equal(lines.length, 41);
    assert.equal(lines.at(-1), "  and 5 more for other reasons: -o json has all of them");
  });

  it("none", () => assert.deepEqual([describeFailures([]), remedyOf([])], [[], undefined]));
});

it("at 80 columns the reason wraps below itself", () => {
  const reason =
    'the admission webhook ing.example.com cannot be called, also after 150 s: Internal error occurred: failed calling webhook "ing.example.com": failed to call webhook: Post "https://127.0.0.1:24997/": dial tcp 127.0.0.1:24997: connect: connection refused (HTTP 500)';
  const lines = describeFailures(groupFailures(failures("Ingress", 45, () => reason)));
  assert.deepEqual(
    lines.flatMap((line) => wrapLine(line, 80)),
    [
      "  45 Ingress   the webhook ing.example.com cannot be called: 127.0.0.1:24997",
      "               refuses the connection (tried for 150 s)",
      "               shop/app0, shop/app1 and 43 more",
    ],
  );
});
