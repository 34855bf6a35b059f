/**
 * The backup loop as a process of its own, with an interval in milliseconds, which no setting of
 * the program can say: `node loop-process.ts KUBECONFIG FOLDER INTERVAL`.
 */

import process from "node:process";
import { backupLoop } from "../../../src/backup/loop.ts";
import { takeBackup } from "../../../src/backup/take-backup.ts";
import { openConnection } from "../../../src/cluster/kubeconfig/connection.ts";
import { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { Health } from "../../../src/health/health.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";

const [kubeconfig, folder = "", interval] = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
const now = () => new Date();
const log = await createLog({ stream: process.stderr, readable: false, colors: false, debug: false, now });
const client = new ApiClient({
  connection: await openConnection({ kubeconfig }),
  userAgent: "kube-backup-test",
  now,
});
const store = await openStore({ target: { kind: "file", folder }, log, now });
const program = { version: "0.0.0", commit: "test" };
const kinds = {
  base: "none",
  terms: [
    { adds: true, word: "configmaps" },
    { adds: true, word: "secrets" },
  ],
} as const;
process.stdout.write("ready\n");
try {
  const take = (signal: AbortSignal) => takeBackup({ client, store, kinds, program, now, log }, signal);
  await backupLoop(
    {
      store,
      take,
      frequency: Number(interval),
      now,
      log,
      health: new Health({ frequency: Number(interval), now }),
    },
    stop.signal,
  );
} catch (error) {
  if (!stop.signal.aborted) throw error;
} finally {
  await client.close();
}
