import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { type NeededSetting, readSettings } from "../../../src/settings/settings.ts";

const RUN: NeededSetting[] = ["s3target", "frequencyMinutes", "maxRestoreAgeMinutes"];
const GOOD = { S3TARGET: "s3://bucket/prefix", FREQUENCY: "15", MAXRESTOREAGE: "1440" };

interface Case {
  environment?: Record<string, string>;
  flags?: Record<string, unknown>;
  needs?: NeededSetting[];
}

function problemsOf({ environment = {}, flags = {}, needs = RUN }: Case): readonly string[] {
  try {
    readSettings({ environment: { ...GOOD, ...environment }, flags, needs });
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems;
  }
  return [];
}

describe("minutes", () => {
  for (const [text, minutes] of [
    ["15", 15],
    ["5m", 5],
    ["6h", 360],
    ["1d", 1_440],
    ["120s", 2],
  ] as const) {
    it(`${text} is ${minutes}`, () => {
      const environment = { FREQUENCY: text, MAXRESTOREAGE: text };
      const settings = readSettings({ environment, flags: {}, needs: [] });
      assert.deepEqual([settings.frequencyMinutes, settings.maxRestoreAgeMinutes], [minutes, minutes]);
    });
  }
});

describe("bad settings", () => {
  const minutes =
    "is no whole number of minutes above 0: write it in plain digits, for example 15, or as 6h or 1d";
  const rows: [title: string, given: Case, problem: string][] = [
    [
      "S3TARGET without a URL",
      { environment: { S3TARGET: "my-bucket" } },
      'S3TARGET (--s3target) "my-bucket" is not a URL: write s3://BUCKET/PREFIX or file:///FOLDER',
    ],
    [
      "S3TARGET empty",
      { environment: { S3TARGET: " \n" } },
      "S3TARGET (--s3target) is empty: write s3://BUCKET/PREFIX or file:///FOLDER",
    ],
    [
      "S3TARGET without a bucket",
      { environment: { S3TARGET: "s3:///prefix" } },
      'S3TARGET (--s3target) "s3:///prefix" has no bucket: write s3://BUCKET/PREFIX',
    ],
    [
      "S3TARGET of another scheme",
      { environment: { S3TARGET: "gs://bucket" } },
      'S3TARGET (--s3target) "gs://bucket" has the scheme gs, which is not known here: write s3://BUCKET/PREFIX or file:///FOLDER',
    ],
    ...["0", "00", "-5", "1.5", "ten", "1e3", "+5", "90s", "0m", "5x", "0x10", "١٥", "1 5"].map(
      (value): [string, Case, string] => [
        `FREQUENCY ${value}`,
        { environment: { FREQUENCY: value } },
        `FREQUENCY (--frequency) "${value}" ${minutes}`,
      ],
    ),
    ...["0", "-5", "1.5", "ten", "1e3"].map((value): [string, Case, string] => [
      `MAXRESTOREAGE ${value}`,
      { environment: { MAXRESTOREAGE: value } },
      `MAXRESTOREAGE (--max-restore-age) "${value}" ${minutes}`,
    ]),
    ...["0", "0.0", "-5", "ten", "1e3", ".5", "5/s"].map((value): [string, Case, string] => [
      `MAX_QPS ${value}`,
      { environment: { MAX_QPS: value } },
      `MAX_QPS (--max-qps) "${value}" is no number of requests a second above 0: write it in plain digits, for example 50`,
    ]),
    ...["60", "0s", "61m", "1.5m", "soon"].map((value): [string, Case, string] => [
      `LEASE_TERM ${value}`,
      { environment: { LEASE_TERM: value } },
      `LEASE_TERM (--lease-term) "${value}" is no length of time from 1s to 1h: write for example 60s, or 2m`,
    ]),
    [
      "more minutes than dates can bear",
      { environment: { MAXRESTOREAGE: "1000000001" } },
      'MAXRESTOREAGE (--max-restore-age) "1000000001" is more than 1000000000 minutes: write a smaller number',
    ],
    [
      "FREQUENCY empty",
      { environment: { FREQUENCY: "" } },
      "FREQUENCY (--frequency) is empty: set the minutes from one backup to the next, for example 15",
    ],
    [
      "INCLUDE_NAMESPACES with a capital",
      { environment: { INCLUDE_NAMESPACES: "shop,Team" } },
      'INCLUDE_NAMESPACES (--include-namespaces) "shop,Team" has "Team" in it, which names no namespace: write small letters, digits, "-", "*" or "?", for example shop,team-*',
    ],
    [
      "EXCLUDE_NAMESPACES of commas",
      { environment: { EXCLUDE_NAMESPACES: ", ," } },
      'EXCLUDE_NAMESPACES (--exclude-namespaces) ", ," names no namespace: write small letters, digits, "-", "*" or "?", for example shop,team-*',
    ],
    [
      "a wrong flag over a right variable",
      { flags: { frequency: "ten" } },
      `--frequency (FREQUENCY) "ten" ${minutes}`,
    ],
    [
      "a flag given twice",
      { flags: { frequency: ["5", "6"] } },
      "--frequency (FREQUENCY) is given more than once: give it once",
    ],
    [
      "a key without its secret",
      { environment: { AWS_ACCESS_KEY_ID: "AKIA" } },
      "AWS_SECRET_ACCESS_KEY is missing, and AWS_ACCESS_KEY_ID is set: set both, or neither to use a profile or a role",
    ],
    [
      "a secret without its key",
      { environment: { AWS_SECRET_ACCESS_KEY: "TOP-SECRET" } },
      "AWS_ACCESS_KEY_ID is missing, and AWS_SECRET_ACCESS_KEY is set: set both, or neither to use a profile or a role",
    ],
    [
      "ENDPOINT_URI without a scheme",
      { environment: { ENDPOINT_URI: "localhost:9000" } },
      'ENDPOINT_URI (--endpoint-uri) "localhost:9000" is not a URL: write http://HOST:PORT or https://HOST',
    ],
    [
      "ENDPOINT_URI that is no URL",
      { environment: { ENDPOINT_URI: "http://a b" } },
      'ENDPOINT_URI (--endpoint-uri) "http://a b" is not a URL: write http://HOST:PORT or https://HOST',
    ],
    [
      "ENDPOINT_URI of another scheme",
      { environment: { ENDPOINT_URI: "ftp://host" } },
      'ENDPOINT_URI (--endpoint-uri) "ftp://host" has the scheme ftp: write http://HOST:PORT or https://HOST',
    ],
    [
      "ENDPOINT_URI with a query",
      { environment: { ENDPOINT_URI: "http://host/?a=b" } },
      'ENDPOINT_URI (--endpoint-uri) "http://host/?a=b" has a part after "?" or "#": write http://HOST:PORT or https://HOST',
    ],
    [
      "DEBUG in other words",
      { environment: { DEBUG: "maybe" } },
      'DEBUG (--debug) "maybe" is neither true nor false: write one of them',
    ],
    [
      "RESTORE_INTO_EMPTY_ONLY in other words",
      { environment: { RESTORE_INTO_EMPTY_ONLY: "2" } },
      'RESTORE_INTO_EMPTY_ONLY (--restore-into-empty-only) "2" is neither true nor false: write one of them',
    ],
    [
      "a kubeconfig that is not there",
      { environment: { KUBECONFIG: "/nonexistent/config\n" } },
      'KUBECONFIG (--kubeconfig) "/nonexistent/config" cannot be read: there is no such file',
    ],
  ];
  for (const [title, given, problem] of rows) {
    it(`${title}: one problem that says what would be right`, () => {
      assert.deepEqual(problemsOf(given), [problem]);
    });
  }

  it("are all told at once", () => {
    const environment = {
      S3TARGET: "x",
      FREQUENCY: "0",
      MAXRESTOREAGE: "ten",
      DEBUG: "?",
      ENDPOINT_URI: "y",
    };
    assert.equal(problemsOf({ environment: { ...environment, AWS_ACCESS_KEY_ID: "A" } }).length, 6);
  });

  it("that are missing are named, for the command that needs them", () => {
    for (const [needs, names] of [
      [RUN, ["S3TARGET", "FREQUENCY", "MAXRESTOREAGE"]],
      [["s3target"], ["S3TARGET"]],
      [[], []],
    ] as [NeededSetting[], string[]][]) {
      const missing = { environment: {}, flags: {}, needs };
      if (names.length === 0) assert.doesNotThrow(() => readSettings(missing));
      else {
        assert.throws(
          () => readSettings(missing),
          (error: UsageError) => {
            assert.deepEqual(
              error.problems.map((line) => /^(\w+) \(--[a-z0-9-]+\) is missing: \w/.exec(line)?.[1]),
              names,
            );
            return true;
          },
        );
      }
    }
  });

  it("are told also where the command does not need them", () => {
    assert.equal(problemsOf({ environment: { FREQUENCY: "ten" }, needs: ["s3target"] }).length, 1);
  });

  it("never show a password or a secret key", () => {
    const secret = "hunter2";
    const lines = [
      { S3TARGET: `s3://key:${secret}@bucket/x` },
      { S3TARGET: `s3://key:${secret}/more${secret}@bucket/x` },
      { S3TARGET: `https://key:${secret}@host/x` },
      { ENDPOINT_URI: `http://key:${secret}@host` },
      { ENDPOINT_URI: `http://key:${secret}/${secret}@host` },
      { AWS_SECRET_ACCESS_KEY: secret },
      { AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: secret },
    ].flatMap((environment) => problemsOf({ environment }));
    assert.equal(lines.length, 7);
    for (const line of lines) assert.ok(!line.includes(secret), line);
  });
});

