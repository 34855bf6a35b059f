import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { UsageError } from "../../errors.ts";
import { environmentProxy, readProxyUrl } from "../../network/environment-proxy.ts";

/** Options of {@link S3RequestHandler}. */
export interface S3RequestHandlerOptions {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are read. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The authorities to trust in place of the usual ones, as PEM. */
  ca?: string | undefined;
  /** Connection timeout in milliseconds, to the proxy where there is one. */
  connectionTimeout: number;
  /** Idle timeout of a connection in milliseconds. */
  socketTimeout: number;
}

/** As many connections as the SDK opens by default. */
const AGENT = { keepAlive: true, maxSockets: 50 };

/**
 * Sends the requests of the SDK, each through the proxy that the environment has for its host. The SDK for JavaScript
 * itself reads neither the variables of proxies nor AWS_CA_BUNDLE. The host differs from request to request: redirects
 * lead to other regions, and the SDK's credentials come from other services through the same handler.
 */
export class S3RequestHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #options: S3RequestHandlerOptions;
  /** By the URL of the proxy; undefined for none. */
  readonly #handlers = new Map<string | undefined, Promise<NodeHttpHandler>>();

  constructor(options: S3RequestHandlerOptions) {
    this.#options = options;
  }

  async handle(
    ...[request, options]: Parameters<NodeHttpHandler["handle"]>
  ): ReturnType<NodeHttpHandler["handle"]> {
    const { protocol, hostname, port } = request;
    const url = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
    const proxy = proxyFor(url, this.#options.environment);
    let handler = this.#handlers.get(proxy);
    if (handler === undefined) {
      handler = createHandler(proxy, this.#options);
      this.#handlers.set(proxy, handler);
    }
    try {
      return await (await handler).handle(request, options);
    } catch (error) {
      if (proxy !== undefined && error instanceof Error) Object.assign(error, { proxy: new URL(proxy).host });
      throw error;
    }
  }

  destroy(): void {
    for (const handler of this.#handlers.values()) void handler.then((each) => each.destroy());
  }

  /** The SDK's clients change the settings of handlers that they have made themselves; this one keeps its own. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): ReturnType<NodeHttpHandler["httpHandlerConfigs"]> {
    const { connectionTimeout, socketTimeout } = this.#options;
    return { connectionTimeout, socketTimeout };
  }
}

/** @throws {UsageError} where the variable holds no URL of a proxy. The value may hold a password, and is not shown. */
function proxyFor(url: string, environment: S3RequestHandlerOptions["environment"]): string | undefined {
  const proxy = environmentProxy(url, environment);
  if (proxy === undefined) return undefined;
  const read = readProxyUrl(proxy);
  if (read !== undefined) return read;
  const name = url.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
  throw new UsageError([`Cannot reach ${url}: ${name} is none of http://, https:// and socks5://`], {
    advice: `Correct ${name}, or except the server with NO_PROXY`,
  });
}

async function createHandler(
  proxy: string | undefined,
  { ca, connectionTimeout, socketTimeout }: S3RequestHandlerOptions,
): Promise<NodeHttpHandler> {
  const tls = ca === undefined ? {} : { ca };
  return new NodeHttpHandler({ connectionTimeout, socketTimeout, ...(await createAgents(proxy, tls)) });
}

async function createAgents(
  proxy: string | undefined,
  tls: { ca?: string },
): Promise<{ httpAgent: HttpAgent; httpsAgent: HttpsAgent }> {
  if (proxy?.startsWith("socks5:") === true) {
    const { SocksProxyAgent } = await import("socks-proxy-agent");
    // The proxy resolves names, as for kubectl: perhaps it alone can.
    const url = proxy.replace(/^socks5:/, "socks5h:");
    const agent = () => new SocksProxyAgent(url, { ...AGENT, ...tls });
    return { httpAgent: agent(), httpsAgent: agent() as unknown as HttpsAgent };
  }
  // Without NO_PROXY: environmentProxy has decided, by the rules of Go, which are not quite those of Node.
  const proxyEnv = proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  return {
    httpAgent: new HttpAgent({ ...AGENT, ...proxyEnv }),
    httpsAgent: new HttpsAgent({ ...AGENT, ...proxyEnv, ...tls }),
  };
}
