import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatReport, reportPlace } from "../../../src/reports/write-report.ts";
import { type ReportedRestore, reportDocument } from "../../../src/restore-report/restore-report.ts";
import { MAX_SIDE_BYTES, placeOfSideFile, sideKey } from "../../../src/store/contract/side-objects.ts";
import { schemaOf } from "../../support/program/json-document.ts";

const REPORT: ReportedRestore = {
  backup: "backup_20260131T120000Z",
  store: "s3://backups/blue",
  manifestSha256: "0".repeat(64),
  by: { trigger: "command", user: "admin", process: "laptop_1_0123456789ab", program: "1.0.0 abc" },
  cluster: { id: "id-blue", name: null, context: "blue", server: "https://10.0.0.1:6443" },
  begun: "2026-02-01T08:00:00Z",
  time: "2026-02-01T08:01:00Z",
  request: {
    ...{ whole: false, namespaces: ["shop"], namespaceMapping: { shop: "shop-old" } },
    ...{ existing: "skip", restoreStatus: false, prune: false },
  },
  paused: false,
  transformed: [],
  outcome: "partial",
  reason: "Cannot restore it wholly",
  summary: { created: 1, updated: 0, replaced: 0, unchanged: 0, skipped: 0, deleted: 0, failed: 1 },
  kinds: { ConfigMap: { created: 1, unchanged: 0, skipped: 0, failed: 1 } },
  failures: [
    { resource: "configmaps", kind: "ConfigMap", namespace: "shop", name: "a", reason: "it is refused" },
  ],
  notes: ["a note"],
  missingReferences: [],
  flagWritten: false,
};

describe("the report of a restore", () => {
  const parse = (report: ReportedRestore, signature?: string) => {
    const text = formatReport(
      reportDocument(report),
      signature === undefined ? undefined : () => signature,
    ).toString();
    const document = JSON.parse(text);
    const { error } = schemaOf("restore-report").safeParse(document);
    assert.equal(error?.message, undefined);
    return document;
  };

  it("is what its schema says, on one line", () => {
    const document = parse(REPORT);
    assert.deepEqual(document, { schemaVersion: 1, ...REPORT, cut: false });
    assert.equal(formatReport(reportDocument(REPORT), undefined).toString().split("\n").length, 2);
  });

  it("is signed over all other members, in their order", () => {
    const { signature, ...others } = parse(REPORT, "-----BEGIN");
    assert.equal(signature, "-----BEGIN");
    assert.equal(JSON.stringify(others), JSON.stringify(reportDocument(REPORT)));
  });

  it("fits into a store, however much failed, and says that it is cut", () => {
    const failure = {
      ...{ resource: "configmaps", kind: "ConfigMap", namespace: "n".repeat(63), name: "n".repeat(253) },
      reason: "x".repeat(100_000),
    };
    const many = Array.from({ length: 20_000 }, () => failure);
    const document = parse({ ...REPORT, failures: many, reason: "y".repeat(10_000) });
    assert.ok(formatReport(reportDocument({ ...REPORT, failures: many }), undefined).length < MAX_SIDE_BYTES);
    assert.deepEqual([document.cut, document.failures.length], [true, 40]);
    assert.ok(document.reason.length <= 1_000);
  });

  it("has a place of its own beside the backup, by its end", () => {
    const place = reportPlace("restore", REPORT);
    assert.equal(sideKey(place), "reports/backup_20260131T120000Z.restore-20260201T080100Z");
    assert.deepEqual(placeOfSideFile("reports", "backup_20260131T120000Z.restore-20260201T080100Z"), place);
    for (const file of ["backup_20260131T120000Z.restore-2026", "backup_20260131T120000Z.a.b", "x.restore"])
      assert.equal(placeOfSideFile("reports", file), undefined);
    assert.throws(() => sideKey({ ...place, suffix: "restore-/../x" }));
  });
});
