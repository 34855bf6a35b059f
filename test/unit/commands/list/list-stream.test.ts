/** A list is written as it comes, however long it is. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { writeJsonList } from "../../../../src/command-line/json-list.ts";
import { Output } from "../../../../src/command-line/output.ts";
import { listedBackup, listTable } from "../../../../src/commands/list/listed-backup.ts";
import { backupName } from "../../../../src/store/contract/backup-name.ts";

/** An output, and all that was written to it. */
function open() {
  const pieces: string[] = [];
  const output = new Output({ stdout: { write: (text) => pieces.push(text) }, json: true, colors: false });
  return { output, pieces, text: () => pieces.join("") };
}

describe("a JSON list", () => {
  it("is what JSON.stringify would make of the whole", async () => {
    for (const elements of [[], [1], [{ a: [1, "x\ny"], b: {} }, { c: null }]]) {
      const { output, text } = open();
      await writeJsonList(
        output,
        "rows",
        (async function* () {
          yield* elements;
        })(),
      );
      assert.equal(text(), `${JSON.stringify({ schemaVersion: 1, rows: elements }, undefined, 2)}\n`);
    }
  });

  it("has each element written before the next one is asked for", async () => {
    const { output, pieces } = open();
    const elements = (async function* () {
      for (let number = 0; number < 1000; number++) {
        assert.equal(pieces.length, number);
        yield { number };
      }
    })();
    await writeJsonList(output, "rows", elements);
  });

  it("that fails before its first element leaves the place to the error, and later stays without its end", async () => {
    for (const count of [0, 2]) {
      const { output, text } = open();
      const elements = (async function* () {
        for (let number = 0; number < count; number++) yield number;
        throw new Error("the store is gone");
      })();
      await assert.rejects(writeJsonList(output, "rows", elements), /the store is gone/);
      assert.equal(output.shown, count > 0);
      if (count > 0) assert.throws(() => JSON.parse(text()));
    }
  });
});

const FUTURE = { action: "error", because: "future" } as const;

describe("the table", () => {
  const time = new Date("2026-01-31T12:00:00Z");
  const backup = { name: backupName(time), time, size: 1023 * 1024 };
  const listed = listedBackup({
    backup,
    asOf: new Date("2028-01-31T12:00:00Z"),
    gate: FUTURE,
    look: {
      backup,
      reading: { state: "none" },
      checked: undefined,
      facts: {
        inspection: {
          state: "damaged",
          reason: "it is damaged: namespaces/shop/deployments.apps.json: it is missing",
        },
      },
    },
  });

  for (const long of [false, true]) {
    for (const gate of [false, true]) {
      for (const width of [60, 77, 80, 100, 132, 200]) {
        it(`${long ? "--long " : ""}${gate ? "with the gate's view " : ""}fits ${width} columns`, () => {
          const table = listTable({ gate, long, width });
          for (const line of [table.title, ...table.row(listed)]) {
            assert.ok(line.length <= width, `${line.length}: ${line}`);
          }
          if (width >= 77) assert.equal(table.title.includes("GATE"), gate);
          assert.ok(table.row(listed)[0]?.startsWith(listed.name));
        });
      }
    }
  }

  it("has its columns below each other", () => {
    const { title, row } = listTable({ gate: true, long: true, width: undefined });
    assert.equal(title.indexOf("STATE"), row(listed)[0]?.indexOf("damaged"));
    assert.equal(title.indexOf("GATE"), row({ ...listed, gate: FUTURE })[0]?.indexOf("future"));
    assert.equal(listed.gate, undefined, "what cannot be read is no backup to the gate");
  });
});
