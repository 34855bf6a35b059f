import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { ApiError } from "../../../src/cluster/requests/api-error.ts";
import { type FlagFacts, flagAnnotations } from "../../../src/objects/flag-annotations.ts";
import { writeFlag } from "../../../src/restore-gate/restore-flag.ts";

const TIME = new Date("2026-01-31T12:00:00Z");
const RESTORED: FlagFacts = {
  reason: "restored",
  backup: "backup_20260131T110000Z",
  cluster: { id: "0e7c", name: "blue" },
  store: "s3://backups/blue",
  time: TIME,
};
const NOTHING: FlagFacts = { reason: "nothing to restore", store: "s3://backups/bleu", time: TIME };

/** An API server with the restore flag, which has these annotations, and the patches that it is sent. */
function serverWith(
  annotations: Record<string, string> | undefined,
  { refuses = false }: { refuses?: boolean } = {},
): { client: ApiClient; patches: unknown[] } {
  const patches: unknown[] = [];
  const refuse = (status: number, reason: string) =>
    new ApiError("write", {
      status,
      body: JSON.stringify({ kind: "Status", reason, message: reason }),
      secret: false,
    });
  const send = async ({ method, body }: { method: string; body?: string }) => {
    if (method === "POST") throw refuse(409, "AlreadyExists");
    if (method === "GET") return { text: JSON.stringify({ metadata: { annotations } }), warnings: [] };
    if (refuses) throw refuse(403, "Forbidden");
    patches.push(JSON.parse(body ?? ""));
    return { text: "{}", warnings: [] };
  };
  return { client: { send } as unknown as ApiClient, patches };
}

const never = new AbortController().signal;
const noted = [{ metadata: { annotations: flagAnnotations(RESTORED) } }];

const CASES: [string, Record<string, string> | undefined, FlagFacts, unknown[]][] = [
  ["made by a person", undefined, RESTORED, noted],
  ["written where there was nothing to restore", flagAnnotations(NOTHING), RESTORED, noted],
  ["of a restore before", flagAnnotations({ ...RESTORED, backup: "backup_20260101T110000Z" }), RESTORED, []],
  ["made by a person, and there is nothing to restore", undefined, NOTHING, []],
];

for (const [title, annotations, facts, expected] of CASES) {
  test(`a restore flag that exists: ${title}`, async () => {
    const { client, patches } = serverWith(annotations);
    await writeFlag(client, facts, never);
    assert.deepEqual(patches, expected);
  });
}

test("a restore flag that exists and may not be changed stays as it is", async () => {
  await writeFlag(serverWith(undefined, { refuses: true }).client, RESTORED, never);
});
