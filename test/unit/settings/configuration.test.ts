/** The configuration file: what it may say, and what of it counts. */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { ENTRIES } from "../../../src/configuration/entries.ts";
import { configurationPath, readConfiguration } from "../../../src/configuration/read-configuration.ts";
import { viewSettings } from "../../../src/configuration/view.ts";
import { UsageError } from "../../../src/errors.ts";
import { ALL_SETTINGS } from "../../../src/settings/names.ts";
import { readSettings } from "../../../src/settings/settings.ts";

let home: string;
let file: string;

before(() => {
  home = mkdtempSync(path.join(tmpdir(), "kube-backup-config-"));
  file = path.join(home, ".config", "kube-backup", "config.yaml");
  mkdirSync(path.dirname(file), { recursive: true });
});
after(() => rmSync(home, { recursive: true, force: true }));

interface Case {
  flags?: Record<string, unknown>;
  environment?: Record<string, string>;
  pod?: boolean;
  mode?: number;
}

async function read(text: string, { flags = {}, environment = {}, pod = false, mode = 0o600 }: Case = {}) {
  writeFileSync(file, text);
  chmodSync(file, mode);
  return await readConfiguration({ flags, environment: { HOME: home, ...environment }, pod });
}

/** Each setting that counts, and where it is from. */
async function view(text: string, options: Case = {}): Promise<Record<string, string>> {
  const { entries } = await read(text, options);
  const { flags = {}, environment = {} } = options;
  const viewed = viewSettings({ flags, environment }, { entries, file: "file" });
  return Object.fromEntries(viewed.map(({ name, value, from }) => [name, `${value} (${from})`]));
}

async function problems(text: string, options: Case = {}): Promise<readonly string[]> {
  try {
    await read(text, options);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems.map((line) => line.replaceAll(file, "FILE"));
  }
  return [];
}

const FILE = `
current-profile: blue
s3target: s3://top
frequency: 15
keep-tag: [release, before-upgrade]
profiles:
  blue:
    s3target: s3://blue
    context: blue
  green:
    frequency: 6h
  empty:
`;

