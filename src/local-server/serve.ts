import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ListeningServer, listen } from "../network/listen.ts";
import { type AskedRequest, COOKIE, decideRequest } from "./decide-request.ts";
import { ANSWER_HEADERS } from "./headers.ts";
import type { Secrets } from "./secrets.ts";

/** An answer. */
export interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** What answers the requests of the session. */
export interface Answers {
  read(path: string, query: URLSearchParams, signal: AbortSignal): Promise<Answer>;
  post(path: string, body: string, signal: AbortSignal): Promise<Answer>;
}

/** The loopback address: nothing outside of this machine reaches it. */
const HOST = "127.0.0.1";
/** The largest body of a POST, in bytes. */
const MAX_BODY = 64 * 1024;

/**
 * Serves one user's browser on the loopback address alone.
 *
 * @param options.port 0 for any free port.
 * @throws {OperatorError} if listening fails.
 */
export async function serveLocally({
  port,
  secrets,
  answers,
}: {
  port: number;
  secrets: Secrets;
  answers: Answers;
}): Promise<ListeningServer> {
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    void answer({ request, response, port }, { secrets, answers });
  });
  return await listen(
    server,
    { host: HOST, port },
    { advice: "Choose another port with --port, or leave it out" },
  );
}

async function answer(
  { request, response, port }: { request: IncomingMessage; response: ServerResponse; port: number },
  { secrets, answers }: { secrets: Secrets; answers: Answers },
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const decision = decideRequest(askedBy(request), secrets, port);
  try {
    if (decision.kind === "refuse") {
      const { status, reason } = decision;
      send(response, { status, contentType: "text/plain", body: `${status}: ${reason}\n` });
    } else if (decision.kind === "trade") {
      secrets.token = undefined;
      trade(response, secrets);
    } else if (decision.kind === "read") {
      send(response, await answers.read(decision.path, decision.query, gone.signal));
    } else {
      const body = await bodyOf(request);
      const tooLarge = { status: 413, contentType: "text/plain", body: "413: the body is too large\n" };
      send(response, body === undefined ? tooLarge : await answers.post(decision.path, body, gone.signal));
    }
  } catch {
    // Of a request that nobody waits for any more; all else is an answer.
    if (response.headersSent) response.destroy();
    else send(response, { status: 500, contentType: "text/plain", body: "500: no answer\n" });
  }
}

function askedBy({ method = "", url = "", headers }: IncomingMessage): AskedRequest {
  const fetchSite = headers["sec-fetch-site"];
  return {
    method,
    url,
    ...{ host: headers.host, origin: headers.origin, cookie: headers.cookie },
    fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite,
    contentType: headers["content-type"],
  };
}

/**
 * Hands out the cookie. The page goes on by itself rather than by a redirect: what follows a redirect from a link of another
 * page, as of a terminal in a browser, would be sent without a cookie that is `SameSite=Strict`.
 */
function trade(response: ServerResponse, { session, folder }: Secrets): void {
  response.setHeader("set-cookie", `${COOKIE}=${session}; Path=/${folder}/; HttpOnly; SameSite=Strict`);
  const body = `<!doctype html><html lang="en"><head><meta http-equiv="refresh" content="0; url=/${folder}/"><title>kube-backup</title></head><body></body></html>\n`;
  send(response, { status: 200, contentType: "text/html; charset=utf-8", body });
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, { ...ANSWER_HEADERS, "content-type": contentType }).end(body);
}

/** The body of a request; undefined where it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
