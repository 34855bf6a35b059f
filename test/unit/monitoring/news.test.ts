/** Which change of state is news, and how it is sent. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Happening, RehearsalEnd } from "../../../src/monitoring/happenings.ts";
import { cloudEvent, mediaTypeFor } from "../../../src/monitoring/notifications/cloud-event.ts";
import { deliver } from "../../../src/monitoring/notifications/deliver.ts";
import { NO_NEWS, newsAfter } from "../../../src/monitoring/notifications/news.ts";
import { Notifier } from "../../../src/monitoring/notifications/notifier.ts";
import { Secret } from "../../../src/settings/secret.ts";
import type { Log } from "../../../src/terminal/log/log.ts";

const AT = new Date("2026-03-01T12:00:00.123Z");
const stored: Happening = {
  ...{ kind: "backup stored", backup: "b", time: AT, objects: 1, size: 1, seconds: 1 },
  ...{ missing: 0, warnings: 0 },
};
const failed: Happening = { kind: "backup failed", failures: 1, reason: "Cannot x: y" };
const gap: Happening = { kind: "log gap", until: AT, isExpected: false, isFinal: false };
const rehearsed = (refused: number, before?: RehearsalEnd): Happening => ({
  ...{ kind: "rehearsed", backup: "b", objects: 41, refused, before },
});
const rehearsalFailed = (before?: RehearsalEnd): Happening => ({
  ...{ kind: "rehearsal failed", reason: "Cannot x: y", before },
});
const REFUSED = "the cluster would refuse 2 of 41 objects of b";
const TAKEN = "the cluster would refuse none of 41 objects of b";
const minutes = (count: number) => new Date(AT.getTime() + count * 60_000);

describe("a change of state is news", () => {
  const cases: [
    title: string,
    happenings: [Happening, minute?: number][],
    expected: (string | undefined)[],
  ][] = [
    ["the first success is none, nor is the next", [[stored], [stored]], [undefined, undefined]],
    ["the first failure is, the next is not", [[failed], [failed]], ["backups fail: Cannot x: y", undefined]],
    [
      "a recovery is, once",
      [[stored], [failed], [failed], [stored], [stored], [failed]],
      [
        ...[
          undefined,
          "backups fail: Cannot x: y",
          undefined,
          "backups succeed again: b is stored",
          undefined,
        ],
        "backups fail: Cannot x: y",
      ],
    ],
    [
      "the gate's beginning is none, a restore that has ended is",
      [
        [{ kind: "gate passed", because: "flag" }],
        [{ kind: "restore begun", backup: "b", resumed: false }],
        [{ kind: "restore ended", backup: "b", objects: 851, refused: 0 }],
      ],
      [undefined, undefined, "restored from b: 851 objects"],
    ],
    ["rehearsals that go well are none", [[rehearsed(0)], [rehearsed(0, "taken")]], [undefined, undefined]],
    [
      "a rehearsal that finds refusals is, and the next is not, also after a restart",
      [[rehearsed(2)], [rehearsed(2, "taken")], [rehearsed(2, "refused")], [rehearsed(2, "failed")]],
      [REFUSED, REFUSED, undefined, REFUSED],
    ],
    [
      "that all would be taken again is",
      [[rehearsed(0, "refused")], [rehearsed(0, "failed")]],
      [TAKEN, TAKEN],
    ],
    [
      "a rehearsal without a result is, once",
      [[rehearsalFailed()], [rehearsalFailed("refused")], [rehearsalFailed("failed")]],
      [
        ...["a rehearsal of a restore failed: Cannot x: y", "a rehearsal of a restore failed: Cannot x: y"],
        undefined,
      ],
    ],
    [
      "a program that cannot start",
      [[{ kind: "start failed", how: "refused", reason: "Cannot restore: stale" }]],
      ["the restore gate refuses: Cannot restore: stale"],
    ],
    [
      "a gap, once an hour, where it is a fault",
      [[{ kind: "log begun" }], [{ ...gap, isExpected: true }], [gap], [gap, 59], [gap, 60], [gap, 61]],
      [
        ...[undefined, undefined],
        "the change log has ended: changes are stored up to 2026-03-01T12:00:00.123Z; it goes on with the next backup, and what changes until then is in no log",
        undefined,
        "the change log has ended: changes are stored up to 2026-03-01T12:00:00.123Z; it goes on with the next backup, and what changes until then is in no log",
        undefined,
      ],
    ],
  ];
  for (const [title, happenings, expected] of cases)
    test(title, () => {
      let state = NO_NEWS;
      const told = happenings.map(([happening, minute = 0]) => {
        const after = newsAfter(state, happening, minutes(minute));
        state = after.state;
        return after.news?.text;
      });
      assert.deepEqual(told, expected);
    });
});

test("the CloudEvent: a name of a cluster that is no part of a URL, and a text for people", () => {
  const news = { type: "backup.recovered", text: "backups succeed again", backup: "b" } as const;
  assert.deepEqual(cloudEvent(news, { cluster: "blue/1", at: AT, id: "1" }), {
    specversion: "1.0",
    id: "1",
    source: "/kube-backup/blue%2F1",
    type: "kube-backup.backup.recovered",
    time: "2026-03-01T12:00:00.123Z",
    subject: "b",
    text: "blue/1: backups succeed again",
    datacontenttype: "application/json",
    data: { cluster: "blue/1", message: "backups succeed again", backup: "b" },
  });
});

test("the media type: Slack takes plain JSON alone", () => {
  const cases: [url: string, expected: string][] = [
    ["https://hooks.slack.com/services/T/B/X", "application/json"],
    ["https://hooks.slack-gov.com/x", "application/json"],
    ["https://notslack.com/x", "application/cloudevents+json; charset=utf-8"],
    ["https://chat.example.com/hooks/x", "application/cloudevents+json; charset=utf-8"],
  ];
  for (const [url, expected] of cases) assert.equal(mediaTypeFor(url), expected, url);
});

describe("delivery", () => {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      requests.push({
        method: request.method,
        path: request.url,
        type: request.headers["content-type"],
        body,
      });
      const answer = answers.shift() ?? { status: 204 };
      if (answer.status === 0) return void request.socket.destroy();
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.text);
    });
  });
  let requests: {
    method?: string | undefined;
    path?: string | undefined;
    type?: string | undefined;
    body: string;
  }[];
  let answers: { status: number; headers?: Record<string, string>; text?: string }[];
  let base: string;
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => void server.close());
  beforeEach(() => {
    requests = [];
    answers = [];
  });
  const send = () =>
    deliver({ url: `${base}/hunter2`, environment: {} }, AbortSignal.timeout(20_000)).then(
      () => "",
      (error: Error) => error.message,
    );

  test("once, where it is taken", async () => {
    assert.equal(await send(), "");
    assert.deepEqual(requests, [{ method: "GET", path: "/hunter2", type: undefined, body: "" }]);
  });

  test("again after a broken connection", async () => {
    answers = [{ status: 0 }];
    assert.equal(await send(), "");
    assert.equal(requests.length, 2);
  });

  test("a redirect is not followed, and nothing of the answer or of the URL is told", async () => {
    answers = [{ status: 302, headers: { location: `${base}/elsewhere` }, text: "hunter2" }];
    assert.equal(await send(), "HTTP 302");
    assert.deepEqual(
      requests.map(({ path }) => path),
      ["/hunter2"],
    );
  });

  test("what is refused is not sent again", async () => {
    answers = [{ status: 404 }];
    assert.equal(await send(), "HTTP 404");
    assert.equal(requests.length, 1);
  });

  test("a night: one message for the failures, one for the recovery, and a heartbeat for each backup", async () => {
    const warnings: string[] = [];
    const log = {
      warn: (fields: object, message: string) => warnings.push(JSON.stringify([fields, message])),
    };
    answers = [{ status: 204 }, { status: 204 }, { status: 404, text: "hunter2" }];
    const notifier = new Notifier({
      ...{ notifyUrl: new Secret(`${base}/hunter2`), heartbeatUrl: undefined },
      cluster: async () => "blue",
      environment: {},
      newId: () => "1",
      log: log as unknown as Log,
    });
    for (const happening of [stored, failed, failed, stored]) notifier.listener(happening, AT);
    notifier.listener({ kind: "start failed", how: "failed", reason: "Cannot x" }, AT);
    await notifier.close(10_000);
    const texts = requests.map(({ body }) => JSON.parse(body).text);
    assert.deepEqual(texts, [
      "blue: backups fail: Cannot x: y",
      "blue: backups succeed again: b is stored",
      "blue: the program cannot start: Cannot x",
    ]);
    assert.deepEqual(warnings, ['[{"reason":"HTTP 404"},"NOTIFY_URL was not reached; backups go on"]']);

    requests = [];
    const heart = new Notifier({
      ...{ notifyUrl: undefined, heartbeatUrl: new Secret(`${base}/beat`) },
      cluster: async () => "blue",
      environment: {},
      newId: () => "1",
      log: log as unknown as Log,
    });
    for (const happening of [stored, failed, stored]) heart.listener(happening, AT);
    await heart.close(10_000);
    assert.deepEqual(
      requests.map(({ path }) => path),
      ["/beat", "/beat"],
    );
  });
});
