import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Connection } from "../kubeconfig/connection.ts";
import type { TlsOptions } from "../kubeconfig/credentials.ts";
import { ApiError, ConnectionError, RequestTimeout } from "./api-error.ts";
import type { BodyReceiver } from "./body-stream.ts";
import { certificateFault, readPeerCertificate } from "./certificate-faults.ts";
import { CONNECT_TIMEOUT } from "./connect-timeout.ts";
import { type Answer, exchange, isSuccess, NotSentError } from "./exchange.ts";
import { parseAnswer } from "./parse-answer.ts";
import { grantedPause, isRateLimited, RateLimit } from "./rate-limit.ts";
import { connectIntoBlocks } from "./socket-buffers.ts";
import { findRefusal, readUserCertificate, type UserCertificate } from "./user-certificate.ts";

/** The most connections, and so the most requests in flight. A connection is opened only while all others are busy. */
export const CONNECTIONS = 64;
/** The longest time without a byte from the API server, in milliseconds: a list of large objects takes long. */
const IDLE_TIMEOUT = 60_000;
/** Retries of a transient fault, and the exponential backoff between them, in milliseconds. */
const RETRIES = 5;
const FIRST_BACKOFF = 250;
const LONGEST_BACKOFF = 8_000;
/** How long an API server that cannot be reached is tried again, in milliseconds, however often that is. */
const UNREACHABLE_FOR = 15_000;
/** How often tokens and certificates are read again, in milliseconds: files and plug-ins renew them. */
const CREDENTIALS_AGE = 30_000;

/** One request to the API server. */
export interface ApiRequest {
  /** The purpose of the request, to follow "Cannot": `list secrets`. */
  what: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below the base URL, encoded by the caller. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: string;
  headers?: Record<string, string>;
  /** Whether the request concerns Secrets, whose contents no error may quote. */
  secret?: boolean;
  /** Whether an internal error (500) is retried as other transient faults are; true by default. */
  retryInternalErrors?: boolean | undefined;
  /** Whether transient faults are retried at all; true by default. */
  retries?: boolean | undefined;
  /** The longest time without a byte, in milliseconds; a minute by default. */
  idleTimeout?: number;
  /** Takes the body of a success as it arrives; the body of the answer is empty then. */
  receiver?: BodyReceiver;
}

/** An answer with a 2xx status. */
export interface ApiAnswer {
  body: Buffer;
  /** The body as text. */
  readonly text: string;
  /** The `Warning` headers in the API server's words. */
  warnings: string[];
  /** The API server's time of the answer, in whole seconds; undefined where the answer does not say. */
  readonly time: Date | undefined;
}

/** Whether this process may write at all, for as long as it holds what it must hold. */
export interface RequestGuard {
  /** Whether a write may be sent at this moment. Cheap: asked before each. */
  isFresh(): boolean;
  /** Returns when a write may be sent; throws where it may never be again. */
  ensure(signal: AbortSignal): Promise<void>;
}

/** Options of {@link ApiClient}. */
export interface ApiClientOptions {
  connection: Connection;
  /** The user agent in the API server's audit log. */
  userAgent: string;
  now: () => Date;
  /** The rate limit in requests per second; none by default. */
  maxQps?: number | undefined;
  /** After how long a single request is given up, in milliseconds, and not tried again; never by default. */
  requestTimeout?: number | undefined;
  /** Asked before each request that may write; none by default. */
  guard?: RequestGuard | undefined;
  /** The most connections; {@link CONNECTIONS} by default. */
  connections?: number | undefined;
  /**
   * Told how long each exchange took, in seconds, and its status, undefined where there was no answer. Not of clients
   * {@link ApiClient.beside} this one: a watch takes as long as it is left open.
   */
  onExchange?: ((seconds: number, status: number | undefined) => void) | undefined;
  /** Called with each answer. */
  onAnswer?: (() => void) | undefined;
  /** Called with each fault that is retried. */
  onRetry?: (error: Error) => void;
}

/**
 * Sends raw JSON to and from an API server over a few connections that stay open.
 *
 * The typed client would open connections for each request, and drop every field that the client does not know.
 */
