import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type AccessReport,
  accessJson,
  accessText,
  verdictOn,
} from "../../../../src/commands/check-access/access-report.ts";
import { OperatorError } from "../../../../src/errors.ts";
import { type CheckedRight, JOBS } from "../../../../src/store/contract/store-access.ts";

const LIST: CheckedRight = { right: "s3:ListBucket", where: "b", jobs: JOBS, allowed: true, why: "" };
const DELETE: CheckedRight = {
  right: "s3:DeleteObject",
  where: "b/backup_*",
  jobs: ["prune"],
  allowed: false,
  why: "access denied (AccessDenied: no)",
};
const SECRETS: CheckedRight = {
  right: "list secrets",
  where: "the whole cluster",
  jobs: ["backup", "restore"],
  allowed: true,
  why: "",
};
const POLICY = { Version: "2012-10-17", Statement: [] };
const ROLES = [{ kind: "ClusterRole" }, { kind: "Role" }];

function report(
  store: Partial<AccessReport["store"]> = {},
  cluster: Partial<AccessReport["cluster"]> = {},
): AccessReport {
  return {
    jobs: JOBS,
    store: { title: "s3://b", rights: [LIST], leftBehind: [], policy: POLICY, ...store },
    copyStore: undefined,
    cluster: {
      title: "blue (https://kube)",
      context: "blue",
      server: "https://kube",
      rights: [SECRETS],
      user: "carol",
      roles: ROLES,
      notes: [],
      ...cluster,
    },
  };
}

describe("the verdict", () => {
  const unknown = { ...DELETE, allowed: undefined };
  const failure = new OperatorError("Cannot check the rights on S3: the server does not answer");
  const rows: [title: string, given: AccessReport, verdict: object][] = [
    ["all", report(), { kind: "all" }],
    [
      "one is missing",
      report({ rights: [LIST, DELETE] }),
      {
        kind: "missing",
        message: "Access is not complete: 1 of 3 rights are missing: s3:DeleteObject (only for prune)",
      },
    ],
    [
      "one is missing, and one unknown for that",
      report({ rights: [unknown] }, { rights: [{ ...SECRETS, allowed: false }] }),
      { kind: "missing", message: "Access is not complete: 1 of 2 rights are missing: list secrets" },
    ],
    [
      "one is unknown",
      report({ rights: [unknown] }),
      {
        kind: "unasked",
        message:
          "Cannot find out whether all rights are there: s3:DeleteObject (only for prune): access denied (AccessDenied: no)",
      },
    ],
    [
      "one side does not answer",
      report({ failure, rights: [] }),
      { kind: "unasked", message: failure.message },
    ],
    [
      "one side does not answer, and the other lacks something",
      report({ rights: [DELETE] }, { failure, rights: [] }),
      {
        kind: "unasked",
        message: `${failure.message}; 1 of 1 rights are missing: s3:DeleteObject (only for prune)`,
      },
    ],
  ];
  for (const [title, given, verdict] of rows) {
    it(title, () => assert.deepEqual(verdictOn(given), verdict));
  }
});

/** The lines as one text. */
function textOf(report: AccessReport): string {
  return accessText(report).join("\n");
}

describe("the text", () => {
  it("is a table alone where all is there", () => {
    assert.equal(
      textOf(report()),
      [
        "Store    s3://b",
        "Cluster  blue (https://kube), as carol",
        "",
        "RIGHT           WHERE               FOR                      ALLOWED   WHY",
        "s3:ListBucket   b                   backup, restore, prune   yes",
        "list secrets    the whole cluster   backup, restore          yes",
      ].join("\n"),
    );
  });

  it("has the policy, or the roles, where something of them is missing", () => {
    const ofStore = textOf(report({ rights: [LIST, DELETE] }));
    assert.match(
      ofStore,
      /s3:DeleteObject +b\/backup_\* +only prune +no +access denied \(AccessDenied: no\)\n/,
    );
    assert.match(ofStore, /The IAM policy.*\n\n\{\n {2}"Version": "2012-10-17",/);
    assert.doesNotMatch(ofStore, /ClusterRole/);
    const ofCluster = textOf(report({}, { rights: [{ ...SECRETS, allowed: false }] }));
    assert.match(
      ofCluster,
      /The roles that give what is needed of the API server, for kubectl apply -f -:\n\nkind: ClusterRole\n---\nkind: Role$/,
    );
    assert.doesNotMatch(ofCluster, /IAM/);
  });

  it("names what was left behind, and what was not asked about", () => {
    const text = textOf(report({ leftBehind: ["s3://b/x"] }, { notes: ["Not asked about y: z"] }));
    assert.match(
      text,
      /\n\nNot asked about y: z\n\nLeft behind, since this access key may not delete them:\ns3:\/\/b\/x$/,
    );
  });
});

it("the document for scripts has every right with its side, and always the policy and the roles", () => {
  assert.deepEqual(accessJson(report({ rights: [LIST, { ...DELETE, allowed: undefined }] })), {
    for: ["backup", "restore", "prune"],
    store: { url: "s3://b", reason: null, leftBehind: [] },
    copyStore: null,
    cluster: { context: "blue", server: "https://kube", user: "carol", reason: null, notes: [] },
    rights: [
      {
        of: "store",
        right: "s3:ListBucket",
        where: "b",
        for: ["backup", "restore", "prune"],
        allowed: true,
        reason: null,
      },
      {
        of: "store",
        right: "s3:DeleteObject",
        where: "b/backup_*",
        for: ["prune"],
        allowed: null,
        reason: "access denied (AccessDenied: no)",
      },
      {
        of: "cluster",
        right: "list secrets",
        where: "the whole cluster",
        for: ["backup", "restore"],
        allowed: true,
        reason: null,
      },
    ],
    policy: POLICY,
    copyPolicy: null,
    roles: ROLES,
  });
});

describe("a second store", () => {
  const policy = { Version: "2012-10-17", Statement: ["copies"] };
  const copyStore = { title: "s3://c", rights: [{ ...DELETE, allowed: false }], leftBehind: [], policy };
  const given = { ...report(), copyStore };

  it("counts as the first does", () => {
    assert.equal(verdictOn(given).kind, "missing");
    const failure = new OperatorError("no answer");
    assert.deepEqual(verdictOn({ ...given, copyStore: { ...copyStore, rights: [], failure } }), {
      ...{ kind: "unasked", message: "no answer" },
    });
  });

  it("is in the text, with a policy of its own", () => {
    const text = textOf(given);
    assert.match(text, /^Store {4}s3:\/\/b\nCopies {3}s3:\/\/c\nCluster {2}/);
    assert.match(text, /needed of S3 by the second store:\n\n.*"Version".*"copies"/s);
  });

  it("is in the document, between the store and the cluster", () => {
    const { rights, ...rest } = accessJson(given) as { rights: { of: string }[] };
    assert.deepEqual(
      rights.map(({ of }) => of),
      ["store", "copyStore", "cluster"],
    );
    const { copyStore: second, copyPolicy } = rest as Record<string, unknown>;
    assert.deepEqual([second, copyPolicy], [{ url: "s3://c", reason: null, leftBehind: [] }, policy]);
  });
});
