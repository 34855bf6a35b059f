import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Connection } from "../kubeconfig/connection.ts";
import type { TlsOptions } from "../kubeconfig/credentials.ts";
import { ApiError, ConnectionError } from "./api-error.ts";
import type { BodyReceiver } from "./body-stream.ts";
import { type Answer, exchange, isSuccess } from "./exchange.ts";
import { RequestPace } from "./rate-limit.ts";
import { connectIntoBlocks } from "./socket-buffers.ts";

/** At most, and so the most requests under way; a connection is made only where all others are busy. */
export const CONNECTIONS = 64;
/** Longest time without a byte from the server, in milliseconds: a list of large objects takes its time. */
const SILENCE_LIMIT = 60_000;
const CONNECT_LIMIT = 10_000;
/** How often a passing fault is tried again, and the pause between, which doubles from the least to the most. */
const RETRIES = 5;
const RETRY_PAUSE_LEAST = 250;
const RETRY_PAUSE_MOST = 8_000;
/** Longest pause that a server's Retry-After is granted. */
const RETRY_AFTER_MOST = 30_000;
/** Tokens and certificates are read again this often; the files and plug-ins behind them renew them. */
const CREDENTIALS_AGE = 30_000;

/** One request to the API server. */
export interface ApiRequest {
  /** What it is for, to follow "Cannot": `list secrets`. */
  what: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below the server, parts encoded by the caller. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: string;
  headers?: Record<string, string>;
  /** Whether it is about Secrets, whose contents no error may quote. */
  secret?: boolean;
  /** Whether an internal error (500) is tried again as other passing faults are; true without it. */
  retryInternalErrors?: boolean | undefined;
  /** Takes the body of a success while it comes; the answer's is empty then. */
  receiver?: BodyReceiver;
}

/** An answer with a status of 2xx. */
export interface ApiAnswer {
  body: Buffer;
  /** The body as text. */
  readonly text: string;
  /** The server's `Warning` headers, as it phrased them. */
  warnings: string[];
}

/** Options of {@link ApiClient}. */
export interface ApiClientOptions {
  connection: Connection;
  /** How we call ourselves in the API server's audit log. */
  userAgent: string;
  now: () => Date;
  /** Most requests a second; as many as there are without it. */
  maxQps?: number | undefined;
  /** Told of each answer. */
  onAnswer?: () => void;
  /** Told of each fault that is tried again. */
  onRetry?: (error: Error) => void;
}

/**
 * Raw JSON to and from an API server over a few connections that stay open.
 *
 * Not the typed client: that makes connections anew for each request and drops every field that it
 * does not know.
 */