export class ApiClient {
  readonly server: string;
  readonly context: string;
  /** How much the API server has answered, and how often with 429. */
  readonly traffic = { answers: 0, pushbacks: 0 };
  /** How long an API server is waited for that fails each attempt, and that is silent, in milliseconds at the most. */
  readonly patience = { failing: UNREACHABLE_FOR, silent: 2 * CONNECT_TIMEOUT + UNREACHABLE_FOR };
  readonly #options: ApiClientOptions;
  readonly #rateLimit: RateLimit;
  readonly #origin: string;
  readonly #basePath: string;
  /** Why the last attempt got no answer; undefined after an answer. */
  #fault: ConnectionError | undefined;
  #dispatcher: Dispatcher | undefined;
  #tls = "";
  #headers: Record<string, string | string[]> = {};
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#rateLimit = new RateLimit(options.maxQps);
    const { origin, pathname } = new URL(options.connection.server);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/+$/, "");
    this.server = options.connection.server;
    this.context = options.connection.context;
  }

  /**
   * A client of the same connection with sockets of its own, without rate limit and guard: for requests that must not
   * wait for others.
   *
   * @param options.connections the most connections of that client.
   */
  beside({ connections }: Pick<ApiClientOptions, "connections"> = {}): ApiClient {
    const {
      maxQps: _maxQps,
      guard: _guard,
      onAnswer: _onAnswer,
      onExchange: _onExchange,
      ...options
    } = this.#options;
    return new ApiClient({ ...options, connections });
  }

  /** Why the last attempt got no answer; undefined after an answer. */
  get fault(): ConnectionError | undefined {
    return this.#fault;
  }

  /**
   * Sends a request. Transient faults (a broken connection, 429, 5xx) are retried with exponential backoff, and
   * Retry-After is obeyed. A create may so be carried out twice: the second answer is then AlreadyExists.
   *
   * @throws {ApiError} where the answer is no success, {ConnectionError} where there is no answer.
   */
  async send(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    try {
      return await this.#sendOnce(request, signal);
    } catch (error) {
      if (request.retries === false || !isTransient(error, request)) throw error;
      return await this.#sendAgain(request, error, signal);
    }
  }

  /** Retries cost something only where a request fails: a restore sends one request for each object. */
  async #sendAgain(request: ApiRequest, first: unknown, signal: AbortSignal): Promise<ApiAnswer> {
    const attempt = (number: number) =>
      number === 1 ? Promise.reject(first) : this.#sendOnce(request, signal);
    const unreachable = first instanceof ConnectionError;
    return await pRetry(attempt, {
      retries: unreachable ? Number.POSITIVE_INFINITY : RETRIES,
      maxRetryTime: unreachable ? UNREACHABLE_FOR : Number.POSITIVE_INFINITY,
      factor: 2,
      minTimeout: FIRST_BACKOFF,
      maxTimeout: LONGEST_BACKOFF,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => isTransient(error, request),
      onFailedAttempt: async ({ error, retriesLeft }) => {
        if (retriesLeft === 0 || !isTransient(error, request)) return;
        this.#options.onRetry?.(error);
        if (!(error instanceof ApiError) || error.retryAfter === undefined) return;
        const pause = grantedPause(error.retryAfter);
        if (isRateLimited(error)) this.#rateLimit.hold(pause);
        else await sleep(pause, undefined, { signal });
      },
    });
  }

  /**
   * Sends a GET and parses the answer. For small answers whose numbers need no precision.
   *
   * @throws {OperatorError} where the answer is no JSON object: the server is no API server.
   */
  async get<T>(request: Omit<ApiRequest, "method">, signal: AbortSignal): Promise<T> {
    const { text } = await this.send({ ...request, method: "GET" }, signal);
    return parseAnswer(text, `Cannot ${request.what}: ${this.server}${request.path}`) as T;
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
    // The rate limit comes first: credentials must not expire during the wait.
    await this.#rateLimit.turn(signal);
    await this.#renewCredentials(signal);
    const guard = request.method === "GET" ? undefined : this.#options.guard;
    let answer: Answer | undefined;
    // A request that waited for a connection may no longer be sent: the guard is asked anew.
    while (answer === undefined) {
      if (guard?.isFresh() === false) await guard.ensure(signal);
      answer = await this.#exchange(request, guard, signal);
    }
    return this.#read(request, answer);
  }

  /** The answer; undefined where the guard did not let the request be sent in the end. */
  async #exchange(
    request: ApiRequest,
    guard: RequestGuard | undefined,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const { requestTimeout } = this.#options;
    const limit = requestTimeout === undefined ? undefined : AbortSignal.timeout(requestTimeout);
    const begun = this.#options.now().getTime();
    const told = (status?: number) =>
      this.#options.onExchange?.((this.#options.now().getTime() - begun) / 1000, status);
    try {
      const answer = exchange(
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
          ...(request.idleTimeout === undefined
            ? {}
            : { headersTimeout: request.idleTimeout, bodyTimeout: request.idleTimeout }),
        },
        limit === undefined ? signal : AbortSignal.any([signal, limit]),
        { receiver: request.receiver, maySend: guard && (() => guard.isFresh()) },
      );
      // While a connection comes about, no request is there that could be aborted.
      const answered = await (limit === undefined ? answer : Promise.race([answer, aborted(limit)]));
      told(answered.status);
      return answered;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof NotSentError) return undefined;
      told();
      const late = requestTimeout !== undefined && error === limit?.reason;
      const cause = late ? new RequestTimeout(requestTimeout) : error;
      this.#fault = await this.#connectionError(request.what, cause, signal);
      throw this.#fault;
    }
  }

  async #connectionError(what: string, error: unknown, signal: AbortSignal): Promise<ConnectionError> {
    const { server } = this;
    const shown = JSON.parse(this.#tls) as TlsOptions;
    const user = this.#userCertificate();
    // Behind a proxy, the certificate may be another one.
    if (this.#options.connection.proxyUrl !== undefined || !server.startsWith("https:"))
      return new ConnectionError(what, server, error, { user });
    const fault = certificateFault(error);
    if (fault?.whose === "server") {
      const peer = await readPeerCertificate(server, shown.servername, signal);
      return new ConnectionError(what, server, error, { peer });
    }
    const mayBeRefused = fault === undefined && user !== undefined && this.traffic.answers === 0;
    const refusal = mayBeRefused && isClosed(error) ? await findRefusal(server, shown, signal) : undefined;
    return new ConnectionError(what, server, refusal ?? error, { user });
  }

  /**
   * Reads an answer.
   *
   * @throws {ApiError} where it is no success.
   */
  #read(request: ApiRequest, answer: Answer): ApiAnswer {
    this.#options.onAnswer?.();
    this.#fault = undefined;
    this.traffic.answers += 1;
    if (isSuccess(answer.status)) {
      const { body, headers } = answer;
      return {
        body,
        get text() {
          return body.toString();
        },
        warnings: readWarnings(headers["warning"]),
        get time() {
          return readTime(headers["date"]);
        },
      };
    }
    const retryAfter = answer.headers["retry-after"];
    const error = new ApiError(request.what, {
      status: answer.status,
      body: answer.body.toString(),
      retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
      secret: request.secret ?? false,
      warnings: readWarnings(answer.headers["warning"]),
      user: answer.status === 401 ? this.#userCertificate() : undefined,
    });
    if (answer.status === 401) this.#forgetCredentials();
    if (isRateLimited(error)) this.traffic.pushbacks += 1;
    throw error;
  }

  /** The certificate that the API server was shown; undefined where it was shown none. */
  #userCertificate(): UserCertificate | undefined {
    const { cert } = JSON.parse(this.#tls) as TlsOptions;
    return cert === undefined ? undefined : readUserCertificate(cert, this.#options.now());
  }

  async #renewCredentials(signal: AbortSignal): Promise<void> {
    const now = this.#options.now().getTime();
    if (now - this.#readAt < CREDENTIALS_AGE && now >= this.#readAt) return;
    // Requests that are sent at the same time share one read of the credentials: an exec plug-in may ask the user.
    this.#reading ??= this.#readCredentials(now, signal).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    this.#readAt = now;
  }

  /** As in kubectl: this request has failed, and the next one reads new credentials. */
  #forgetCredentials(): void {
    this.#options.connection.refused();
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #readCredentials(now: number, signal: AbortSignal): Promise<void> {
    const { tls, headers } = await this.#options.connection.credentials(new Date(now), signal);
    this.#headers = headers;
    const fingerprint = JSON.stringify(tls);
    if (this.#dispatcher !== undefined && fingerprint === this.#tls) return;
    // Requests in flight on the old connections end by themselves.
    void this.#dispatcher?.close();
    this.#dispatcher = makeDispatcher(this.#options, tls);
    this.#tls = fingerprint;
  }
}

