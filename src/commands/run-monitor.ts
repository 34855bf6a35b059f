/** What `run` tells whoever watches it from outside, and where it tells it. */

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { totalObjects } from "../archive/format/counts.ts";
import { parentOf } from "../backup/cluster-facts.ts";
import type { LoopObserver } from "../backup/loop.ts";
import type { MadeBackup } from "../catalog/makers.ts";
import type { RecorderObserver } from "../change-log/recording/recorder.ts";
import { readClusterId } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { Scrape } from "../health/server.ts";
import type { StartFailure } from "../monitoring/happenings.ts";
import type { Metrics } from "../monitoring/metrics/metrics.ts";
import { Monitor } from "../monitoring/monitor.ts";
import { publicReason } from "../monitoring/public-reason.ts";
import type { GateObserver } from "../restore-gate/gate-options.ts";
import { readFlag } from "../restore-gate/restore-flag.ts";
import type { Settings } from "../settings/settings.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { orNothing, withAll } from "../trust/believed-store.ts";
import { COMMIT, VERSION } from "../version.ts";
import { amount } from "../words/amount.ts";

/** How long the program waits at its end for what it still has to tell, in milliseconds. */
const LAST_WORDS = 3_000;

/** What is needed to tell somebody something. */
interface Told {
  client: ApiClient;
  settings: Settings;
  log: Log;
  environment: Readonly<Record<string, string | undefined>>;
}

/** Watches a run of the program. */
export class RunMonitor {
  readonly monitor: Monitor;
  /** Undefined where nobody can read them. */
  readonly metrics: Metrics | undefined;
  readonly scrape: Scrape | undefined;
  readonly #log: LastCertain;
  /** What it means where the program ends by an error now. */
  #gate: { how: StartFailure; failed?: string } = { how: "failed" };

  constructor(monitor: Monitor, metrics: Metrics | undefined, log: LastCertain) {
    this.monitor = monitor;
    this.metrics = metrics;
    this.scrape = metrics && (() => metrics.scrape());
    this.#log = log;
  }

  /** Times answers, where there are metrics. */
  timing(): {
    onExchange?: (seconds: number, status: number | undefined) => void;
    onStoreAnswer?: (seconds: number, status: number | undefined) => void;
  } {
    const { metrics } = this;
    if (metrics === undefined) return {};
    return {
      onExchange: (seconds, status) => metrics.answered("api", seconds, status),
      onStoreAnswer: (seconds, status) => metrics.answered("s3", seconds, status),
    };
  }

  /** Tells what happens by events on the program's Deployment, until it is disposed of. */
  async tellCluster({ client, settings, log, environment }: Told): Promise<AsyncDisposable> {
    const { EventWriter } = await import("../monitoring/events/event-writer.ts");
    const pod = environment["POD_NAME"] || environment["HOSTNAME"] || hostname();
    const events = new EventWriter({ client, namespace: settings.programNamespace, pod, log });
    this.monitor.listen(events.listener);
    return { [Symbol.asyncDispose]: () => events.close(LAST_WORDS) };
  }

  /** Sends news, where the settings name somebody to send them to, until it is disposed of. */
  async tellOthers({ client, settings, log, environment }: Told): Promise<AsyncDisposable | undefined> {
    const { notifyUrl, heartbeatUrl, clusterName } = settings;
    if (notifyUrl === undefined && heartbeatUrl === undefined) return undefined;
    const { Notifier } = await import("../monitoring/notifications/notifier.ts");
    const cluster = async (signal: AbortSignal) =>
      clusterName ??
      (await readClusterId(client, signal).catch(() => undefined)) ??
      new URL(client.server).host;
    const notifier = new Notifier({
      ...{ notifyUrl, heartbeatUrl, cluster, environment, log },
      newId: randomUUID,
    });
    this.monitor.listen(notifier.listener);
    return { [Symbol.asyncDispose]: () => notifier.close(LAST_WORDS) };
  }

  /** Has the store asked for what metrics say, where there are any. */
  watchStore(
    { client, store, settings }: { client: ApiClient; store: Store; settings: Settings },
    signal: AbortSignal,
  ): void {
    if (this.metrics === undefined) return;
    this.monitor.watchStore(async (signal) => {
      // Anew each time: a restore of the gate says meanwhile whose place this cluster takes.
      const own = await readOwn(client, settings, signal);
      if (own === undefined) return undefined;
      const { readStoreFacts } = await import("../monitoring/read-store-facts.ts");
      return await readStoreFacts({ store: orNothing(store), all: withAll(store), own }, signal);
    }, signal);
  }

