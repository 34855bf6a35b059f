import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { ALL_SETTINGS, type SettingDefinition } from "../../../src/settings/names.ts";
import { readSettings } from "../../../src/settings/settings.ts";

function settings(environment: Record<string, string>, flags: Record<string, unknown> = {}) {
  return readSettings({ environment, flags, needs: [] });
}

function problems(environment: Record<string, string>): readonly string[] {
  try {
    settings(environment);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems;
  }
  return [];
}

describe("KUBE_BACKUP_NAME", () => {
  for (const { variable } of Object.values(ALL_SETTINGS) as SettingDefinition[]) {
    // Some have no name without the prefix.
    if (variable === undefined || variable.startsWith("KUBE_BACKUP_")) continue;
    // Any command is one.
    if (variable === "PAGER") continue;
    it(`is read for ${variable}, and wins over it`, () => {
      // No setting takes a comma alone.
      const wrong = " , ";
      const own = problems({ [`KUBE_BACKUP_${variable}`]: wrong, [variable]: "" });
      const other = problems({ [variable]: wrong });
      assert.equal(own.length, 1, variable);
      assert.deepEqual(
        own.map((line) => line.replace("KUBE_BACKUP_", "")),
        other,
      );
      assert.match(own[0] ?? "", new RegExp(`^KUBE_BACKUP_${variable} \\(--`));
    });
  }

  it("wins over NAME, and a flag over both", () => {
    const environment = { KUBE_BACKUP_FREQUENCY: "5", FREQUENCY: "15" };
    assert.equal(settings(environment).frequencyMinutes, 5);
    assert.equal(settings(environment, { frequency: "7" }).frequencyMinutes, 7);
    assert.equal(settings({ KUBE_BACKUP_FREQUENCY: " \n", FREQUENCY: "15" }).frequencyMinutes, 15);
  });

  it("is read for the region", () => {
    assert.equal(settings({ KUBE_BACKUP_AWS_REGION: "eu-west-1\n", AWS_REGION: "x" }).region, "eu-west-1");
  });

  it("is read for the access key, which is never mixed with another program's", () => {
    const theirs = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" };
    const ours = { KUBE_BACKUP_AWS_ACCESS_KEY_ID: "ours\n", KUBE_BACKUP_AWS_SECRET_ACCESS_KEY: "our secret" };
    const { accessKey } = settings({ ...theirs, ...ours });
    assert.equal(accessKey?.accessKeyId.reveal(), "ours");
    assert.equal(accessKey?.secretAccessKey.reveal(), "our secret");
    assert.equal(accessKey?.sessionToken, undefined);
    assert.deepEqual(settings({ ...theirs, ...ours }).accessKey?.sharedVariables, []);
    assert.deepEqual(settings(theirs).accessKey?.sharedVariables, Object.keys(theirs));
    assert.deepEqual(problems({ ...theirs, KUBE_BACKUP_AWS_ACCESS_KEY_ID: "ours" }), [
      "KUBE_BACKUP_AWS_SECRET_ACCESS_KEY is missing, and KUBE_BACKUP_AWS_ACCESS_KEY_ID is set: set both, or neither to use a profile or a role",
    ]);
  });
});

describe("the S3 server", () => {
  const rows: [environment: Record<string, string>, endpoint: string | undefined][] = [
    [{}, undefined],
    [{ AWS_ENDPOINT_URL: "http://all:1" }, "http://all:1/"],
    [{ AWS_ENDPOINT_URL: "http://all:1", AWS_ENDPOINT_URL_S3: "http://s3:2\n" }, "http://s3:2/"],
    [
      { AWS_ENDPOINT_URL: "http://all:1", AWS_ENDPOINT_URL_S3: "http://s3:2", ENDPOINT_URI: "http://our:3" },
      "http://our:3/",
    ],
    [{ AWS_ENDPOINT_URL: "http://all:1", ENDPOINT_URI: "" }, "http://all:1/"],
    [{ AWS_ENDPOINT_URL: "http://all:1", KUBE_BACKUP_ENDPOINT_URI: "http://our:3" }, "http://our:3/"],
    [{ AWS_ENDPOINT_URL: "http://all:1", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, undefined],
    [{ ENDPOINT_URI: "http://our:3", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, "http://our:3/"],
  ];
  for (const [environment, endpoint] of rows) {
    it(`is ${endpoint} of ${JSON.stringify(environment)}`, () => {
      assert.equal(settings(environment).endpoint?.href, endpoint);
    });
  }

  it("is judged under the name of the variable that it comes from", () => {
    assert.deepEqual(problems({ AWS_ENDPOINT_URL_S3: "minio:9000" }), [
      'AWS_ENDPOINT_URL_S3 (--endpoint-uri) "minio:9000" is not a URL: write http://HOST:PORT or https://HOST',
    ]);
  });
});
