/**
 * Forged archives, read by the executable and restored in dry runs against an API server: no stack trace, no more than
 * 10 s and 400 MiB, no status 0 for what is not valid, and no write for an object that was not asked for.
 */

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ApiProxy, type ProxiedRequest, startApiProxy } from "../../support/faults/api-proxy.ts";
import { fuzz } from "../../support/forged/fuzz.ts";
import { fuzzed } from "../../support/forged/fuzzed.ts";
import { FORGED, GOOD, type Storing, storeForged } from "../../support/forged/in-store.ts";
import { whyInvalid } from "../../support/forged/oracle.ts";
import { Random } from "../../support/forged/random.ts";
import { runForPeakMemory } from "../../support/program/peak-memory.ts";

const FULL = process.env["SIZE"] === "full";
/** To repeat what a run has found: the seed that it printed. */
const SEED = process.env["FUZZ_SEED"];
/** How many times as long each may take on a machine that has much else to do. */
const SLOW = Number(process.env["SLOW"] ?? "3");

/** What each command may take: ms, and MiB. */
const LONGEST = 10_000 * SLOW;
const MOST_MEMORY = 400;

/** The namespace that is asked for. */
const ASKED = "shop";

let kubeconfig: string;
let proxy: ApiProxy;
let folder: string;

withTestBed(async (bed) => {
  folder = bed.folder;
  kubeconfig = bed.cluster.kubeconfig;
  proxy = await startApiProxy(bed.cluster);
  // A dry run can ask the API server only about objects of namespaces that exist.
  await bed.cluster.request("POST", "/api/v1/namespaces", { metadata: { name: ASKED } });
});

after(() => proxy?.stop());

function seeds(few: number, many: number): [first: number, count: number] {
  if (SEED !== undefined) return [Number(SEED), 1];
  return FULL ? [0, many] : [randomInt(1_000_000, 0x7000_0000), few];
}

test("in one process, with dry runs", { timeout: 4 * 3_600_000 }, async (t) => {
  const [first, count] = seeds(20, 2000);
  t.diagnostic(`FUZZ_SEED=${first} and the ${count - 1} after it`);
  const { found, done, peak } = await fuzz({ first, count, slow: SLOW, kubeconfig });
  t.diagnostic(`${done} archives, at most ${Math.round(peak / 1024 / 1024)} MiB`);
  assert.deepEqual(found, []);
  assert.equal(done, count);
});

test("by the executable", { timeout: 4 * 3_600_000 }, async (t) => {
  const [first, count] = seeds(6, 500);
  t.diagnostic(`FUZZ_SEED=${first} and the ${count - 1} after it`);
  const ways: Record<Storing, number> = { plain: 0, sealed: 0, tampered: 0 };
  let valid = 0;
  let most = 0;
  let longest = 0;
  let writes = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const archive = fuzzed(seed);
    const { changes } = archive;
    const random = new Random(~seed);
    const root = path.join(folder, String(seed));
    const store = path.join(root, "store");
    const { storing, environment } = await storeForged(store, archive, random);
    const forgery = storing === "tampered" ? undefined : archive.forgery;
    ways[storing] += 1;
    const about = (line: string) => `FUZZ_SEED=${seed} (${[...changes, storing].join(", ")}): ${line}`;

    const run = async (...args: string[]) => {
      const started = performance.now();
      const ended = await runForPeakMemory(args, {
        env: { ...environment, S3TARGET: `file:${store}`, KUBECONFIG: proxy.kubeconfig },
      });
      const took = performance.now() - started;
      const line = about(args.join(" "));
      assert.ok(took <= LONGEST, `${line}: ${took} ms`);
      assert.ok(ended.peak <= MOST_MEMORY, `${line}: ${ended.peak} MiB`);
      assert.ok(ended.status !== null, `${line}: ended by ${ended.signal}`);
      assert.doesNotMatch(
        ended.stderr,
        /defect of kube-backup|^\s+at .*:\d+:\d+|c2VjcmV0/m,
        `${line}: ${ended.stderr}`,
      );
      most = Math.max(most, ended.peak);
      longest = Math.max(longest, took);
      return ended;
    };

    const verified = await run("verify", FORGED);
    const invalid = forgery === undefined ? undefined : whyInvalid(forgery);
    if (invalid !== undefined) assert.notEqual(verified.status, 0, about(`verify, and it is ${invalid}`));
    valid += verified.status === 0 ? 1 : 0;
    assert.equal((await run("list", "--long")).status, 0, about("list"));
    await run("get", "cm,secrets,ns,clusterroles,widgets", "-A", "--backup", FORGED, "-o", "name");
    await run("diff", GOOD, FORGED, "-o", "json");
    const exported = await run("export", FORGED, path.join(root, "out", "folder"));
    const seen = proxy.requests.length;
    const dryRun = `--dry-run=${random.pick(["client", "server"])}`;
    const planned = await run("restore", FORGED, "-n", ASKED, "--yes", dryRun, "--existing=update");
    // Bytes may be valid that a tampered note does not vouch for: verify alone says so then.
    for (const ended of storing === "tampered" ? [] : [exported, planned])
      assert.ok(verified.status === 0 || ended.status !== 0, about(`valid for one command alone`));
    const written = proxy.requests.slice(seen).filter(isWrite);
    writes += written.length;
    assert.deepEqual(written.filter(isUnasked).map(shown), [], about("requests"));
    assert.deepEqual(await besides(root), [], about("export"));
    await rm(root, { recursive: true });
  }
  if (FULL) assert.ok(valid > 0 && writes > 0, `${valid} valid, ${writes} dry writes`);
  t.diagnostic(
    `${count} archives ${JSON.stringify(ways)}, ${valid} of them valid: at most ${most.toFixed(0)} MiB and ${longest.toFixed(0)} ms a command, ${writes} dry writes`,
  );
});

/** What an export has written outside of its folder. */
async function besides(root: string): Promise<string[]> {
  const out = await readdir(path.join(root, "out")).catch(() => []);
  const beside = (await readdir(root)).filter((name) => !["out", "store"].includes(name));
  return [...beside, ...out.filter((name) => name !== "folder")];
}

/** Reviews of one's own rights are sent as writes, and write nothing. */
function isWrite({ method, path }: ProxiedRequest): boolean {
  return method !== "GET" && !path.startsWith("/apis/authorization.k8s.io/");
}

/** Whether a request would write, or is for another object than those of the namespace and the Namespace itself. */
function isUnasked({ path, query, method }: ProxiedRequest): boolean {
  if (query.get("dryRun") !== "All") return true;
  if (path === "/api/v1/namespaces" && method === "POST") return false;
  return !/^\/(api\/v1|apis\/[^/]+\/[^/]+)\/namespaces\/shop(\/|$)/.test(path);
}

function shown({ method, path, query }: ProxiedRequest): string {
  return `${method} ${path}?${query}`;
}
