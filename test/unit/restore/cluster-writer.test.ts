import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { CONFIG_MAPS } from "../../../src/kubernetes/resource.ts";
import { type DryRun, writerFor } from "../../../src/restore/object/cluster-writer.ts";
import type { RestoreResult } from "../../../src/restore/object/object-to-restore.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";

/** Any request through this client throws. */
const NO_CLIENT = {} as ApiClient;
const KEY = { namespace: "shop", name: "settings" };
const WRITE = { resource: CONFIG_MAPS, key: KEY, body: "{}" };
const MISSING = "the namespace does not exist yet";

describe("the writer of a restore", () => {
  const cases: [DryRun, { stores: boolean; asksServer: boolean; assumed: RestoreResult | undefined }][] = [
    [undefined, { stores: true, asksServer: true, assumed: undefined }],
    [
      "server",
      { stores: false, asksServer: true, assumed: { outcome: "created", reason: `not asked: ${MISSING}` } },
    ],
    ["client", { stores: false, asksServer: false, assumed: { outcome: "created" } }],
  ];
  for (const [dryRun, expected] of cases) {
    it(dryRun === undefined ? "without a dry run" : `in a dry run: ${dryRun}`, () => {
      const writer = writerFor(NO_CLIENT, dryRun);
      const { stores, asksServer } = writer;
      assert.deepEqual({ stores, asksServer, assumed: writer.assumeCreated(MISSING) }, expected);
    });
  }

  it("sends nothing where it only compares", async () => {
    const writer = writerFor(NO_CLIENT, "client");
    assert.deepEqual(await writer.create(WRITE, NEVER), {
      created: true,
      unknownFields: [],
      text: undefined,
    });
    assert.equal(await writer.update({ ...WRITE, live: {}, body: {} }, NEVER), undefined);
    assert.equal(await writer.delete({ resource: CONFIG_MAPS, key: KEY }, NEVER), true);
  });

  it("sends each write otherwise", async () => {
    for (const dryRun of [undefined, "server"] as const) {
      const writer = writerFor(NO_CLIENT, dryRun);
      await assert.rejects(async () => writer.create(WRITE, NEVER), TypeError);
      await assert.rejects(async () => writer.update({ ...WRITE, live: {}, body: {} }, NEVER), TypeError);
      await assert.rejects(async () => writer.delete({ resource: CONFIG_MAPS, key: KEY }, NEVER), TypeError);
    }
  });
});
