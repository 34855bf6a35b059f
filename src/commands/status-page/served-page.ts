import type { ServedDocument } from "../../health/server.ts";
import type { Happening } from "../../monitoring/happenings.ts";
import type { Known } from "../../monitoring/known.ts";
import type { Monitor } from "../../monitoring/monitor.ts";
import { Rereading } from "../../monitoring/rereading.ts";
import type { StatusPage } from "../../settings/status-page.ts";
import { MOST_ROUNDS, type PageFacts } from "./page-facts.ts";
import { PAGE_HEADERS, pageHtml } from "./page-html.ts";
import { type PageView, viewPage } from "./page-view.ts";

/** How long the cluster and the store may take to say all, in milliseconds. */
const PATIENCE = 120_000;

/** Options of {@link ServedPage}. */
export interface ServedPageOptions {
  monitor: Monitor;
  tells: Exclude<StatusPage, "off">;
  /** From one backup to the next, in milliseconds. */
  interval: number;
  /** In milliseconds. */
  maxRestoreAge: number;
  now: () => Date;
}

/**
 * The status page. The cluster and the store are asked at the start and after each round, and never by a request: whoever
 * reads the page often costs neither of them anything.
 */
export class ServedPage {
  readonly #options: ServedPageOptions;
  #facts: PageFacts | undefined;
  #readFailed = false;
  /** Seconds that the latest backups of this process took, by their time in milliseconds. */
  readonly #durations = new Map<number, number>();
  readonly #reading = new Rereading<PageFacts>({
    patience: PATIENCE,
    onRead: (facts) => {
      this.#facts = facts;
      this.#readFailed = false;
    },
    onFailure: () => {
      this.#readFailed = true;
    },
  });

  constructor(options: ServedPageOptions) {
    this.#options = options;
    options.monitor.listen((happening) => this.#happened(happening));
  }

  /** Has the cluster and the store asked from now on. */
  watch(read: (signal: AbortSignal) => Promise<PageFacts>, signal: AbortSignal): void {
    this.#reading.watch(read, signal);
  }

  /** The page at `/`, and the same as JSON at `/status.json`. */
  document(path: string): ServedDocument | undefined {
    if (path === "/") return { ...HTML, text: pageHtml(this.#view()) };
    if (path === "/status.json") return { ...JSON_TEXT, text: `${JSON.stringify(this.#view())}\n` };
    return undefined;
  }

  #view(): PageView {
    const { monitor, tells, interval, maxRestoreAge, now } = this.#options;
    const known: Pick<Known, "storeUp" | "attempt"> = monitor.known;
    return viewPage(
      {
        facts: this.#facts,
        readFailed: this.#readFailed,
        known,
        durations: this.#durations,
        interval,
        maxRestoreAge,
      },
      { asOf: now(), tells },
    );
  }

  #happened(happening: Happening): void {
    if (happening.kind === "backup stored") {
      this.#durations.set(happening.time.getTime(), happening.seconds);
      for (const oldest of this.#durations.keys()) {
        if (this.#durations.size <= MOST_ROUNDS) break;
        this.#durations.delete(oldest);
      }
    }
    this.#reading.refresh();
  }
}

const HTML = { contentType: "text/html; charset=utf-8", headers: PAGE_HEADERS };
const JSON_TEXT = { contentType: "application/json", headers: { "cache-control": "no-store" } };
