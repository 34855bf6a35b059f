/**
 * `node build/supply-line.ts` checks what goes into the program: the lock files, the tree for secrets, and npm's advisories.
 * Where the registry does not answer about advisories, that is said; with AUDIT=required it is an error.
 */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { type Audit, readAudit } from "./checks/audit.ts";
import { EXPLAINED_ADVISORIES } from "./checks/explained-advisories.ts";
import { KNOWN_SECRETS } from "./checks/known-secrets.ts";
import { lockFileProblems } from "./checks/lock-file.ts";
import { type Finding, findSecrets, secretProblems } from "./checks/secrets.ts";

const ROOT = path.join(import.meta.dirname, "..");
const LOCK_FILES = ["package-lock.json", "build/node/package-lock.json"];
const run = promisify(execFile);

async function lockFiles(): Promise<string[]> {
  const problems = await Promise.all(
    LOCK_FILES.map(async (file) => {
      const { packages } = JSON.parse(await readFile(path.join(ROOT, file), "utf8"));
      return lockFileProblems(packages).map((problem) => `${file}: ${problem}`);
    }),
  );
  return problems.flat();
}

/** Scans all that git knows, and all that it would take: what is ignored is not published. */
async function secrets(): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await run("git", args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const findings: Finding[] = [];
  for (const file of new Set(stdout.split("\0").filter((name) => name !== ""))) {
    const bytes = await readFile(path.join(ROOT, file)).catch(() => undefined);
    if (bytes !== undefined) findings.push(...findSecrets(file, bytes.toString("latin1")));
  }
  return secretProblems(findings, KNOWN_SECRETS);
}

async function audit(): Promise<Audit> {
  // Ends with an error where it has found something.
  const { stdout } = await run("npm", ["audit", "--json"], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  return readAudit(stdout, EXPLAINED_ADVISORIES, new Date().toISOString().slice(0, 10));
}

if (import.meta.main) {
  const [locked, secret, audited] = await Promise.all([lockFiles(), secrets(), audit()]);
  const problems = [...locked, ...secret, ...(audited.kind === "done" ? audited.problems : [])];
  if (audited.kind === "not done") {
    const said = `npm's advisories were NOT looked at: ${audited.reason}`;
    if (process.env["AUDIT"] === "required") problems.push(said);
    else process.stderr.write(`warning: ${said}\n`);
  }
  for (const problem of problems) process.stderr.write(`error: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
