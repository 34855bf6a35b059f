import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OperatorError } from "../../../src/errors.ts";
import { type TagSource, tagReasons } from "../../../src/retention/keep-tags.ts";
import { removeBackups } from "../../../src/retention/remove-backups.ts";
import { TaggedError } from "../../../src/retention/tagged-error.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../../../src/store/contract/store.ts";

const { signal } = new AbortController();
const [A, B, C] = [1, 2, 3].map((day): StoredBackup => {
  const time = new Date(`2026-01-0${day}T00:00:00Z`);
  return { name: backupName(time), time, size: 1, etag: String(day) };
}) as [StoredBackup, StoredBackup, StoredBackup];

/** A store that writes down what is removed, and fails for one. */
function storeOf({ fails }: { fails?: StoredBackup } = {}) {
  const removed: string[] = [];
  const remove = async (name: string) => {
    if (name === fails?.name) throw new OperatorError(`Cannot remove ${name}: denied`);
    removed.push(name);
  };
  const beside = {
    remove: async ({ folder, backup, suffix }: Record<string, string>) =>
      void removed.push(`${folder}/${backup}.${suffix}`),
  };
  return { store: { remove, beside } as unknown as Store, removed };
}

function tagsOf(later: Record<string, string[]>): TagSource {
  return {
    tagged: async () => new Set(Object.keys(later)),
    laterOf: async (backups, tagged) =>
      new Map(backups.filter(({ name }) => tagged.has(name)).map(({ name }) => [name, later[name] ?? []])),
    givenByNote: async () => [],
  };
}

describe("The removal of backups", () => {
  test("takes the tags along that were set later, and only of those that have any", async () => {
    const { store, removed } = storeOf();
    const tags = tagsOf({ [B.name]: ["passing"] });
    const ended = await removeBackups(
      { store, backups: [A, B], tags, keptBy: (of) => tagReasons(of, ["other"]) },
      signal,
    );
    assert.deepEqual([...ended.values()], [undefined, undefined]);
    assert.deepEqual(removed.sort(), [A.name, B.name, `tags/${B.name}.json`]);
  });

  test("leaves what has been tagged since the plan was made", async () => {
    const { store, removed } = storeOf();
    const tags = tagsOf({ [A.name]: ["keep"], [B.name]: ["release"] });
    const ended = await removeBackups(
      { store, backups: [A, B, C], tags, keptBy: (of) => tagReasons(of, ["release"]) },
      signal,
    );
    assert.ok(ended.get(A.name) instanceof TaggedError);
    assert.match(ended.get(B.name)?.message ?? "", /tagged meanwhile, and stays \(tag release\)/);
    assert.deepEqual(removed, [C.name]);
  });

  test("takes what is tagged, too, where somebody has named it", async () => {
    const { store, removed } = storeOf();
    await removeBackups({ store, backups: [A], tags: tagsOf({ [A.name]: ["keep"] }) }, signal);
    assert.deepEqual(removed, [A.name, `tags/${A.name}.json`]);
  });

  test("leaves the tags of one that could not be removed", async () => {
    const { store, removed } = storeOf({ fails: A });
    const tags = tagsOf({ [A.name]: ["passing"] });
    const ended = await removeBackups({ store, backups: [A], tags, keptBy: tagReasons }, signal);
    assert.match(ended.get(A.name)?.message ?? "", /denied/);
    assert.deepEqual(removed, []);
  });

  test("does not begin where the tags cannot be read", async () => {
    const { store, removed } = storeOf();
    const tagged = async () => {
      throw new OperatorError("Cannot list tags: denied");
    };
    const tags = { ...tagsOf({}), tagged };
    await assert.rejects(removeBackups({ store, backups: [A], tags, keptBy: tagReasons }, signal), /denied/);
    assert.deepEqual(removed, []);
  });

  test("asks for no tags where nothing is removed", async () => {
    const tags = { ...tagsOf({}), tagged: () => assert.fail("asked") };
    const ended = await removeBackups(
      { store: storeOf().store, backups: [], tags, keptBy: tagReasons },
      signal,
    );
    assert.equal(ended.size, 0);
  });
});
