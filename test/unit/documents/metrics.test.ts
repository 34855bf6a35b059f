/** docs/monitoring.md names the metrics that there are, no more and no fewer. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { NOTHING_KNOWN } from "../../../src/monitoring/known.ts";
import { figuresOf } from "../../../src/monitoring/metrics/figures.ts";
import { Metrics } from "../../../src/monitoring/metrics/metrics.ts";

test("the table of metrics", async () => {
  const fixed = { version: "", commit: "", interval: 1, changeLog: false };
  const { text } = await new Metrics(() => figuresOf(NOTHING_KNOWN, fixed, undefined)).scrape();
  const served = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const page = await readFile(path.join(import.meta.dirname, "../../../docs/monitoring.md"), "utf8");
  const documented = [...page.matchAll(/^\| `(kube_backup_\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(documented.sort(), served.sort());
});
