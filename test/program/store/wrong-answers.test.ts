/** What the gate, list and status say of a store whose answers are not to be believed: other answers, another clock. */

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { exists, FLAG, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type S3Answer, type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const BUCKET = "backups";
const MINUTE = 60_000;

let cluster: ControlPlane;
let minio: S3Server;
let proxy: S3Proxy;
let env: Record<string, string>;

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket(BUCKET);
  proxy = await startS3Proxy(minio.port);
  env = programEnvironment(cluster, { ...minio, endpoint: proxy.endpoint.href }, BUCKET);
});
beforeEach(async () => {
  proxy.fault = undefined;
  await remove(cluster, FLAG);
});
after(async () => {
  await proxy?.stop();
  await minio?.stop();
  await cluster?.stop();
});

async function assertNothingWritten(): Promise<void> {
  assert.equal(await exists(cluster, FLAG), false, "the flag is written");
  assert.equal(await exists(cluster, RECORD), false, "a restore is on record");
}

/** Runs the loop until a line is seen, and ends it. */
async function runUntil(pattern: RegExp): Promise<string> {
  const program = startProgram(["run"], { env });
  await program.saw(pattern);
  program.child.kill("SIGTERM");
  return (await program.ended).stderr;
}

describe("A listing that is not the answer is an error, and writes no flag:", () => {
  const listings: Record<string, (answer: S3Answer) => Partial<S3Answer>> = {
    "a login page": () => ({ body: "<html><body>Log in</body></html>" }),
    "an empty IsTruncated": ({ body }) => ({
      body: body.replace("<IsTruncated>false</IsTruncated>", "<IsTruncated></IsTruncated>"),
    }),
    "a KeyCount without keys": ({ body }) => ({
      body: body.replace(/<KeyCount>\d+/, "<KeyCount>3"),
    }),
    "another bucket": ({ body }) => ({ body: body.replace(`<Name>${BUCKET}<`, "<Name>other<") }),
  };
  for (const [what, alter] of Object.entries(listings)) {
    test(what, async () => {
      proxy.fault = ({ url }) => (url.includes("list-type=2") ? { alter } : undefined);
      for (const args of [["run"], ["list"], ["status"], ["prune", "--keep-last", "1", "--yes"]]) {
        const { status, stdout, stderr } = await runProgram(args, { env });
        assert.equal(status, 1, `${args}: ${stderr}`);
        assert.match(
          stderr,
          /Cannot list backups in s3:\S+: what answers at http:\S+ is no S3 server \(it answers /,
        );
        assert.doesNotMatch(`${stdout}${stderr}`, /[Nn]o backups/);
      }
      await assertNothingWritten();
    });
  }
});

describe("A clock that is not the server's", () => {
  const ahead = (milliseconds: number) => {
    proxy.fault = () => ({
      alter: ({ headers }) => ({
        headers: { ...headers, date: new Date(Date.now() + milliseconds).toUTCString() },
      }),
    });
  };

  test("by more than five minutes: the gate restores nothing and writes no flag", async () => {
    for (const minutes of [6, -6]) {
      ahead(minutes * MINUTE);
      const { status, stderr } = await runProgram(["run"], { env });
      assert.equal(status, 1, stderr);
      const where = minutes > 0 ? "behind" : "ahead of";
      const said = `Cannot decide whether to restore: the clock of this machine is (5m 59|6m|6m 1)s? ?\\w* ?${where} the store's`;
      assert.match(stderr, new RegExp(said));
      await assertNothingWritten();
    }
  });

  test("by more than one minute: run, backup and status warn once, and go on", async () => {
    ahead(2 * MINUTE);
    const warning = /"level":"warn".*The clock of this machine is [\dm s]+ behind the store's/g;
    const stderr = await runUntil(/"msg":"Next backup"/);
    assert.equal(stderr.match(warning)?.length, 1, stderr);
    assert.equal(await exists(cluster, FLAG), true);
    for (const args of [["backup"], ["status"]]) {
      const ended = await runProgram(args, { env });
      assert.equal(ended.status, 0, ended.stderr);
      assert.equal(ended.stderr.match(warning)?.length, 1, ended.stderr);
    }
  });

  test("by less: nobody is told", async () => {
    ahead(45_000);
    const { stderr } = await runProgram(["status"], { env });
    assert.doesNotMatch(stderr, /clock/);
  });
});