describe("which of several places counts", () => {
  const CASES: [title: string, options: Case, expected: Record<string, string>][] = [
    [
      "the file's own profile over its top",
      {},
      { s3target: "s3://blue (profile blue)", context: "blue (profile blue)" },
    ],
    [
      "another profile, by flag",
      { flags: { profile: "green" } },
      { s3target: "s3://top (file)", frequency: "6h (profile green)" },
    ],
    [
      "another profile, by variable; the flag wins over it",
      { flags: { profile: "green" }, environment: { KUBE_BACKUP_PROFILE: "empty" } },
      { frequency: "6h (profile green)" },
    ],
    [
      "a profile without entries",
      { environment: { KUBE_BACKUP_PROFILE: "empty" } },
      { s3target: "s3://top (file)" },
    ],
    [
      "the environment over the profile",
      { environment: { S3TARGET: "s3://env" } },
      { s3target: "s3://env (S3TARGET)" },
    ],
    [
      "KUBE_BACKUP_NAME over NAME",
      { environment: { S3TARGET: "s3://env", KUBE_BACKUP_S3TARGET: "s3://own" } },
      { s3target: "s3://own (KUBE_BACKUP_S3TARGET)" },
    ],
    [
      "a flag over all",
      { flags: { s3target: "s3://flag" }, environment: { S3TARGET: "s3://env" } },
      { s3target: "s3://flag (--s3target)" },
    ],
    [
      "an empty variable is none",
      { environment: { S3TARGET: " \n" } },
      { s3target: "s3://blue (profile blue)" },
    ],
    ["a list", {}, { "keep-tag": "release,before-upgrade (file)" }],
  ];
  for (const [title, options, expected] of CASES) {
    it(title, async () => {
      const seen = await view(FILE, options);
      for (const [name, value] of Object.entries(expected)) assert.equal(seen[name], value, name);
    });
  }

  it("what belongs together is of one place", async () => {
    const text = `
aws-access-key-id: top
aws-secret-access-key: top
aws-session-token: top
identity: top.txt
signing-key-file: top
profiles:
  blue: { aws-access-key-id: blue, aws-secret-access-key: blue, age-key: AGE, signing-key: KEY }
`;
    const blue = await view(text, { flags: { profile: "blue" } });
    assert.deepEqual(Object.keys(blue), [
      "aws-access-key-id",
      "aws-secret-access-key",
      "age-key",
      "signing-key",
    ]);
    const environment = { AWS_ACCESS_KEY_ID: "env", AWS_SECRET_ACCESS_KEY: "env", SIGNING_KEY_FILE: "/env" };
    const seen = await view(text, { flags: { profile: "blue", identity: "/flag" }, environment });
    assert.deepEqual(seen, {
      identity: "/flag (--identity)",
      "signing-key-file": "/env (SIGNING_KEY_FILE)",
      "aws-access-key-id": "REDACTED (AWS_ACCESS_KEY_ID)",
      "aws-secret-access-key": "REDACTED (AWS_SECRET_ACCESS_KEY)",
    });
  });

  it("every entry is read into the settings, and named in messages by its place", async () => {
    const wrong = [...ENTRIES.keys()].filter(
      (name) =>
        !/^(?:(?:copy-)?aws-|context$|kubeconfig$|pager$)/.test(name) &&
        !/-file$|^identity$|ca-bundle$/.test(name),
    );
    const { entries } = await read(wrong.map((name) => `${name}: " ,é "`).join("\n"));
    assert.throws(
      () => readSettings({ environment: {}, flags: {}, needs: [], file: entries }),
      (error: UsageError) => {
        for (const name of wrong)
          assert.ok(
            error.problems.some((line) => line.startsWith(`${name} (${file})`)),
            `${name}\n${error.problems.join("\n")}`,
          );
        return true;
      },
    );
  });

  it("the access key, the region, the AWS profile, context and switches", async () => {
    const { entries } = await read(
      "aws-access-key-id: id\naws-secret-access-key: secret\naws-region: eu-west-1\naws-profile: ops\ncontext: 007\nquiet: yes\n",
    );
    const settings = readSettings({ environment: {}, flags: {}, needs: [], file: entries });
    assert.equal(settings.accessKey?.secretAccessKey.reveal(), "secret");
    assert.deepEqual(settings.accessKey?.sharedVariables, []);
    assert.deepEqual(
      [settings.region, settings.awsProfile, settings.context, settings.quiet],
      ["eu-west-1", "ops", "007", true],
    );
    const half = await read("aws-access-key-id: id\n");
    assert.throws(
      () => readSettings({ environment: {}, flags: {}, needs: [], file: half.entries }),
      /aws-secret-access-key is missing, and aws-access-key-id \(.*config\.yaml\) is set/,
    );
  });

  it("paths are beside the file, or below the home", async () => {
    const text = "identity: ~/key.txt\nca-bundle: ca.pem\nkubeconfig: ~/one:two\ns3target: file:store\n";
    const seen = await view(text);
    assert.equal(seen["identity"], `${home}/key.txt (file)`);
    assert.equal(seen["ca-bundle"], `${path.dirname(file)}/ca.pem (file)`);
    assert.equal(seen["kubeconfig"], `${home}/one:${path.dirname(file)}/two (file)`);
    assert.equal(seen["s3target"], `file:${path.dirname(file)}/store (file)`);
  });

  it("says which variables win over a profile that is asked for", async () => {
    const environment = { S3TARGET: "s3://env" };
    const { overruled } = await read(FILE, { flags: { profile: "blue" }, environment });
    assert.deepEqual(overruled, [{ entry: "s3target", variable: "S3TARGET" }]);
    assert.deepEqual((await read(FILE, { environment })).overruled, []);
    const same = { S3TARGET: "s3://blue" };
    assert.deepEqual((await read(FILE, { flags: { profile: "blue" }, environment: same })).overruled, []);
  });
});

