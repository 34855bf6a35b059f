/** Tags of backups in a folder and in a bucket: what they keep, and what somebody who can write to the store can do to them. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFile as execFileWithCallback } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { formatSigningKey, SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { formatTagList, parseTagList, signedText, type TagList } from "../../../src/tags/tag-list.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { runProgram } from "../../support/program/program.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { notedBackup, type Pair } from "../../support/samples/signed-backup.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const execFile = promisify(execFileWithCallback);
const BUCKET = "backups";
const SEED = Buffer.alloc(32, 1);
const OWN = new SigningKey(SEED);
const STRANGER = new SigningKey(Buffer.alloc(32, 2));

let folder: string;
let server: S3Server;
let proxy: S3Proxy;
let keyFile: string;
let signersFile: string;
let places = 0;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-tags-"));
  server = await startMinio();
  await server.createBucket(BUCKET);
  proxy = await startS3Proxy(server.port);
  keyFile = path.join(folder, "key");
  signersFile = path.join(folder, "allowed_signers");
  const random = { seed: SEED, check: Buffer.alloc(4, 7) };
  await writeFile(keyFile, formatSigningKey(random, "test"), { mode: 0o600 });
  const key = OWN.publicKey.blob.toString("base64");
  await writeFile(signersFile, `blue namespaces="kube-backup" ssh-ed25519 ${key}\n`);
});
after(async () => {
  await proxy?.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A store of its own, as somebody sees it who can write to it, and the program on it. */
interface Place {
  put(key: string, bytes: Buffer | string): Promise<void>;
  get(key: string): Promise<string>;
  remove(key: string): Promise<void>;
  /** Names of what lies in `tags`. */
  tagged(): Promise<string[]>;
  env: Record<string, string>;
}

function folderPlace(): Place {
  const root = path.join(folder, `place-${++places}`);
  const at = (key: string) => path.join(root, key);
  return {
    put: async (key, bytes) => {
      await mkdir(path.dirname(at(key)), { recursive: true });
      await writeFile(at(key), bytes);
    },
    get: (key) => readFile(at(key), "utf8"),
    remove: (key) => rm(at(key)),
    tagged: async () => (await readdir(at("tags")).catch(() => [])).sort(),
    env: { S3TARGET: `file://${root}`, PRUNE_MIN_AGE: "0" },
  };
}

function bucketPlace(): Place {
  const prefix = `place-${++places}`;
  const at = (key: string) => ({ Bucket: BUCKET, Key: `${prefix}/${key}` });
  return {
    put: async (key, Body) => {
      await server.client.send(new PutObjectCommand({ ...at(key), Body }));
    },
    get: async (key) =>
      (await (await server.client.send(new GetObjectCommand(at(key)))).Body?.transformToString()) ?? "",
    remove: async (key) => {
      await server.client.send(new DeleteObjectCommand(at(key)));
    },
    tagged: async () => {
      const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${prefix}/tags/` });
      const { Contents = [] } = await server.client.send(list);
      return Contents.map(({ Key = "" }) => path.basename(Key)).sort();
    },
    env: {
      S3TARGET: `s3://${BUCKET}/${prefix}`,
      ENDPOINT_URI: proxy.endpoint.href,
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      PRUNE_MIN_AGE: "0",
    },
  };
}

async function putPair({ put }: Place, { name, zip, note }: Pair): Promise<string> {
  await put(`${name}.zip`, zip);
  if (note !== undefined) await put(`notes/${name}.note`, note);
  return name;
}

/** Four backups, the oldest first; `given` are the tags that the oldest was given. */
async function putFour(place: Place, { key, given }: { key?: SigningKey; given?: string[] } = {}) {
  const names: string[] = [];
  for (const hours of [72, 48, 24, 1]) {
    const tags = hours === 72 ? given : undefined;
    names.push(await putPair(place, await notedBackup(hoursAgo(hours), { key, tags })));
  }
  const [first = "", second = "", third = "", fourth = ""] = names;
  return { first, second, third, fourth };
}

