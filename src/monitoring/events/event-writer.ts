import { createObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { findProgramDeployments } from "../../program/read-own-objects.ts";
import type { Log } from "../../terminal/log/log.ts";
import type { Happening } from "../happenings.ts";
import { Outbox } from "../outbox.ts";
import { Allowance } from "./allowance.ts";
import { EVENTS, eventObject, type Workload, workloadOf } from "./event-object.ts";
import { type EventText, eventOf } from "./event-text.ts";

/** How long an event may take, in milliseconds. */
const PATIENCE = 10_000;

/** Options of {@link EventWriter}. */
export interface EventWriterOptions {
  client: ApiClient;
  /** The namespace of the program. */
  namespace: string;
  /** The name of the pod, or of the machine. */
  pod: string;
  log: Log;
}

/**
 * Tells what happens by events on the program's Deployment, so that `kubectl describe` has it. The program goes on without:
 * where it lacks the right, that is said once.
 */
export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #outbox: Outbox;
  readonly #allowance = new Allowance();
  readonly #client: ApiClient;
  #workload: Workload | undefined;
  #failing = false;
  #isRefused = false;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    // Of its own: an event must not wait for what a restore sends.
    this.#client = options.client.beside({ connections: 1 });
    this.#outbox = new Outbox({ patience: PATIENCE, onFailure: (error) => this.#failed(error) });
  }

  /** Takes what has happened. */
  readonly listener = (happening: Happening, at: Date): void => {
    const text = eventOf(happening, { failing: this.#failing });
    if (happening.kind === "backup failed") this.#failing = true;
    if (happening.kind === "backup stored") this.#failing = false;
    if (text === undefined || this.#isRefused || !this.#allowance.take(at)) return;
    this.#outbox.put((signal) => this.#write(text, at, signal));
  };

  /** Waits for what is under way, for that time at the most, in milliseconds. */
  async close(milliseconds: number): Promise<void> {
    await this.#outbox.finish(milliseconds);
    await this.#client.close();
  }

  async #write(text: EventText, at: Date, signal: AbortSignal): Promise<void> {
    if (this.#isRefused) return;
    const { namespace, pod } = this.#options;
    const deployments =
      this.#workload === undefined && (await findProgramDeployments(this.#client, namespace, signal));
    this.#workload ??= workloadOf(deployments || [], pod);
    // Outside of a cluster, there is none.
    if (this.#workload === undefined) return;
    const { key, object } = eventObject(text, { workload: this.#workload, pod, at });
    await createObject(this.#client, { resource: EVENTS, key, body: JSON.stringify(object) }, signal);
  }

  #failed(error: unknown): void {
    const { log } = this.#options;
    if (error instanceof ApiError && error.lacksRight) {
      if (this.#isRefused) return;
      this.#isRefused = true;
      log.warn({ err: error }, "kubectl describe will not tell what happens: events cannot be written");
      return;
    }
    log.debug({ err: error }, "An event is not written");
  }
}
