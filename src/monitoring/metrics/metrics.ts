import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Figure } from "./figures.ts";

/** From a small GET to a page of large objects over a slow line, in seconds. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Whose answers are timed. */
export type Server = "api" | "s3";

/** The metrics of a process, as Prometheus reads them. */
export class Metrics {
  readonly #figures: () => readonly Figure[];
  readonly #durations: Readonly<Record<Server, Histogram<"code">>>;

  /** @param figures asked at each scrape. */
  constructor(figures: () => readonly Figure[]) {
    this.#figures = figures;
    this.#durations = {
      api: durations("api", "Time from a request to the API server to the end of its answer."),
      s3: durations("s3", "Time from a request to the S3 server to the head of its answer."),
    };
  }

  /**
   * Counts an answer.
   *
   * @param status undefined where there was none.
   */
  answered(server: Server, seconds: number, status: number | undefined): void {
    this.#durations[server].observe({ code: codeOf(status) }, seconds);
  }

  /** The text of a scrape, and what it is. */
  async scrape(): Promise<{ contentType: string; text: string }> {
    // A figure that is not known any more must not stay: nothing is kept from one scrape to the next.
    const registry = new Registry();
    for (const figure of this.#figures()) register(registry, figure);
    for (const histogram of Object.values(this.#durations)) registry.registerMetric(histogram);
    return { contentType: registry.contentType, text: await registry.metrics() };
  }
}

function durations(server: Server, help: string): Histogram<"code"> {
  const name = `kube_backup_${server}_request_duration_seconds`;
  return new Histogram({ name, help, labelNames: ["code"], buckets: BUCKETS, registers: [] });
}

/** Few values: each is a series of its own for each bucket. */
function codeOf(status: number | undefined): string {
  return status === undefined ? "none" : `${Math.floor(status / 100)}xx`;
}

function register(registry: Registry, { name, help, type, samples }: Figure): void {
  const labelNames = Object.keys(samples[0]?.labels ?? {});
  const configuration = { name, help, labelNames, registers: [registry] };
  if (type === "counter") {
    const counter = new Counter(configuration);
    if (labelNames.length === 0) counter.remove();
    for (const { labels, value } of samples) counter.inc(labels, value);
    return;
  }
  const gauge = new Gauge(configuration);
  // The library begins with 0, which would be a lie.
  if (labelNames.length === 0) gauge.remove();
  for (const { labels, value } of samples) gauge.set(labels, value);
}