async function run({ env }: Place, args: readonly string[], more: Record<string, string> = {}) {
  return await runProgram(args, { env: { ...env, ...more } });
}

async function ok(place: Place, args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const { status, stdout, stderr } = await run(place, args, more);
  assert.equal(status, 0, stderr);
  return stdout;
}

interface Pruned {
  name: string;
  keep: boolean;
  reasons: string[];
  outcome: string;
}

/** What `prune` says, and does, of each backup: its name, outcome and reasons. */
async function prune(place: Place, args: readonly string[], more: Record<string, string> = {}) {
  const document = JSON.parse(await ok(place, ["prune", "-o", "json", ...args], more));
  return (document.backups as Pruned[]).map(({ name, outcome, reasons }) => [name, outcome, reasons.join()]);
}

async function tagsOf(place: Place, more: Record<string, string> = {}): Promise<Record<string, string>> {
  const document = JSON.parse(await ok(place, ["list", "--long", "-o", "json"], more));
  const backups: { name: string; tags: string[] | null }[] = document.backups;
  return Object.fromEntries(backups.map(({ name, tags }) => [name, tags?.join() ?? "unknown"]));
}

const LAST = ["--keep-last", "1", "--yes"];

for (const [where, makePlace] of Object.entries({ folder: folderPlace, bucket: bucketPlace })) {
  describe(`In a ${where}`, () => {
    test("tags are set and taken off, listed, and keep backups; those of a pruned one go with it", async () => {
      const place = makePlace();
      const { first, second, third, fourth } = await putFour(place);
      const tagged = JSON.parse(await ok(place, ["tag", second, "release", "1.30", "-o", "json"]));
      assert.deepEqual([tagged.name, tagged.tags], [second, ["1.30", "release"]]);
      assert.equal(await ok(place, ["tag", first, "keep"]), `${first}: keep\n`);
      assert.equal(await ok(place, ["tag", "latest", "a", "b"]), `${fourth}: a, b\n`);
      assert.equal(await ok(place, ["tag", third, "passing"]), `${third}: passing\n`);
      assert.deepEqual(await tagsOf(place), {
        [first]: "keep",
        [second]: "1.30,release",
        [third]: "passing",
        [fourth]: "a,b",
      });
      assert.match(
        await ok(place, ["list", "--long"]),
        new RegExp(`KUBERNETES +TAGS +STATE\\n${first}.* keep +ok\\n`),
      );
      assert.match(
        await ok(place, ["list", "--tag", "release"]),
        new RegExp(`TAGS\\n${second}.* 1.30,release\\n$`),
      );
      const either = ["list", "--tag", "keep", "--tag", "release", "-o", "json"];
      const found = async (...args: string[]) => {
        const document = JSON.parse(await ok(place, [...either, ...args]));
        return document.backups.map(({ name }: { name: string }) => name);
      };
      assert.deepEqual([await found(), await found("--last", "1")], [[first, second], [second]]);
      assert.match(await ok(place, ["list", "--tag", "none"]), /^No backups with the tag none in /);

      const plan = [
        [first, "kept", "tag keep"],
        [second, "kept", "tag release"],
        [third, "planned", "no rule keeps it"],
        [fourth, "kept", "last 1,newest valid"],
      ];
      const args = ["--keep-last", "1", "--keep-tag", "release", "--keep-tag", "other"];
      assert.deepEqual(await prune(place, [...args, "--dry-run"]), plan);
      assert.deepEqual(
        await prune(place, ["--keep-last", "1", "--dry-run"], { KEEP_TAG: "other,release" }),
        plan,
      );
      await prune(place, [...args, "--yes"]);
      assert.deepEqual(await place.tagged(), [`${first}.json`, `${second}.json`, `${fourth}.json`]);

      assert.equal(await ok(place, ["untag", first, "keep"]), `${first}: no tags\n`);
      const { stdout, stderr } = await run(place, ["untag", second, "1.30", "absent"]);
      assert.equal(stdout, `${second}: release\n`);
      assert.match(stderr, new RegExp(`${second} does not have the tag absent`));
      assert.deepEqual(await place.tagged(), [`${second}.json`, `${fourth}.json`]);
      assert.deepEqual(await prune(place, LAST), [
        [first, "removed", "no rule keeps it"],
        [second, "removed", "no rule keeps it"],
        [fourth, "kept", "last 1,newest valid"],
      ]);
      assert.deepEqual(await place.tagged(), [`${fourth}.json`]);
    });

    test("a tag that was given when the backup was taken cannot be taken off, whatever lies beside it", async () => {
      const place = makePlace();
      const { first, second, third, fourth } = await putFour(place, { given: ["keep", "before-upgrade"] });
      const refused = await run(place, ["untag", first, "other", "keep"]);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, new RegExp(`Cannot untag ${first}: it was given keep when it was taken`));
      assert.match(refused.stderr, new RegExp(`would take it away: kube-backup delete --force ${first}"`));
      assert.equal(await ok(place, ["tag", first, "keep"]), `${first}: before-upgrade, keep\n`);
      assert.deepEqual(await place.tagged(), [], "it has that tag already");
      assert.match(
        await ok(place, ["list", "--tag", "before-upgrade"]),
        new RegExp(`${first}.* before-upgrade,keep\\n$`),
      );
      // An archive has the last word: without its note, or with one that says nothing of a tag, it stays all the same.
      await place.remove(`notes/${first}.note`);
      assert.deepEqual(await prune(place, LAST), [
        [first, "kept", "tag keep"],
        [second, "removed", "no rule keeps it"],
        [third, "removed", "no rule keeps it"],
        [fourth, "kept", "last 1,newest valid"],
      ]);
    });

    test("delete refuses what has the tag keep, and by force takes it with its tags", async () => {
      const place = makePlace();
      const { first, second } = await putFour(place, { given: ["keep"] });
      await ok(place, ["tag", second, "keep"]);
      for (const name of [first, second]) {
        const refused = await run(place, ["delete", name, "--yes"]);
        assert.equal(refused.status, 1, refused.stderr);
        assert.match(
          refused.stderr,
          new RegExp(`Cannot delete ${name}: it has the tag keep; nothing is deleted`),
        );
      }
      await ok(place, ["delete", first, second, "--yes", "--force"]);
      assert.deepEqual(await place.tagged(), []);
      assert.equal(Object.keys(await tagsOf(place)).length, 2);
    });

    test("tags that cannot be read are an error, and nothing is removed", async () => {
      const place = makePlace();
      const { second } = await putFour(place);
      for (const junk of [
        "",
        "{}",
        "no JSON",
        '{"format":"kube-backup tags","formatVersion":2}',
        "x".repeat(300_000),
      ]) {
        await place.put(`tags/${second}.json`, junk);
        for (const args of [
          ["prune", ...LAST],
          ["list", "--long"],
          ["tag", second, "more"],
        ]) {
          const { status, stderr } = await run(place, args);
          assert.equal(status, 1, `${args.join(" ")}: ${stderr}`);
          assert.match(stderr, new RegExp(`Cannot read tags/${second}.json in .*: (it is|a later version)`));
        }
      }
      await place.remove(`tags/${second}.json`);
      assert.equal((await prune(place, ["--keep-last", "4", "--dry-run"])).length, 4);
    });

    test("tags of another backup, or of other bytes, do not count", async () => {
      const place = makePlace();
      const { first, second, third, fourth } = await putFour(place);
      await ok(place, ["tag", fourth, "keep"]);
      const moved = await place.get(`tags/${fourth}.json`);
      await place.put(`tags/${first}.json`, moved);
      await place.put(`tags/${second}.json`, moved.replace(fourth, second));
      const { status, stderr } = await run(place, ["prune", ...LAST]);
      assert.equal(status, 0, stderr);
      assert.match(stderr, new RegExp(`"backup":"${first}","reason":"they are of ${fourth}"`));
      assert.match(stderr, new RegExp(`"backup":"${second}","reason":"they are of other bytes"`));
      assert.deepEqual(await tagsOf(place), { [fourth]: "keep" }, `${third} went as well`);
      assert.deepEqual(await place.tagged(), [`${fourth}.json`]);
    });

    test("a backup without a note has its tags by its bytes", async () => {
      const place = makePlace();
      const { first } = await putFour(place);
      const { sha256 } = parseTagList(Buffer.from(await tagAndRead(place, first))).list;
      await place.remove(`notes/${first}.note`);
      await ok(place, ["untag", first, "keep"]);
      const again = parseTagList(Buffer.from(await tagAndRead(place, first))).list;
      assert.equal(again.sha256, sha256, "read from the archive, it is what the note had said");
      assert.match((await prune(place, [...LAST]))[0]?.join() ?? "", /kept,tag keep/);
    });
  });
}