describe("good settings", () => {
  it("come from the environment, without the line break that Secrets end in", () => {
    const settings = readSettings({
      environment: {
        S3TARGET: "s3://bucket/prefix/\n",
        FREQUENCY: " 10\n",
        MAXRESTOREAGE: "1440\r\n",
        ENDPOINT_URI: "http://minio:9000\n",
        AWS_ACCESS_KEY_ID: "id\n",
        AWS_SECRET_ACCESS_KEY: "secret\n",
        AWS_SESSION_TOKEN: "token\n",
        AWS_REGION: "eu-west-1\n",
        DEBUG: "True\n",
        RESTORE_INTO_EMPTY_ONLY: "yes\n",
        LEASE_TERM: "1m30s\n",
        S3_STORAGE_CLASS: "STANDARD_IA\n",
      },
      flags: {},
      needs: RUN,
    });
    const { accessKey, endpoint, ...rest } = settings;
    assert.deepEqual(rest, {
      s3target: { kind: "s3", bucket: "bucket", prefix: "prefix" },
      frequencyMinutes: 10,
      maxRestoreAgeMinutes: 1440,
      region: "eu-west-1",
      s3: { storageClass: "STANDARD_IA" },
      expectBackup: false,
      unsigned: false,
      restoreIntoEmptyOnly: true,
      leaseTerm: 90_000,
      programNamespace: "kube-system",
      allowShared: false,
      quiet: false,
      debug: true,
    });
    assert.equal(endpoint?.href, "http://minio:9000/");
    assert.equal(accessKey?.accessKeyId.reveal(), "id");
    assert.equal(accessKey?.secretAccessKey.reveal(), "secret");
    assert.equal(accessKey?.sessionToken?.reveal(), "token");
  });

  it("are those of the flags, where both are given", () => {
    const flags = {
      s3target: "file:///backups",
      frequency: "1",
      "max-restore-age": "2",
      quiet: false,
      debug: false,
      context: "blue",
    };
    const environment = { ...GOOD, DEBUG: "true" };
    assert.deepEqual(readSettings({ environment, flags, needs: RUN }), {
      s3target: { kind: "file", folder: "/backups" },
      frequencyMinutes: 1,
      maxRestoreAgeMinutes: 2,
      expectBackup: false,
      unsigned: false,
      restoreIntoEmptyOnly: false,
      leaseTerm: 60_000,
      programNamespace: "kube-system",
      allowShared: false,
      context: "blue",
      quiet: false,
      debug: false,
    });
  });

  it("may be intervals longer than a timer holds", () => {
    const environment = { ...GOOD, FREQUENCY: "52596000", MAXRESTOREAGE: "1000000000" };
    assert.equal(readSettings({ environment, flags: {}, needs: RUN }).frequencyMinutes, 52_596_000);
  });

  it("are not there where they are empty and nobody needs them", () => {
    const environment = {
      S3TARGET: "",
      FREQUENCY: "",
      ENDPOINT_URI: "\n",
      DEBUG: "",
      KUBECONFIG: "",
      AWS_REGION: "",
    };
    const keys = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "\n" };
    const settings = readSettings({ environment: { ...environment, ...keys }, flags: {}, needs: [] });
    assert.deepEqual(settings, {
      expectBackup: false,
      unsigned: false,
      restoreIntoEmptyOnly: false,
      leaseTerm: 60_000,
      programNamespace: "kube-system",
      allowShared: false,
      quiet: false,
      debug: false,
    });
  });

  it("take the region from AWS_DEFAULT_REGION where AWS_REGION says none", () => {
    const environment = { AWS_REGION: " ", AWS_DEFAULT_REGION: "eu-north-1" };
    assert.equal(readSettings({ environment, flags: {}, needs: [] }).region, "eu-north-1");
  });
});

