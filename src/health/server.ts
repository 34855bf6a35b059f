import { createServer, type ServerResponse } from "node:http";
import { type ListenAddress, type ListeningServer, listen } from "../network/listen.ts";
import type { Health, Verdict } from "./health.ts";

/** Gives the text of a scrape, and its content type. */
export type Scrape = () => Promise<{ contentType: string; text: string }>;

/** Another document that is served. */
export interface ServedDocument {
  contentType: string;
  text: string;
  headers?: Readonly<Record<string, string>>;
}

/** What is served besides the probes. */
export interface Served {
  /** `GET /metrics` */
  scrape?: Scrape | undefined;
  /** The document at a path; undefined where there is none. */
  document?: ((path: string) => ServedDocument | undefined) | undefined;
}

/**
 * Serves `GET /livez` and `GET /readyz` with status 200 or 503 and a one-line reason, like the API
 * server (https://kubernetes.io/docs/reference/using-api/health-checks/); and what else there is to serve.
 *
 * @throws {OperatorError} if listening on the address fails.
 */
export async function serveHealth(
  health: Health,
  address: ListenAddress,
  { scrape, document }: Served = {},
): Promise<ListeningServer> {
  const server = createServer((request, response) => {
    if (scrape !== undefined && pathOf(request.url) === "/metrics")
      return void answerScrape(scrape, response);
    const found = request.method === "GET" ? document?.(pathOf(request.url) ?? "") : undefined;
    if (found !== undefined) {
      const { contentType, text, headers } = found;
      return void response.writeHead(200, { ...headers, "content-type": contentType }).end(text);
    }
    const verdict = verdictOn(health, request.url);
    response.writeHead(verdict === undefined ? 404 : verdict.well ? 200 : 503, {
      "content-type": "text/plain",
    });
    response.end(
      verdict === undefined ? "not found\n" : `${verdict.well ? "ok" : "not ok"}: ${verdict.because}\n`,
    );
  });
  return await listen(server, address, {
    what: " for probes",
    advice: "Choose another address with LISTEN (--listen)",
  });
}

function verdictOn(health: Health, url: string | undefined): Verdict | undefined {
  const path = pathOf(url);
  if (path === "/livez") return health.live();
  if (path === "/readyz") return health.ready();
  return undefined;
}

function pathOf(url: string | undefined): string | undefined {
  return url?.split("?", 1)[0];
}

async function answerScrape(scrape: Scrape, response: ServerResponse): Promise<void> {
  try {
    const { contentType, text } = await scrape();
    response.writeHead(200, { "content-type": contentType }).end(text);
  } catch {
    response.writeHead(500, { "content-type": "text/plain" }).end("no metrics\n");
  }
}
