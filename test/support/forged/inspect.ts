/** `node test/support/forged/inspect.ts FOLDER` looks at all backups of a folder as `list --long` does, and says how much memory that took. */

import process from "node:process";
import { inspectBackups } from "../../../src/catalog/inspect-backup.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { peakMemory } from "./peak-memory.ts";

const signal = new AbortController().signal;
const [folder = ""] = process.argv.slice(2);
const store = new FileStore({ folder });
const states: string[] = [];
for await (const { inspection } of inspectBackups(store, store.list({}, signal), signal)) {
  states.push(inspection.state === "valid" ? "valid" : inspection.reason);
}
await store.close();
process.stdout.write(JSON.stringify({ states, maxRss: peakMemory() }));