describe("KUBECONFIG", () => {
  let folder: string;
  let first: string;
  let second: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-settings-"));
    first = path.join(folder, "first");
    second = path.join(folder, "second");
    await writeFile(first, "");
    await writeFile(second, "");
  });
  after(() => rm(folder, { recursive: true }));

  it("is one file, named by variable or flag", () => {
    assert.equal(
      readSettings({ environment: { KUBECONFIG: first }, flags: {}, needs: [] }).kubeconfig,
      first,
    );
    const flags = { kubeconfig: second };
    assert.equal(readSettings({ environment: { KUBECONFIG: first }, flags, needs: [] }).kubeconfig, second);
  });

  it("may list several files, of which some are there and those can be read", () => {
    const missing = path.join(folder, "missing");
    for (const list of [
      [first, second],
      [first, missing],
      [missing, second],
    ]) {
      const several = list.join(path.delimiter);
      const { kubeconfig } = readSettings({ environment: { KUBECONFIG: several }, flags: {}, needs: [] });
      assert.equal(kubeconfig, several);
    }
    const [none] = problemsOf({ environment: { KUBECONFIG: [missing, missing].join(path.delimiter) } });
    assert.ok(none?.endsWith(`cannot be read: there is no such file, ${missing}`), none);
    const [problem] = problemsOf({ environment: { KUBECONFIG: [first, folder].join(path.delimiter) } });
    assert.ok(problem?.endsWith(`cannot be read: it is a folder, ${folder}`), problem);
  });

  it("must be a file that can be read", () => {
    const [folderProblem] = problemsOf({ environment: { KUBECONFIG: folder } });
    assert.ok(folderProblem?.endsWith("cannot be read: it is a folder"), folderProblem);
    const [fileProblem] = problemsOf({ environment: { KUBECONFIG: path.join(first, "x") } });
    assert.ok(fileProblem?.endsWith("cannot be read: the file is not readable (ENOTDIR)"), fileProblem);
  });
});

describe("the namespaces to back up", () => {
  const read = (environment: Record<string, string>, flags: Record<string, unknown> = {}) =>
    readSettings({ environment: { ...GOOD, ...environment }, flags, needs: RUN });

  it("are names and globs, the flag before the variable", () => {
    const { includeNamespaces, excludeNamespaces } = read(
      { INCLUDE_NAMESPACES: "a", EXCLUDE_NAMESPACES: " test-* , x" },
      { "include-namespaces": "shop,team-?" },
    );
    assert.deepEqual(includeNamespaces, ["shop", "team-?"]);
    assert.deepEqual(excludeNamespaces, ["test-*", "x"]);
  });

  it("are not what the same flag of a restore says", () => {
    assert.equal(read({}, { "include-namespaces": ["shop"] }).includeNamespaces, undefined);
  });
});
