/**
 * The Linux namespaces that a node runs in: network, mounts and processes. They hang on one process:
 * when it dies, however that happens, the kernel ends every process in them and takes mounts,
 * interfaces and firewall rules away with them.
 */

import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Network } from "../cluster/network.ts";
import { runCommand } from "../processes/run-command.ts";
import { startServerProcess } from "../processes/server-process.ts";
import { until } from "../until.ts";

/** Namespaces with a network of their own. */
export interface Namespaces {
  /** The node's address and how to start what only needs its network; process ids stay those of this machine. */
  readonly network: Network;
  /** Command line that starts a process in all of the namespaces; it ends with the process that started it. */
  readonly inside: readonly string[];
  /** Ends every process in them. May be called twice. */
  stop(): Promise<void>;
}

/** Folders that programs write to whatever they are told: the node gets its own. */
const PRIVATE_FOLDERS = ["/run", "/var/log", "/var/lib"];

/** What the kubelet sets, for the whole machine: it finds it set, in a file of ours. */
const PRETENDED_SETTINGS: Record<string, string> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

// The first process of a process namespace must wait for orphans.
const INIT = 'for script; do . "$script"; done; touch "$READY"; sleep infinity & wait';

/**
 * Makes namespaces, joined to this machine's network by a pair of addresses that no network uses
 * (198.18.0.0/15, RFC 2544). Nothing is forwarded from there.
 *
 * @param folder is removed when this process dies without having stopped them.
 */
export async function startNamespaces(folder: string): Promise<Namespaces> {
  const ready = path.join(folder, "ready");
  const unshare = await startServerProcess({
    command: "unshare",
    args: [
      "--net",
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      "--mount-proc",
      "/bin/sh",
      "-ec",
      INIT,
      "init",
      await writeMounts(folder),
    ],
    env: { READY: ready },
    log: path.join(folder, "namespaces.log"),
    orphanedFolder: folder,
  });
  try {
    const init = await firstChild(unshare.pid);
    const net = ["nsenter", `--net=/proc/${init}/ns/net`, "--"];
    const address = await connect(init, net);
    await waitForFile(ready, () => unshare.lastOutput());
    return {
      network: { address, prefix: net },
      // nsenter stays outside and waits: the signal hands its end on.
      inside: [
        "nsenter",
        `--target=${init}`,
        "--net",
        "--mount",
        "--pid",
        "--",
        "setpriv",
        "--pdeathsig=KILL",
        "--",
      ],
      stop: async () => {
        await unshare.stop(0);
        await waitForEnd(init);
      },
    };
  } catch (error) {
    await unshare.stop(0);
    throw error;
  }
}

/** Writes the script that gives the node folders and kernel settings of its own, and returns its path. */
async function writeMounts(folder: string): Promise<string> {
  const lines = ["mount --make-rprivate /"];
  for (const target of PRIVATE_FOLDERS) {
    const own = path.join(folder, "root", target);
    await mkdir(own, { recursive: true });
    lines.push(`mount --bind '${own}' ${target}`);
  }
  for (const [name, value] of Object.entries(PRETENDED_SETTINGS)) {
    const own = path.join(folder, "root", name.replaceAll("/", "-"));
    await writeFile(own, `${value}\n`);
    lines.push(`test ! -e /proc/sys/${name} || mount --bind '${own}' /proc/sys/${name}`);
  }
  // What the kubelet mounts, containers must see.
  lines.push("mount --make-rshared /");
  const script = path.join(folder, "mounts.sh");
  await writeFile(script, `${lines.join("\n")}\n`);
  return script;
}

/** Joins the namespaces to this machine by a pair of interfaces; returns the address on their side. */
async function connect(init: number, net: readonly string[]): Promise<string> {
  const name = `kbn${init}`;
  const base = await freeNetwork();
  const [outer, inner] = [`${base.prefix}.${base.last + 1}`, `${base.prefix}.${base.last + 2}`];
  await runCommand([
    "ip",
    "link",
    "add",
    name,
    "type",
    "veth",
    "peer",
    "name",
    "eth0",
    "netns",
    String(init),
  ]);
  await runCommand(["ip", "address", "add", `${outer}/30`, "dev", name]);
  await runCommand(["ip", "link", "set", name, "up"]);
  await runCommand([...net, "ip", "link", "set", "lo", "up"]);
  await runCommand([...net, "ip", "address", "add", `${inner}/30`, "dev", "eth0"]);
  await runCommand([...net, "ip", "link", "set", "eth0", "up"]);
  // The kubelet takes a node without a default route for one without a network.
  await runCommand([...net, "ip", "route", "add", "default", "via", outer]);
  await runCommand([...net, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
  return inner;
}

async function freeNetwork(): Promise<{ prefix: string; last: number }> {
  const routes = await runCommand(["ip", "-4", "route", "show"]);
  for (;;) {
    const [prefix, last] = [`198.${18 + randomInt(2)}.${randomInt(256)}`, randomInt(64) * 4];
    if (!routes.includes(`${prefix}.${last}/`)) return { prefix, last };
  }
}

async function firstChild(pid: number): Promise<number> {
  for (;;) {
    const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ");
    if (child !== undefined && child !== "") return Number(child);
    await sleep(5);
  }
}

/** The first process of the namespaces ends after all others. */
async function waitForEnd(init: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${init}/stat`, "utf8").catch(() => undefined);
    if (stat === undefined || stat.includes(") Z ")) return;
    await sleep(10);
  }
}

async function waitForFile(file: string, lastOutput: () => Promise<string>): Promise<void> {
  const isThere = () => existsSync(file);
  await until(`${file} is there`, isThere, { timeoutMs: 10_000, intervalMs: 10 }).catch(async (cause) => {
    throw new Error(`Cannot make the node's namespaces:\n${await lastOutput()}`, { cause });
  });
}