/** Never resolves, and rejects with the signal's reason. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function makeDispatcher(
  { connection: { proxyUrl }, connections = CONNECTIONS }: ApiClientOptions,
  tls: TlsOptions,
): Dispatcher {
  const options = {
    // Over HTTP/2, closing while an aborted request is in flight ends the process by an error event that nobody can
    // listen to, and equal headers are joined. HTTP/2 is no faster here.
    allowH2: false,
    connections,
    headersTimeout: IDLE_TIMEOUT,
    bodyTimeout: IDLE_TIMEOUT,
    pipelining: 1,
  };
  if (proxyUrl !== undefined)
    return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: tls, connectTimeout: CONNECT_TIMEOUT });
  const connect = connectIntoBlocks({ ...tls, allowH2: false, timeout: CONNECT_TIMEOUT });
  return new Agent({ ...options, connect });
}

function formatQuery(query: ApiRequest["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size > 0 ? `?${parameters}` : "";
}

/** Whether the server has closed the connection, in words of undici and of the system. */
function isClosed(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE";
}

/** Transient faults. 500 is among them: a webhook that is not up yet causes a 500. */
function isTransient(error: unknown, { retryInternalErrors = true }: ApiRequest): boolean {
  if (error instanceof ConnectionError) return error.transient;
  if (error instanceof ApiError && error.status === 500) return retryInternalErrors;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}

/** The time of a `Date` header. */
function readTime(header: string | string[] | undefined): Date | undefined {
  const time = new Date(String(header));
  return Number.isNaN(time.getTime()) ? undefined : time;
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
