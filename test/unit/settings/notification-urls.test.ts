import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { NO_ENTRIES } from "../../../src/settings/file-entries.ts";
import { readNotificationUrls } from "../../../src/settings/notification-urls.ts";
import { isOwnVariable } from "../../../src/settings/variables.ts";

const URL = "https://hooks.example.com/hunter2";
let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-urls-"));
  await writeFile(path.join(folder, "url"), `${URL}\n`);
  await writeFile(path.join(folder, "wrong"), "hunter2\n");
});
after(() => rm(folder, { recursive: true, force: true }));

test("from the variable, from a file, and nothing that shows them", () => {
  const cases: [
    environment: () => Record<string, string>,
    expected: string | undefined,
    problems: RegExp[],
  ][] = [
    [() => ({}), undefined, []],
    [() => ({ NOTIFY_URL: `${URL}\n` }), URL, []],
    [() => ({ KUBE_BACKUP_NOTIFY_URL: URL, NOTIFY_URL: "http://other/" }), URL, []],
    [() => ({ NOTIFY_URL_FILE: path.join(folder, "url") }), URL, []],
    [() => ({ NOTIFY_URL: "hunter2" }), undefined, [/^NOTIFY_URL is no URL, and is not shown/]],
    [() => ({ NOTIFY_URL: "ftp://hunter2/" }), undefined, [/^NOTIFY_URL is no URL/]],
    [() => ({ NOTIFY_URL_FILE: path.join(folder, "wrong") }), undefined, [/^NOTIFY_URL_FILE is no URL/]],
    [() => ({ NOTIFY_URL_FILE: path.join(folder, "none") }), undefined, [/^NOTIFY_URL_FILE cannot be read/]],
  ];
  for (const [environment, expected, problems] of cases) {
    const found = readNotificationUrls(environment(), NO_ENTRIES);
    assert.equal(found.urls.notifyUrl?.reveal(), expected);
    assert.equal(found.problems.length, problems.length);
    for (const [index, problem] of problems.entries()) assert.match(found.problems[index] ?? "", problem);
    assert.doesNotMatch(inspect(found) + JSON.stringify(found), /hunter2/);
  }
});

test("what the program starts does not inherit them", () => {
  for (const name of ["NOTIFY_URL", "HEARTBEAT_URL"]) assert.equal(isOwnVariable(name), true, name);
});
