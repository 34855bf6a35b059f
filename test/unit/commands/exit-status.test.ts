import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EXIT_STATUS, endingOf } from "../../../src/command-line/exit-status.ts";
import { Interruption, type StopSignal } from "../../../src/command-line/interruption.ts";
import { OperatorError, PartialError, UsageError } from "../../../src/errors.ts";

const RUNNING = new AbortController().signal;

function aborted(by: StopSignal): AbortSignal {
  return AbortSignal.abort(new Interruption(by));
}

function abortError(): Error {
  return new DOMException("This operation was aborted", "AbortError");
}

describe("what was thrown decides the exit status", () => {
  const interrupt = aborted("SIGINT");
  const rows: [
    title: string,
    error: unknown,
    signal: AbortSignal,
    service: boolean,
    status: number,
    message: string,
  ][] = [
    ["an operator's error", new OperatorError("Cannot x: y"), RUNNING, false, 1, "Cannot x: y"],
    [
      "work done in part",
      new PartialError("Cannot restore 2 objects"),
      RUNNING,
      false,
      3,
      "Cannot restore 2 objects",
    ],
    ["wrong settings", new UsageError(["a is missing"]), RUNNING, true, 2, "a is missing"],
    ["a defect", new TypeError("x is undefined"), RUNNING, false, 1, "Unexpected TypeError: x is undefined"],
    [
      "a defect that quotes data",
      new SyntaxError('"hunter2" is bad'),
      RUNNING,
      false,
      1,
      "Unexpected SyntaxError: the text is malformed",
    ],
    ["something that is no error", "hunter2", RUNNING, false, 1, "Unexpected thrown: string"],
    [
      "an abort that nobody asked for",
      abortError(),
      RUNNING,
      false,
      1,
      "Unexpected AbortError: This operation was aborted",
    ],
    ["SIGINT, our own reason", interrupt.reason, interrupt, false, 130, "Interrupted by SIGINT"],
    ["SIGINT, as the runtime throws it", abortError(), interrupt, false, 130, "Interrupted by SIGINT"],
    [
      "SIGINT, in an error around it",
      new OperatorError("Cannot x", { cause: abortError() }),
      interrupt,
      false,
      130,
      "Interrupted by SIGINT",
    ],
    [
      "SIGINT, and then an error of its own",
      new OperatorError("Cannot x: disk full"),
      interrupt,
      false,
      1,
      "Cannot x: disk full",
    ],
    ["SIGTERM of a command", abortError(), aborted("SIGTERM"), false, 130, "Interrupted by SIGTERM"],
    ["SIGTERM of the service", abortError(), aborted("SIGTERM"), true, 0, "Stopped by SIGTERM"],
    ["SIGINT of the service", abortError(), interrupt, true, 130, "Interrupted by SIGINT"],
  ];
  for (const [title, error, signal, service, status, message] of rows) {
    it(`${title}: ${status}`, () => {
      const ending = endingOf(error, { signal, service });
      assert.equal(ending.status, status);
      assert.deepEqual(ending.messages, [message]);
    });
  }

  it("every problem of the settings is a message of its own", () => {
    const { messages, advice } = endingOf(new UsageError(["a", "b"], { advice: "c" }), {
      signal: RUNNING,
      service: false,
    });
    assert.deepEqual({ messages, advice }, { messages: ["a", "b"], advice: "c" });
  });

  it("a defect says where it happened, and an operator's error does not", () => {
    const options = { signal: RUNNING, service: false };
    assert.match(endingOf(new TypeError("x"), options).stack?.[0] ?? "", /^at .*exit-status\.test\.ts/);
    assert.equal(endingOf(new OperatorError("x"), options).stack, undefined);
  });

  it("the statuses are those that the documentation promises", () => {
    assert.deepEqual(EXIT_STATUS, {
      done: 0,
      failed: 1,
      different: 1,
      usage: 2,
      partial: 3,
      interrupted: 130,
    });
  });
});