  /** Does the work of the program, and tells where that ends by an error. */
  async start<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted) {
        const { how, failed } = this.#gate;
        this.monitor.happened({ kind: "start failed", how, reason: failed ?? publicReason(error) });
      }
      throw error;
    }
  }

  /** Follows the restore gate. */
  get gate(): GateObserver {
    return {
      decided: (decision) => {
        this.#gate = { how: decision.action === "error" ? "refused" : "failed" };
        if (decision.action === "none" || decision.action === "write flag")
          this.monitor.happened({ kind: "gate passed", because: decision.because });
      },
      begins: (backup, { resumed }) => {
        this.#gate = { how: "restore failed" };
        this.monitor.happened({ kind: "restore begun", backup, resumed });
      },
      tried: (backup, { objects, failed, refused }) => {
        if (failed > 0) {
          // The error names objects, and what a server said of them.
          const reason = `Cannot restore ${backup} wholly: ${failed} of ${amount(objects, "object")} failed`;
          this.#gate = { how: "restore failed", failed: reason };
          return;
        }
        this.#gate = { how: "failed" };
        this.monitor.happened({ kind: "restore ended", backup, objects, refused });
      },
    };
  }

  /** Follows the loop. */
  get loop(): LoopObserver {
    return {
      stored: ({ name, size, manifest }, seconds) =>
        this.monitor.happened({
          kind: "backup stored",
          backup: name,
          time: backupTime(name) ?? new Date(manifest.time),
          objects: totalObjects(manifest),
          ...{ size, seconds, missing: manifest.missing.length, warnings: manifest.warnings.length },
        }),
      failed: (error, failures) =>
        this.monitor.happened({ kind: "backup failed", failures, reason: publicReason(error) }),
    };
  }

  /** Follows the change log. */
  get changeLog(): RecorderObserver {
    return {
      begins: () => this.monitor.happened({ kind: "log begun" }),
      ends: ({ until, isExpected, isFinal }) => {
        this.#log.until(until);
        this.monitor.happened({ kind: "log gap", until, isExpected, isFinal });
      },
    };
  }

  /** The recorder that says up to when every change is stored. */
  recordedBy(recorder: { readonly certain: Date | undefined }): void {
    this.#log.ask = () => recorder.certain;
  }
}

/** Up to when every change is stored, which stays true when nothing is recorded any more. */
class LastCertain {
  ask: () => Date | undefined = () => undefined;
  #last: Date | undefined;

  until(time: Date | undefined): void {
    if (time !== undefined) this.#last = time;
  }

  get time(): Date | undefined {
    this.until(this.ask());
    return this.#last;
  }
}

/** Opens what is told to the outside, as the settings have it. */
export async function openRunMonitor({
  settings,
  now,
}: {
  settings: Settings & { frequencyMinutes: number };
  now: () => Date;
}): Promise<RunMonitor> {
  const monitor = new Monitor({ now });
  const log = new LastCertain();
  if (settings.listen === undefined) return new RunMonitor(monitor, undefined, log);
  const [{ Metrics }, { figuresOf }] = await Promise.all([
    import("../monitoring/metrics/metrics.ts"),
    import("../monitoring/metrics/figures.ts"),
  ]);
  const { changeLog = "off" } = settings;
  const fixed = {
    ...{ version: VERSION, commit: COMMIT },
    ...{ interval: settings.frequencyMinutes * 60, changeLog: changeLog !== "off" },
  };
  return new RunMonitor(monitor, new Metrics(() => figuresOf(monitor.known, fixed, log.time)), log);
}

/** A backup that this cluster would take; undefined where the API server does not say which cluster it is. */
async function readOwn(
  client: ApiClient,
  { clusterName }: Settings,
  signal: AbortSignal,
): Promise<Pick<MadeBackup, "cluster" | "parent"> | undefined> {
  try {
    const id = await readClusterId(client, signal);
    if (id === undefined) return undefined;
    const { facts } = await readFlag(client, signal);
    return { cluster: { id, name: clusterName }, parent: parentOf(facts, id) };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
