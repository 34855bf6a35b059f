import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planRollUp } from "../../../src/change-log/roll-up/plan-roll-up.ts";

const MIB = 1024 * 1024;

/** `1 8*3 64:5` are a segment, three packs of eight, and a pack of 64 with 5 MiB. */
function filesOf(text: string): { count: number; size: number }[] {
  return text.split(" ").flatMap((word) => {
    const [, count = "", mib, times = "1"] = /^(\d+)(?::([\d.]+))?(?:\*(\d+))?$/.exec(word) ?? [];
    const file = { count: Number(count), size: mib === undefined ? Number(count) * 100 : Number(mib) * MIB };
    return count === "" ? [] : Array.from({ length: Number(times) }, () => file);
  });
}

describe("which files become one pack", () => {
  const CASES: [title: string, files: string, isEnded: boolean, plan: string][] = [
    ["nothing of nothing", "", false, "none"],
    ["none of seven segments", "1*7", false, "none"],
    ["eight segments", "1*8", false, "0-8"],
    ["the first eight of more", "1*11", false, "0-8"],
    ["eight segments behind packs", "8*7 1*8", false, "7-15"],
    ["eight packs", "8*8 1*3", false, "0-8"],
    ["eight packs of packs", "64*8 8*2 1", false, "0-8"],
    ["the large ones before the small ones", "64*8 8*8", false, "0-8"],
    ["none of seven of each", "512*7 64*7 8*7 1*7", false, "none"],
    ["none of those that are whole", "4096*9", false, "none"],
    ["eight of 512 become a whole one", "512*8", false, "0-8"],
    ["packs of other counts are of the level below", "63*3 60*5", false, "0-8"],
    ["what is left before a large one, whatever it is", "8*2 1*3 1:5 1*2", false, "0-5"],
    ["not one alone before a large one", "8 1:5 1*2", false, "none"],
    ["as many as fit by bytes", "1:3*8", false, "0-2"],
    ["not two that do not fit", "1:3.9 1:5 1", false, "none"],
    ["all that is left of an end", "4096 512*3 64 8*2 1*5", true, "1-12"],
    ["not what does not fit by number, at an end", "2000*2 512", true, "0-2"],
    ["what fits behind what does not", "4000 512 8", true, "1-3"],
    ["nothing more of an end", "4096 2000", true, "none"],
    ["nothing of one file that has ended", "1", true, "none"],
  ];
  for (const [title, files, isEnded, expected] of CASES)
    it(title, () => {
      const plan = planRollUp(filesOf(files), { isEnded });
      assert.equal(plan === undefined ? "none" : `${plan.start}-${plan.end}`, expected);
    });

  it("leaves few files of any number, and writes each segment a few times", () => {
    for (const [size, count] of [
      [2_000, 43_200],
      [200_000, 3_000],
      [100, 20_000],
    ] as const) {
      const files: { count: number; size: number }[] = [];
      let written = 0;
      for (let number = 0; number < count; number += 1) {
        files.push({ count: 1, size });
        for (;;) {
          const plan = planRollUp(files, { isEnded: false });
          if (plan === undefined) break;
          const packed = files.slice(plan.start, plan.end);
          const pack = packed.reduce((sum, each) => ({
            count: sum.count + each.count,
            size: sum.size + each.size,
          }));
          assert.ok(pack.size <= 8 * MIB && pack.count <= 4_096);
          written += pack.count;
          files.splice(plan.start, packed.length, pack);
        }
      }
      const least = (size * count) / (4 * MIB) + count / 4_096;
      assert.ok(files.length <= least + 4 * 7, `${files.length} files`);
      assert.ok(written <= 4 * count, `${written} of ${count}`);
      assert.equal(
        files.reduce((sum, each) => sum + each.count, 0),
        count,
      );
    }
  });
});
