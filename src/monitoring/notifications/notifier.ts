import type { Log } from "../../terminal/log/log.ts";
import type { Happening } from "../happenings.ts";
import { Outbox } from "../outbox.ts";
import { cloudEvent, mediaTypeFor } from "./cloud-event.ts";
import { DeliveryError, deliver } from "./deliver.ts";
import { type NewsState, NO_NEWS, newsAfter } from "./news.ts";

/** How long a delivery may take with all of its attempts, in milliseconds. */
const PATIENCE = 25_000;

/** A URL that is shown nowhere. */
interface SecretUrl {
  reveal(): string;
}

/** Options of {@link Notifier}. */
export interface NotifierOptions {
  notifyUrl: SecretUrl | undefined;
  heartbeatUrl: SecretUrl | undefined;
  /** The name of the cluster, for people. */
  cluster: (signal: AbortSignal) => Promise<string>;
  environment: Readonly<Record<string, string | undefined>>;
  /** A unique text for each event. */
  newId: () => string;
  log: Log;
}

/** Sends what is news to one URL, and a sign of life after each backup to another. Nothing waits for either. */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #news: Outbox;
  readonly #heartbeats: Outbox;
  #state: NewsState = NO_NEWS;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#news = new Outbox({ patience: PATIENCE, onFailure: (error) => this.#failed("NOTIFY_URL", error) });
    this.#heartbeats = new Outbox({
      patience: PATIENCE,
      onFailure: (error) => this.#failed("HEARTBEAT_URL", error),
    });
  }

  /** Takes what has happened. */
  readonly listener = (happening: Happening, at: Date): void => {
    const { notifyUrl, heartbeatUrl, environment, newId, cluster } = this.#options;
    const { state, news } = newsAfter(this.#state, happening, at);
    this.#state = state;
    if (news !== undefined && notifyUrl !== undefined) {
      const id = newId();
      this.#news.put(async (signal) => {
        const url = notifyUrl.reveal();
        const body = JSON.stringify(cloudEvent(news, { cluster: await cluster(signal), at, id }));
        await deliver({ url, content: { body, mediaType: mediaTypeFor(url) }, environment }, signal);
      });
    }
    if (happening.kind === "backup stored" && heartbeatUrl !== undefined)
      this.#heartbeats.put((signal) => deliver({ url: heartbeatUrl.reveal(), environment }, signal));
  };

  /** Waits for what is under way, for that time at the most, in milliseconds. */
  async close(milliseconds: number): Promise<void> {
    await Promise.all([this.#news.finish(milliseconds), this.#heartbeats.finish(milliseconds)]);
  }

  #failed(setting: string, error: unknown): void {
    const { log } = this.#options;
    const reason = error instanceof DeliveryError ? error.message : `no answer in ${PATIENCE / 1000}s`;
    log.warn({ reason }, `${setting} was not reached; backups go on`);
  }
}
