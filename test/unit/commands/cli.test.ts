import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, type CommandContext, defineCommand } from "../../../src/command-line/command.ts";
import { Interruption } from "../../../src/command-line/interruption.ts";
import { OUTPUT_OPTION } from "../../../src/command-line/options.ts";
import { runCli } from "../../../src/commands/cli.ts";
import { OperatorError, PartialError } from "../../../src/errors.ts";

interface Run {
  status: number;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  environment?: Record<string, string>;
  /** Whether standard error is a terminal. */
  terminal?: boolean;
  /** Width of the terminal. */
  columns?: number;
  signal?: AbortSignal;
  /** Whether the command runs until it is stopped. */
  service?: boolean;
}

/** Runs one command line with a command `try` that does what the test says. */
async function run(
  line: string,
  handler: (context: CommandContext) => Promise<void> | void,
  {
    environment = {},
    terminal = false,
    columns,
    signal = new AbortController().signal,
    service = false,
  }: RunOptions = {},
): Promise<Run> {
  const command: Command = defineCommand({
    command: "try",
    describe: "Try something",
    needs: ["s3target"],
    service,
    builder: (yargs) => yargs.options(OUTPUT_OPTION),
    handler: async (context) => await handler(context),
  });
  const streams = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof streams, isTTY: boolean) => ({
    isTTY,
    columns,
    write: (text: string) => {
      streams[name] += text;
    },
  });
  const status = await runCli({
    args: line.split(" "),
    environment: { S3TARGET: "s3://bucket", ...environment },
    commands: [command],
    stdout: stream("stdout", false),
    stderr: stream("stderr", terminal),
    signal,
    now: () => new Date("2026-01-31T12:00:00Z"),
    monotonic: () => performance.now(),
  });
  return { status, ...streams };
}

const fail = (error: Error) => () => {
  throw error;
};
const DENIED = new OperatorError("Cannot list backups in s3://bucket: access denied", {
  advice: "Allow s3:ListBucket",
  cause: new Error("AccessDenied"),
});

describe("a command that succeeds", () => {
  it("shows its result as text, or as one JSON document", async () => {
    const handler = ({ output }: CommandContext) =>
      output.show({ json: { objects: 5 }, text: () => ["5 objects"] });
    assert.deepEqual(await run("try", handler), { status: 0, stdout: "5 objects\n", stderr: "" });
    const { stdout } = await run("try -o json", handler);
    assert.deepEqual(JSON.parse(stdout), { schemaVersion: 1, objects: 5 });
  });

  it("has settings, flags, clock and log", async () => {
    const { status, stderr } = await run("try --debug --log-format json", ({ settings, flags, log, now }) => {
      assert.deepEqual(settings.s3target, { kind: "s3", bucket: "bucket", prefix: "" });
      assert.equal((flags as { output: string }).output, "table");
      assert.equal(now().getTime(), Date.UTC(2026, 0, 31, 12));
      log.debug("Detail");
    });
    assert.equal(status, 0);
    assert.equal(JSON.parse(stderr).msg, "Detail");
  });
});

describe("a command that fails", () => {
  it("off a terminal says the same, for a person who reads the pipe", async () => {
    for (const environment of [{}, { LOG_FORMAT: "text" }, { LOG_FORMAT: "xml" }] as Record<
      string,
      string
    >[]) {
      const { stderr } = await run("try", fail(DENIED), { environment });
      assert.match(stderr, /^error: .*\n/);
      assert.doesNotMatch(stderr, /^\{/);
    }
  });

  it("with LOG_FORMAT=json, and a service off a terminal, ends with a line of the log", async () => {
    const asked = { environment: { LOG_FORMAT: "json" } };
    for (const [line, options] of [
      ["try", asked],
      ["try --log-format json", {}],
      ["try --log-format=json", { terminal: true }],
      ["try", { service: true }],
    ] as const) {
      const { stderr } = await run(line, fail(DENIED), options);
      assert.equal(JSON.parse(stderr).msg, DENIED.message, line);
    }
    const { status, stdout, stderr } = await run("try", fail(DENIED), asked);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.deepEqual(JSON.parse(stderr), {
      level: "error",
      time: "2026-01-31T12:00:00.000Z",
      exitStatus: 1,
      advice: "Allow s3:ListBucket",
      msg: "Cannot list backups in s3://bucket: access denied",
    });
  });

  it("on a narrow terminal wraps between words", async () => {
    const { stderr } = await run("try", fail(DENIED), { terminal: true, columns: 40 });
    assert.equal(stderr, "error: Cannot list backups in\ns3://bucket: access denied\nAllow s3:ListBucket\n");
  });

  it("on a terminal says error and advice in plain words", async () => {
    const { stderr } = await run("try", fail(DENIED), { terminal: true });
    assert.equal(stderr, "error: Cannot list backups in s3://bucket: access denied\nAllow s3:ListBucket\n");
  });

  it("shows the cause at DEBUG", async () => {
    const environment = { DEBUG: "true", LOG_FORMAT: "json" };
    const { stderr } = await run("try", fail(DENIED), { environment });
    const [, detail] = stderr.trim().split("\n");
    assert.equal(JSON.parse(detail ?? "").err.cause.message, "AccessDenied");
  });

  it("with --output json writes the error as the one document", async () => {
    const { status, stdout } = await run("try -o json", fail(DENIED));
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(stdout), {
      schemaVersion: 1,
      error: DENIED.message,
      advice: DENIED.advice,
      exitStatus: 1,
    });
  });

  it("with --output json writes no second document after its result", async () => {
    const { status, stdout } = await run("try -o json", ({ output }) => {
      output.show({ json: { failed: 1 }, text: () => [] });
      throw new PartialError("Cannot restore one object");
    });
    assert.equal(status, 3);
    assert.deepEqual(JSON.parse(stdout), { schemaVersion: 1, failed: 1 });
  });
});

