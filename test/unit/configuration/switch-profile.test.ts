/** Another current profile in the text of a configuration file: all else stays, to the letter. */

import assert from "node:assert/strict";
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { switchProfile } from "../../../src/configuration/switch-profile.ts";
import { rewriteConfiguration } from "../../../src/configuration/write-configuration.ts";
import { OperatorError, UsageError } from "../../../src/errors.ts";

const PROFILES = "profiles:\n  blue: { context: blue } # ours\n  green:\n    context: green\n";

const CASES: readonly [title: string, before: string, after: string][] = [
  [
    "a value with a comment behind it",
    `# Mine.\ncurrent-profile: blue   # by default\n\n${PROFILES}`,
    `# Mine.\ncurrent-profile: green   # by default\n\n${PROFILES}`,
  ],
  ["a value in quotes", `current-profile: "blue"\n${PROFILES}`, `current-profile: green\n${PROFILES}`],
  ["no value", `current-profile:\n${PROFILES}`, `current-profile: green\n${PROFILES}`],
  ["a value that is the last word", `${PROFILES}current-profile: blue`, `${PROFILES}current-profile: green`],
  ["a profile that is gone", `current-profile: red\n${PROFILES}`, `current-profile: green\n${PROFILES}`],
  ["the same", `current-profile: green\n${PROFILES}`, `current-profile: green\n${PROFILES}`],
  ["no entry", `# Mine.\n\n${PROFILES}`, `# Mine.\n\ncurrent-profile: green\n${PROFILES}`],
  ["no entry, behind a mark of YAML", `---\n${PROFILES}`, `---\ncurrent-profile: green\n${PROFILES}`],
  ["no entry, indented", "  profiles: {green: {}}\n", "  current-profile: green\n  profiles: {green: {}}\n"],
  [
    "no entry, in braces",
    "{profiles: {green: {}}} # short\n",
    "{ current-profile: green,profiles: {green: {}}} # short\n",
  ],
  [
    "one in braces",
    "{current-profile: blue, profiles: {blue: {}, green: {}}}",
    "{current-profile: green, profiles: {blue: {}, green: {}}}",
  ],
  [
    "an entry of a profile that has the name",
    "profiles:\n  green: {}\n  current-profile: {}\n",
    "current-profile: green\nprofiles:\n  green: {}\n  current-profile: {}\n",
  ],
  [
    "lines of Windows",
    "current-profile: blue\r\nprofiles: {blue: , green: }\r\n",
    "current-profile: green\r\nprofiles: {blue: , green: }\r\n",
  ],
];

describe("another profile is written into", () => {
  for (const [title, text, expected] of CASES)
    it(title, () => assert.equal(switchProfile(text, { name: "green", file: "FILE" }), expected));
});

const REFUSED: readonly [title: string, text: string, problem: RegExp][] = [
  [
    "no such profile",
    "profiles: {gren: {}, blue: {}}",
    /^"green" is no profile of FILE, which has gren, blue: did you/,
  ],
  ["no profiles", "context: blue", /^"green" is no profile of FILE, which has none$/],
  ["an empty file", "", /^Cannot switch to the profile green: FILE has no place for it$/],
  ["what is no YAML", "profiles: {green: {}", /^Cannot switch to the profile green: FILE/],
  [
    "an unknown entry",
    "contxt: x\nprofiles: {green: {}}",
    /^FILE: "contxt" is no setting: did you mean context\?$/,
  ],
  [
    "a value that is elsewhere",
    "s3target: &a x\ncurrent-profile: *a\nprofiles: {green: {}}",
    /^Cannot switch/,
  ],
];

describe("refused", () => {
  for (const [title, text, problem] of REFUSED)
    it(title, () =>
      assert.throws(
        () => switchProfile(text, { name: "green", file: "FILE" }),
        (error: unknown) => error instanceof UsageError && problem.test(error.problems[0] ?? ""),
      ),
    );
});

describe("the file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kube-backup-switch-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("keeps its mode, and a link stays one", async () => {
    const [file, link] = [path.join(folder, "real.yaml"), path.join(folder, "link.yaml")];
    await writeFile(file, "before");
    await chmod(file, 0o640);
    await symlink(file, link);
    await rewriteConfiguration(link, { change: (text) => `${text}, after`, suffix: "new" });
    assert.equal(await readFile(file, "utf8"), "before, after");
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.ok((await lstat(link)).isSymbolicLink());
    assert.deepEqual((await readdir(folder)).sort(), ["link.yaml", "real.yaml"]);
  });

  it("is as it was, and nothing is beside it, where the change fails", async () => {
    const file = path.join(folder, "real.yaml");
    const before = await readFile(file, "utf8");
    const fail = (): string => {
      throw new UsageError(["no"]);
    };
    await assert.rejects(rewriteConfiguration(file, { change: fail, suffix: "new" }), UsageError);
    await writeFile(`${file}.taken`, "of another");
    await assert.rejects(
      rewriteConfiguration(file, { change: () => "other", suffix: "taken" }),
      (error: unknown) => error instanceof OperatorError && /^Cannot write .*: EEXIST$/.test(error.message),
    );
    assert.equal(await readFile(file, "utf8"), before);
    assert.equal(await readFile(`${file}.taken`, "utf8"), "of another");
  });

  it("is not made", async () => {
    const file = path.join(folder, "none.yaml");
    await assert.rejects(
      rewriteConfiguration(file, { change: () => "x", suffix: "new" }),
      /There is no .*none\.yaml/,
    );
  });
});
