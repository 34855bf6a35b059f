import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { environmentProxy, readProxyUrl } from "../../network/environment-proxy.ts";
import { sleep } from "../../time/sleep.ts";

/** Pauses before further attempts, in milliseconds. */
const PAUSES = [1_000, 5_000];

/** The longest time for an attempt, in milliseconds. */
const ATTEMPT = 5_000;

/** How much of an answer is read before the connection is closed, in bytes. */
const MOST_READ = 64 * 1024;

/** What is sent. */
export interface Delivery {
  /** A secret. */
  url: string;
  /** What is posted; a GET without it. */
  content?: { body: string; mediaType: string } | undefined;
  environment: Readonly<Record<string, string | undefined>>;
}

/** Something was not delivered. The message holds neither the URL nor anything that a server said. */
export class DeliveryError extends Error {
  override name = "DeliveryError";
  readonly isFinal: boolean;

  constructor(message: string, { isFinal }: { isFinal: boolean }) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * Sends something once, and where there was no answer, or a server's own error, twice more. Follows no redirect: a secret
 * URL would be known elsewhere.
 *
 * @throws {DeliveryError} where it was not taken, and the signal's reason.
 */
export async function deliver(delivery: Delivery, signal: AbortSignal): Promise<void> {
  for (const pause of [...PAUSES, undefined]) {
    try {
      return await deliverOnce(delivery, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (pause === undefined || (error instanceof DeliveryError && error.isFinal)) throw error;
      await sleep(pause, signal);
    }
  }
}

async function deliverOnce({ url, content, environment }: Delivery, signal: AbortSignal): Promise<void> {
  const dispatcher = dispatcherFor(url, environment);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT)]);
    const { statusCode, body } = await request(url, {
      dispatcher,
      signal: limit,
      ...(content === undefined
        ? { method: "GET" }
        : { method: "POST", body: content.body, headers: { "content-type": content.mediaType } }),
    });
    await body.dump({ limit: MOST_READ, signal: limit });
    if (statusCode >= 200 && statusCode < 300) return;
    const isFinal = statusCode < 500 && statusCode !== 429 && statusCode !== 408;
    throw new DeliveryError(`HTTP ${statusCode}`, { isFinal });
  } catch (error) {
    throw error instanceof DeliveryError ? error : new DeliveryError(reasonOf(error), { isFinal: false });
  } finally {
    await dispatcher.destroy();
  }
}

function dispatcherFor(url: string, environment: Delivery["environment"]): Dispatcher {
  const proxy = environmentProxy(url, environment);
  if (proxy === undefined) return new Agent({ connections: 1 });
  const uri = readProxyUrl(proxy);
  if (uri === undefined) throw new DeliveryError("the proxy of the environment is no URL", { isFinal: true });
  return new ProxyAgent({ uri });
}

/** A code such as ECONNREFUSED. Messages name hosts. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "no answer";
  if (error.name === "TimeoutError" || error.name === "AbortError") return `no answer in ${ATTEMPT / 1000}s`;
  const { code } = (error.cause instanceof Error ? error.cause : error) as { code?: unknown };
  return typeof code === "string" && /^[A-Z0-9_]+$/.test(code) ? code : "no answer";
}