describe("what the file may not say", () => {
  const CASES: [text: string, problem: string, options?: Case][] = [
    ["s3taget: x", 'FILE: "s3taget" is no setting: did you mean s3target?'],
    ["S3TARGET: x", 'FILE: "S3TARGET" is no setting: did you mean s3target?'],
    ["keepDaily: 7", 'FILE: "keepDaily" is no setting: did you mean keep-daily?'],
    ["PRUNE_MIN_AGE: 7", 'FILE: "PRUNE_MIN_AGE" is no setting: did you mean min-age?'],
    ["profile: x", 'FILE: "profile" is no setting: did you mean profiles?'],
    ["unsigned: true", 'FILE: "unsigned" is no setting: it is a flag alone, for one command line at a time'],
    [
      "profiles: { blue: { fequency: 1 } }",
      'FILE: profiles.blue: "fequency" is no setting: did you mean frequency?',
    ],
    ["profiles: { 'a b': {} }", "FILE: profiles.a b: a profile's name has up to 63 letters, digits and ._-"],
    ["profiles: { blue: x }", "FILE: profiles.blue: it is no list of settings: write NAME: VALUE lines"],
    ["profiles: [blue]", "FILE: profiles is no map of names to settings"],
    ["- x", "FILE: it is no list of settings: write NAME: VALUE lines"],
    ["kinds: { a: b }", "FILE: kinds is neither a value nor a list of values"],
    [
      "current-profile: bleu\nprofiles: { blue: }",
      'FILE: current-profile is "bleu", and no profile has that name: did you mean blue?',
    ],
    [
      "a: [",
      "Cannot read FILE: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5",
    ],
    ["frequency: 1\nfrequency: 2", "Cannot read FILE: Map keys must be unique at line 2, column 1"],
    [
      FILE,
      '--profile "gren" is no profile of FILE, which has blue, green, empty: did you mean green?',
      { flags: { profile: "gren" } },
    ],
    [
      FILE,
      '--profile "x" cannot be found: in a pod, no file has profiles',
      { flags: { profile: "x" }, pod: true },
    ],
    [FILE, "--profile is given more than once: give it once", { flags: { profile: ["x", "y"] } }],
    [
      "profiles: { blue: { age-key: AGE } }",
      "Cannot use FILE: it holds age-key, and others can open it (mode 0640): run chmod 600 FILE",
      { mode: 0o640 },
    ],
  ];
  for (const [text, problem, options] of CASES) {
    it(problem.slice(0, 90), async () => assert.deepEqual(await problems(text, options), [problem]));
  }
});

describe("where the file is, and when it is read", () => {
  it("is looked for as the base directory specification says", () => {
    const at = "kube-backup/config.yaml";
    assert.equal(configurationPath({ HOME: "/h" }), `/h/.config/${at}`);
    assert.equal(configurationPath({ HOME: "/h", XDG_CONFIG_HOME: "/x" }), `/x/${at}`);
    assert.equal(configurationPath({ HOME: "/h", XDG_CONFIG_HOME: "x" }), `/h/.config/${at}`);
    assert.equal(configurationPath({}), undefined);
  });

  it("is not read in a pod, and others may read one without secrets", async () => {
    assert.equal((await read(FILE, { pod: true })).entries.size, 0);
    assert.equal((await read(FILE, { mode: 0o644 })).entries.get("context")?.text, "blue");
    assert.equal((await read("")).entries.size, 0);
    assert.equal((await read("# nothing\n")).entries.size, 0);
  });

  it("has an entry for every setting but those of one command line", () => {
    const flags = Object.values(ALL_SETTINGS).map(({ flag }) => flag);
    assert.deepEqual(
      flags.filter((flag) => !ENTRIES.has(flag)),
      ["profile", "unsigned"],
    );
  });
});
