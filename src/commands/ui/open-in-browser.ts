import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { escapeHtml } from "../../pages/escape.ts";
import type { Log } from "../../terminal/log/log.ts";

/** What opens a file in the browser. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens an address in the browser, by way of a file that only this user may read: all users of a machine see the arguments of
 * its processes. The file goes when the signal aborts.
 */
export async function openInBrowser(
  address: string,
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<void> {
  const { spawn } = await import("node:child_process");
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-ui-"));
  signal.addEventListener("abort", () => void rm(folder, { recursive: true, force: true }), { once: true });
  const file = path.join(folder, "open.html");
  const html = `<!doctype html><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${escapeHtml(address)}">\n`;
  await writeFile(file, html, { mode: 0o600 });
  const [command, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...args, pathToFileURL(file).href], { stdio: "ignore", detached: true });
  child.once("error", (error) =>
    log.warn({ err: error }, "No browser can be opened: open the address by hand"),
  );
  child.unref();
}