async function tagAndRead(place: Place, name: string): Promise<string> {
  await ok(place, ["tag", name, "keep"]);
  return await place.get(`tags/${name}.json`);
}

describe("What is no tag", () => {
  const ROWS: [args: string[], problem: RegExp][] = [
    [["tag", "latest", "a,b"], /TAG \\"a,b\\" has a comma in it: give each tag by itself/],
    [["tag", "latest", "fine", "a b"], /TAG \\"a b\\" is no tag: write letters/],
    [["tag", "latest"], /Not enough|[Mm]issing|tags/],
    [["untag", "latest", "-"], /TAG is missing: write for example before-upgrade/],
    [["untag", "latest", "a-"], /is no tag: write letters/],
    [["tag", "yesterday", "keep"], /is no backup's name/],
    [["list", "--tag", "a,b"], /--tag \\"a,b\\" has a comma in it/],
    [["backup", "--tag", "x".repeat(64)], /--tag .* has 64 characters, and a tag has 63 at the most/],
    [["prune", "--keep-last", "1", "--keep-tag", "ü", "--yes"], /--keep-tag \(KEEP_TAG\) \\"ü\\" has/],
    [
      ["prune", "--keep-tag", "release", "--yes"],
      /--keep-tag \(KEEP_TAG\) keeps backups besides those that rules keep/,
    ],
  ];
  for (const [args, problem] of ROWS) {
    test(`${args.join(" ").slice(0, 40)} is wrong usage`, async () => {
      const { status, stderr } = await run(folderPlace(), args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, problem);
    });
  }
});

describe("Where the store does not answer for tags", () => {
  for (const [what, fails] of Object.entries({
    "the listing of tags": (url: string) => /prefix=[^&]*tags/.test(url),
    "an object of tags": (url: string) => url.includes("/tags/"),
  })) {
    test(`${what} is denied: an error, and nothing is removed`, async () => {
      const place = bucketPlace();
      const { second } = await putFour(place);
      await ok(place, ["tag", second, "keep"]);
      proxy.fault = ({ method, url }) =>
        method === "GET" && fails(url)
          ? { status: 403, body: "<Error><Code>AccessDenied</Code><Message>no</Message></Error>" }
          : undefined;
      try {
        for (const args of [
          ["prune", ...LAST],
          ["list", "--tag", "keep"],
        ]) {
          const { status, stderr } = await run(place, args);
          assert.equal(status, 1, stderr);
          assert.match(stderr, /AccessDenied/);
        }
      } finally {
        proxy.fault = undefined;
      }
      assert.equal(Object.keys(await tagsOf(place)).length, 4);
    });
  }

  test("one listing, and reads only of what has tags", async () => {
    const place = bucketPlace();
    const { second, fourth } = await putFour(place);
    await ok(place, ["tag", second, "keep"]);
    const asked = async (args: string[]) => {
      proxy.requests.length = 0;
      await ok(place, args);
      const urls = proxy.requests.filter(({ method }) => method === "GET").map(({ url }) => url);
      return {
        listings: urls.filter((url) => /prefix=[^&]*tags/.test(url)).length,
        read: [...new Set(urls.flatMap((url) => /\/tags\/(\w+)\.json/.exec(url)?.[1] ?? []))],
      };
    };
    assert.deepEqual(await asked(["list"]), { listings: 0, read: [] });
    assert.deepEqual(await asked(["list", "--long"]), { listings: 1, read: [second] });
    assert.deepEqual(await asked(["list", "--tag", "keep"]), { listings: 1, read: [second] });
    assert.deepEqual(await asked(["prune", "--keep-last", "4", "--dry-run"]), { listings: 1, read: [] });
    assert.deepEqual(await asked(["prune", "--keep-last", "1", "--dry-run"]), {
      listings: 2,
      read: [second],
    });
    const { listings } = await asked(["prune", ...LAST]);
    assert.equal(listings, 3, "for the plan, right before removals, and for tags whose backup is gone");
    assert.deepEqual(Object.keys(await tagsOf(place)), [second, fourth]);
  });
});

describe("Where backups are signed", () => {
  const believes = () => ({ ALLOWED_SIGNERS_FILE: signersFile });
  const signs = () => ({ ...believes(), SIGNING_KEY_FILE: keyFile });

  async function signedFour(given?: string[]) {
    const place = bucketPlace();
    return { place, ...(await putFour(place, { key: OWN, ...(given === undefined ? {} : { given }) })) };
  }

  /** The bytes of a list of tags for a backup, by whoever can read its note. */
  async function forged(
    place: Place,
    name: string,
    key: SigningKey | undefined,
    other: Partial<TagList> = {},
  ) {
    const sha256 = /^sha256: (.*)$/m.exec(await place.get(`notes/${name}.note`))?.[1] ?? "";
    const list = { backup: name, sha256, time: "2026-01-01T00:00:00Z", tags: ["keep"], ...other };
    return formatTagList(list, key && signMessage(Buffer.from(signedText(list)), key));
  }

  test("tags that an allowed signer has signed count, and ssh-keygen verifies them by the lines of the docs", async () => {
    const { place, first } = await signedFour();
    // A stranger's file of the other form takes nothing away, neither from the backup nor from its tags.
    await place.put(`${first}.zip.age`, "junk");
    await ok(place, ["tag", first, "keep", "release"], signs());
    assert.match((await prune(place, [...LAST, "--dry-run"], believes()))[0]?.join() ?? "", /kept,tag keep/);
    assert.equal((await tagsOf(place, believes()))[first], "keep,release");
    const docs = await readFile(path.join(import.meta.dirname, "../../../docs/commands/tag.md"), "utf8");
    const [, script = ""] = /```sh\n([^`]*ssh-keygen -Y verify.*?)```/s.exec(docs) ?? [];
    const cwd = await mkdtemp(path.join(folder, "by-hand-"));
    const TAGS = path.join(cwd, "tags.json");
    const env = { ...process.env, TAGS, SIGNERS: signersFile, CLUSTER: "blue" };
    const text = await place.get(`tags/${first}.json`);
    await writeFile(TAGS, text);
    const { stdout } = await execFile("sh", ["-ec", script], { env, cwd });
    assert.match(stdout, /Good "kube-backup" signature for blue/);
    await writeFile(TAGS, text.replace("release", "another"));
    await assert.rejects(
      execFile("sh", ["-ec", script], { env, cwd }),
      /verification failed|incorrect signature/i,
    );
  });

  test("what a stranger has put there counts for nothing, keeps nothing, and stops nothing", async () => {
    const { place, first, second, third, fourth } = await signedFour();
    await ok(place, ["tag", fourth, "keep"], signs());
    const own = await place.get(`tags/${fourth}.json`);
    const attacks: [what: string, bytes: string, reason: RegExp][] = [
      ["no list", "junk", /they cannot be used: it is no list of tags/],
      ["unsigned", await forged(place, first, undefined), /they are not signed/],
      ["a stranger's", await forged(place, first, STRANGER), /which ALLOWED_SIGNERS does not name/],
      ["moved here", own, new RegExp(`they are of ${fourth}`)],
      ["moved here and renamed", own.replace(fourth, first), /their signature is of another text/],
      [
        "of other bytes",
        await forged(place, first, OWN, { sha256: "0".repeat(64) }),
        /they are of other bytes/,
      ],
      ["of the future", await forged(place, first, OWN, { time: "2099-01-01T00:00:00Z" }), /in the future/],
    ];
    for (const [what, bytes, reason] of attacks) {
      await place.put(`tags/${first}.json`, bytes);
      const { stdout, stderr, status } = await run(
        place,
        ["prune", "--keep-last", "1", "--dry-run"],
        believes(),
      );
      assert.equal(status, 0, `${what}: ${stderr}`);
      assert.match(stderr, reason, what);
      assert.match(stdout, new RegExp(`${first}.*remove +no rule keeps it`), what);
      assert.equal((await tagsOf(place, believes()))[first], "", what);
    }
    assert.deepEqual(
      (await prune(place, LAST, believes())).map(([name, outcome]) => [name, outcome]),
      [
        [first, "removed"],
        [second, "removed"],
        [third, "removed"],
        [fourth, "kept"],
      ],
    );
    assert.deepEqual(await place.tagged(), [`${fourth}.json`], "the stranger's goes with the backup");
  });

  test("a stranger's tags are not signed along, and are replaced", async () => {
    const { place, first } = await signedFour();
    await place.put(`tags/${first}.json`, await forged(place, first, STRANGER, { tags: ["evil"] }));
    assert.equal(await ok(place, ["tag", first, "release"], signs()), `${first}: release\n`);
    const { list } = parseTagList(Buffer.from(await place.get(`tags/${first}.json`)));
    assert.deepEqual(list.tags, ["release"]);
  });

  test("whoever can write can remove a tag that was set later, or put an older list back, and none that was given", async () => {
    const { place, first, second, third, fourth } = await signedFour(["keep"]);
    await ok(place, ["tag", second, "release"], signs());
    const older = await place.get(`tags/${second}.json`);
    await ok(place, ["tag", second, "keep"], signs());
    await ok(place, ["tag", third, "keep"], signs());
    await place.put(`tags/${second}.json`, older);
    await place.remove(`tags/${third}.json`);
    await place.put(`tags/${first}.json`, await forged(place, first, STRANGER, { tags: [] }));
    assert.deepEqual(await prune(place, LAST, believes()), [
      [first, "kept", "tag keep"],
      [second, "removed", "no rule keeps it"],
      [third, "removed", "no rule keeps it"],
      [fourth, "kept", "last 1,newest valid"],
    ]);
  });

  test("nobody tags without a key that counts, without signers, or what is not used", async () => {
    const { place, first, second } = await signedFour();
    const stranger = path.join(folder, "stranger");
    const random = { seed: Buffer.alloc(32, 2), check: Buffer.alloc(4, 7) };
    await writeFile(stranger, formatSigningKey(random, "stranger"), { mode: 0o600 });
    await place.put(
      `notes/${second}.note`,
      (await place.get(`notes/${second}.note`)).replace(/-----BEGIN.*/s, ""),
    );
    const rows: [
      name: string,
      env: Record<string, string>,
      args: string[],
      status: number,
      message: RegExp,
    ][] = [
      [first, believes(), [], 1, /they would not count: ALLOWED_SIGNERS is set, and SIGNING_KEY is not/],
      [
        first,
        { ...believes(), SIGNING_KEY_FILE: stranger },
        [],
        1,
        /would not count: SIGNING_KEY signs by the key/,
      ],
      [first, {}, [], 1, /it is signed, and ALLOWED_SIGNERS does not say whose signatures count/],
      [first, { SIGNING_KEY_FILE: keyFile }, [], 1, /ALLOWED_SIGNERS does not say whose signatures count/],
      [
        first,
        signs(),
        ["--unsigned"],
        2,
        /--unsigned has tags count that nobody has signed, and SIGNING_KEY/,
      ],
      [second, signs(), [], 1, /Cannot use .*: its note is not signed/],
    ];
    for (const [name, env, args, status, message] of rows) {
      const result = await run(place, ["tag", name, "keep", ...args], env);
      assert.equal(result.status, status, result.stderr);
      assert.match(result.stderr, message);
    }
    assert.deepEqual(await place.tagged(), []);
  });
});