export class ApiClient {
  readonly server: string;
  readonly context: string;
  /** What the API server has answered: how much, and how often it asked to be gentler. */
  readonly traffic = { answers: 0, pushbacks: 0 };
  readonly #options: ApiClientOptions;
  readonly #pace: RequestPace;
  readonly #origin: string;
  readonly #basePath: string;
  #dispatcher: Dispatcher | undefined;
  #tls = "";
  #headers: Record<string, string | string[]> = {};
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#pace = new RequestPace(options.maxQps);
    const { origin, pathname } = new URL(options.connection.server);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/+$/, "");
    this.server = options.connection.server;
    this.context = options.connection.context;
  }

  /**
   * Sends a request; passing faults (a broken connection, 429, 5xx) are tried again with growing
   * pauses, obeying Retry-After. A request that creates may so be carried out twice: the second
   * answer is then AlreadyExists.
   *
   * @throws {ApiError} when the answer is no success, {ConnectionError} when there is none.
   */
  async send(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    try {
      return await this.#sendOnce(request, signal);
    } catch (error) {
      if (!isPassing(error, request)) throw error;
      return await this.#sendAgain(request, error, signal);
    }
  }

  /** What retrying takes is spent only where something fails: a restore sends one request an object. */
  async #sendAgain(request: ApiRequest, first: unknown, signal: AbortSignal): Promise<ApiAnswer> {
    const attempt = (number: number) =>
      number === 1 ? Promise.reject(first) : this.#sendOnce(request, signal);
    return await pRetry(attempt, {
      retries: RETRIES,
      factor: 2,
      minTimeout: RETRY_PAUSE_LEAST,
      maxTimeout: RETRY_PAUSE_MOST,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => isPassing(error, request),
      onFailedAttempt: async ({ error, retriesLeft }) => {
        if (retriesLeft === 0 || !isPassing(error, request)) return;
        this.#options.onRetry?.(error);
        const asked = error instanceof ApiError ? error.retryAfter : undefined;
        if (asked === undefined) return;
        const pause = Math.min(asked, RETRY_AFTER_MOST);
        if (isPushback(error)) this.#pace.hold(pause);
        else await sleep(pause, undefined, { signal });
      },
    });
  }

  /** Sends a GET and parses the answer; for small answers whose numbers are of no matter. */
  async get<T>(request: Omit<ApiRequest, "method">, signal: AbortSignal): Promise<T> {
    return JSON.parse((await this.send({ ...request, method: "GET" }, signal)).text) as T;
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
    this.#tls = "";
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #sendOnce(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    signal.throwIfAborted();
    // The turn first: credentials must not grow old while it is waited for.
    await this.#pace.turn(signal);
    await this.#renewCredentials(signal);
    let answer: Answer;
    try {
      answer = await exchange(
        this.#dispatcher as Dispatcher,
        {
          origin: this.#origin,
          path: `${this.#basePath}${request.path}${formatQuery(request.query)}`,
          method: request.method,
          headers: {
            "user-agent": this.#options.userAgent,
            accept: "application/json",
            ...(request.body === undefined ? {} : { "content-type": "application/json" }),
            ...request.headers,
            ...this.#headers,
          },
          body: request.body === undefined ? null : Buffer.from(request.body),
        },
        signal,
        request.receiver,
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new ConnectionError(request.what, this.server, error);
    }
    this.#options.onAnswer?.();
    this.traffic.answers += 1;
    if (isSuccess(answer.status)) {
      const { body, headers } = answer;
      return {
        body,
        get text() {
          return body.toString();
        },
        warnings: readWarnings(headers["warning"]),
      };
    }
    if (answer.status === 401) this.#forgetCredentials();
    const retryAfter = answer.headers["retry-after"];
    const error = new ApiError(request.what, {
      status: answer.status,
      body: answer.body.toString(),
      retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
      secret: request.secret ?? false,
      warnings: readWarnings(answer.headers["warning"]),
    });
    if (isPushback(error)) this.traffic.pushbacks += 1;
    throw error;
  }

  async #renewCredentials(signal: AbortSignal): Promise<void> {
    const now = this.#options.now().getTime();
    if (now - this.#readAt < CREDENTIALS_AGE && now >= this.#readAt) return;
    // Many requests at once share one reading: an exec plug-in may ask a person.
    this.#reading ??= this.#readCredentials(now, signal).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    this.#readAt = now;
  }

  /** As kubectl: this request has failed, and the next one finds credentials that are new. */
  #forgetCredentials(): void {
    this.#options.connection.refused();
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #readCredentials(now: number, signal: AbortSignal): Promise<void> {
    const { tls, headers } = await this.#options.connection.credentials(new Date(now), signal);
    this.#headers = headers;
    const fingerprint = JSON.stringify(tls);
    if (this.#dispatcher !== undefined && fingerprint === this.#tls) return;
    // Requests under way on the old connections end by themselves.
    void this.#dispatcher?.close();
    this.#dispatcher = makeDispatcher(this.#options.connection, tls);
    this.#tls = fingerprint;
  }
}

function makeDispatcher({ proxyUrl }: Connection, tls: TlsOptions): Dispatcher {
  const options = {
    // Over HTTP/2, closing while an aborted request is under way ends the process by an error event that
    // nobody can listen to, and header values of one name are joined. It is no faster here.
    allowH2: false,
    connections: CONNECTIONS,
    headersTimeout: SILENCE_LIMIT,
    bodyTimeout: SILENCE_LIMIT,
    pipelining: 1,
  };
  if (proxyUrl !== undefined)
    return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: tls, connectTimeout: CONNECT_LIMIT });
  const connect = connectIntoBlocks({ ...tls, allowH2: false, timeout: CONNECT_LIMIT });
  return new Agent({ ...options, connect });
}

function formatQuery(query: ApiRequest["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size > 0 ? `?${parameters}` : "";
}

/**
 * Whether the API server has too much to do, and not only what one resource needs is not ready: that comes with a
 * Status object, which has a reason.
 *
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
 */
function isPushback(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429 && error.reason === "";
}

/** Faults that time may heal. 500 is among them: a webhook that is not up yet answers so. */
function isPassing(error: unknown, { retryInternalErrors = true }: ApiRequest): boolean {
  if (error instanceof ConnectionError) return true;
  if (error instanceof ApiError && error.status === 500) return retryInternalErrors;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}

/** `299 - "unknown field \"spec.x\""` → `unknown field "spec.x"` (RFC 7234, section 5.5). */
function readWarnings(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return [header]
    .flat()
    .flatMap((line) =>
      [...line.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
        (match[1] ?? "").replaceAll(/\\(.)/g, "$1"),
      ),
    );
}
