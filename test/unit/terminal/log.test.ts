import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { OperatorError } from "../../../src/errors.ts";
import { createLog, type Log } from "../../../src/terminal/log/log.ts";

interface Options {
  readable?: boolean;
  colors?: boolean;
  debug?: boolean;
}

/** A log and what it has written. */
async function capture({ readable = false, colors = false, debug = false }: Options = {}): Promise<{
  log: Log;
  text: () => string;
}> {
  let text = "";
  const stream = {
    write: (chunk: string) => {
      text += chunk;
    },
  };
  const now = () => new Date("2026-01-31T12:00:00Z");
  return { log: await createLog({ stream, readable, colors, debug, now }), text: () => text };
}

/** An error such as HTTP clients throw: with everything in it. */
function leakyError(): Error {
  const cause = Object.assign(new Error("socket hang up"), {
    code: "ECONNRESET",
    request: { headers: { authorization: "Bearer hunter2" } },
    response: { body: "hunter2" },
    $response: { body: "hunter2" },
  });
  const error = new OperatorError("Cannot list secrets: no answer", { advice: "Look at the server", cause });
  return Object.assign(error, { body: "hunter2", headers: ["hunter2"] });
}

describe("off a terminal", () => {
  it("a line is one JSON object with level, time, fields and message, written at once", async () => {
    const { log, text } = await capture();
    log.info({ backup: "backup_x", objects: 5 }, "Backup stored");
    assert.deepEqual(text().split("\n"), [
      '{"level":"info","time":"2026-01-31T12:00:00.000Z","backup":"backup_x","objects":5,"msg":"Backup stored"}',
      "",
    ]);
  });

  it("an error shows message, advice and code, and nothing that it carries", async () => {
    const { log, text } = await capture();
    log.error({ err: leakyError() }, "Backup failed");
    assert.deepEqual(JSON.parse(text()).err, {
      message: "Cannot list secrets: no answer",
      advice: "Look at the server",
    });
  });

  it("at DEBUG an error shows its causes and where they came from, and still nothing that it carries", async () => {
    const { log, text } = await capture({ debug: true });
    log.debug({ err: leakyError() }, "Backup failed");
    const { err } = JSON.parse(text());
    assert.equal(err.type, "OperatorError");
    assert.match(err.stack[0], /^at .*log\.test\.ts/);
    assert.equal(err.cause.message, "socket hang up");
    assert.equal(err.cause.code, "ECONNRESET");
    assert.ok(!text().includes("hunter2"), text());
  });

  it("debug lines are there at DEBUG only", async () => {
    const { log, text } = await capture();
    log.debug("Detail");
    assert.equal(text(), "");
  });
});

describe("an error that quotes data", () => {
  for (const readable of [false, true]) {
    it(`is shown without the quote, ${readable ? "on" : "off"} a terminal`, async () => {
      const { log, text } = await capture({ readable, debug: true });
      let thrown: unknown;
      try {
        JSON.parse('{"password": hunter2}');
      } catch (error) {
        thrown = error;
      }
      assert.match(String(thrown), /hunter2/);
      log.error({ err: new OperatorError("Cannot read the page", { cause: thrown }) }, "Failed");
      log.error({ err: thrown }, "Failed");
      log.error({ err: new AggregateError([thrown], "all failed") }, "Failed");
      log.error({ err: "hunter2" }, "Failed");
      assert.ok(!text().includes("hunter2"), text());
      assert.match(text(), /the text is malformed/);
    });
  }
});

it("a ring of causes ends", async () => {
  const { log, text } = await capture({ debug: true });
  const first = new Error("first");
  const second = new Error("second", { cause: first });
  first.cause = second;
  log.error({ err: first }, "Failed");
  assert.ok(text().length < 20_000);
});

describe("on a terminal", () => {
  it("a line reads as a sentence with its fields behind it", async () => {
    const { log, text } = await capture({ readable: true });
    log.info({ backup: "backup_x", objects: 5, counts: { Secret: 2 } }, "Backup stored");
    assert.match(
      text(),
      /^\[\d\d:\d\d:\d\d\] INFO: Backup stored {2}backup=backup_x objects=5 counts=\{"Secret":2\}\n$/,
    );
  });

  it("an error follows with its advice", async () => {
    const { log, text } = await capture({ readable: true });
    log.error({ err: leakyError(), failures: 1 }, "Backup failed");
    assert.match(
      text(),
      /ERROR: Backup failed: Cannot list secrets: no answer {2}failures=1\n {4}Look at the server\n$/,
    );
  });

  it("a warning is followed by what to do about it", async () => {
    const { log, text } = await capture({ readable: true });
    log.warn({ store: "s3://blue", advice: "Look beside it" }, "No backups");
    assert.match(text(), /WARN: No backups {2}store=s3:\/\/blue\n {4}Look beside it\n$/);
  });

  it("colours are there when they are wanted, and only then", async () => {
    const plain = await capture({ readable: true });
    const colored = await capture({ readable: true, colors: true });
    for (const { log } of [plain, colored]) log.warn({ a: 1 }, "Careful");
    assert.equal(stripVTControlCharacters(plain.text()), plain.text());
    assert.notEqual(colored.text(), plain.text());
    assert.equal(stripVTControlCharacters(colored.text()), plain.text());
  });
});