describe("a command that never runs", () => {
  const never = () => assert.fail("the command ran");

  it("with wrong settings says all of them, one line each", async () => {
    const environment = { S3TARGET: "x", FREQUENCY: "ten" };
    const asJson = { environment: { ...environment, LOG_FORMAT: "json" } };
    const { status, stderr } = await run("try", never, asJson);
    assert.equal(status, 2);
    assert.deepEqual(
      stderr
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).msg.split(" ")[0]),
      ["S3TARGET", "FREQUENCY"],
    );
    const { stderr: text } = await run("try", never, { environment, terminal: true });
    assert.match(text, /^error: S3TARGET .*\nerror: FREQUENCY .*\n$/);
  });

  it("with a wrong flag says so", async () => {
    const { status, stderr } = await run("try --debgu", never, { terminal: true });
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^error: --debgu is no flag of this command: did you mean --debug\?\nRun kube-backup --help/,
    );
  });

  it("help and version touch no setting", async () => {
    for (const line of ["--help", "--version", "try --help"]) {
      const { status, stdout, stderr } = await run(line, never, { environment: { S3TARGET: "x" } });
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(stdout.endsWith("\n"));
    }
  });
});

it("an interrupted command ends with 130 and no error", async () => {
  const controller = new AbortController();
  const { status, stderr } = await run(
    "try",
    ({ signal }) => {
      controller.abort(new Interruption("SIGINT"));
      signal.throwIfAborted();
    },
    { signal: controller.signal, terminal: true },
  );
  assert.deepEqual([status, stderr], [130, "Interrupted by SIGINT\n"]);
});

it("an interrupted command that takes its time says how to end it at once", async () => {
  const controller = new AbortController();
  const { status, stderr } = await run(
    "try",
    async ({ signal }) => {
      controller.abort(new Interruption("SIGINT"));
      await sleep(1_300);
      signal.throwIfAborted();
    },
    { signal: controller.signal, terminal: true },
  );
  const lines = ["Stopping in good order; Ctrl-C once more stops at once", "Interrupted by SIGINT"];
  assert.deepEqual([status, stderr], [130, `${lines.join("\n")}\n`]);
});

it("progress is shown on a terminal, and not with --quiet, on a dumb one, or of a service's", async () => {
  const work = async ({ progress }: CommandContext) => {
    const stage = progress({ title: "Trying", unit: "objects" });
    stage.advance(3);
    await sleep(700);
    stage.end();
  };
  const shown = async (line: string, options: RunOptions) =>
    /Trying {2}3/.test((await run(line, work, options)).stderr);
  assert.equal(await shown("try", { terminal: true }), true);
  assert.equal(await shown("try -o json", { terminal: true }), true);
  assert.equal(await shown("try --quiet", { terminal: true }), false);
  assert.equal(await shown("try", { terminal: true, environment: { TERM: "dumb" } }), false);
  assert.equal(await shown("try", { terminal: true, service: true }), false);
  assert.equal(await shown("try", {}), false);
});

it("NO_COLOR and a dumb terminal take the colours out of the log", async () => {
  const handler = ({ log }: CommandContext) => log.warn("Careful");
  const plain = [{ NO_COLOR: "1" }, { TERM: "dumb" }, { NO_COLOR: "1", TERM: "xterm" }];
  for (const environment of plain) {
    const { stderr } = await run("try", handler, { environment, terminal: true });
    assert.ok(!stderr.includes("\u001b"), JSON.stringify(stderr));
  }
  const { stderr } = await run("try", handler, { environment: { NO_COLOR: "" }, terminal: true });
  assert.ok(stderr.includes("\u001b"));
});

describe("what has Node print secrets", () => {
  for (const [name, value] of [
    ["NODE_DEBUG", "http"],
    ["NODE_DEBUG", "parts,child_process"],
    ["NODE_DEBUG", "*"],
    ["NODE_DEBUG_NATIVE", "TLS"],
  ] as const) {
    it(`${name}=${value} is refused before anything is done`, async () => {
      const { status, stderr } = await run("try", () => assert.fail("it ran"), {
        environment: { [name]: value },
        terminal: true,
      });
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`^error: ${name} is ".*": Node would print .*secrets`));
    });
  }
  it("is not that of the executable's parts", async () => {
    assert.equal((await run("try", () => {}, { environment: { NODE_DEBUG: "parts" } })).status, 0);
  });
});
