/** A proxy in front of a real S3 server that answers some requests itself, or loses their answers. */

import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request as the proxy sees it. */
interface S3Request {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
}

/** An answer that the server does not give. */
interface OwnAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** What happens to a request instead of being passed on and answered. */
type S3Fault =
  /** It is answered so, and the server never sees it. */
  | OwnAnswer
  /** The server gets it; its answer is lost with the connection. */
  | "lose the answer"
  /** The connection is cut in the middle of the answer's body. */
  | "break the body"
  /** The server gets it after so many milliseconds, as over a slow line. */
  | { delay: number }
  /** The server answers it, and the answer is altered on its way. */
  | { alter: (answer: S3Answer) => Partial<S3Answer> };

/** An answer as it goes on. */
export interface S3Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A running proxy. */
export interface S3Proxy {
  readonly endpoint: URL;
  /** The requests so far, oldest first. */
  readonly requests: S3Request[];
  /** Decides on each request; all pass while there is none. */
  fault: ((request: S3Request) => S3Fault | undefined) | undefined;
  /** Called with the status of each answer of the server, before it is passed on. */
  onAnswer: ((request: S3Request, status: number) => void) | undefined;
  stop(): Promise<void>;
}

/** Starts a proxy to a server on loopback; without one, every request must meet a fault. */
export async function startS3Proxy(targetPort?: number): Promise<S3Proxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const seen = { method, url, headers };
    proxy.requests.push(seen);
    const fault = proxy.fault?.(seen);
    if (typeof fault !== "object" || "alter" in fault) return pass(incoming, outgoing, fault);
    if ("delay" in fault) return void setTimeout(() => pass(incoming, outgoing, undefined), fault.delay);
    answer(incoming, outgoing, fault);
  });

  function answer(incoming: IncomingMessage, outgoing: ServerResponse, fault: OwnAnswer): void {
    incoming.resume();
    incoming.on("end", () => outgoing.writeHead(fault.status, fault.headers).end(fault.body));
  }

  async function alterAnswer(
    reply: IncomingMessage,
    outgoing: ServerResponse,
    fault: S3Fault | undefined,
  ): Promise<void> {
    const { statusCode: status = 500, headers } = reply;
    // Byte for byte: archives pass too.
    const body = (await buffer(reply)).toString("latin1");
    const whole = { status, headers, body };
    const altered = typeof fault === "object" && "alter" in fault ? fault.alter(whole) : {};
    const now = { ...whole, ...altered };
    // Of the old body's length and form.
    for (const name of ["content-length", "transfer-encoding"]) delete now.headers[name];
    outgoing.writeHead(now.status, now.headers).end(now.body, "latin1");
  }

  function pass(incoming: IncomingMessage, outgoing: ServerResponse, fault: S3Fault | undefined): void {
    // The headers go on as they are: the signature covers the host too.
    const { method, url, headers } = incoming;
    const onward = request(
      { agent, host: "127.0.0.1", port: targetPort, method, path: url, headers },
      (reply) => {
        proxy.onAnswer?.({ method, url, headers } as S3Request, reply.statusCode ?? 500);
        if (fault === "lose the answer") {
          reply.resume();
          reply.on("end", () => incoming.socket.destroy());
          return;
        }
        if (typeof fault === "object") return void alterAnswer(reply, outgoing, fault);
        outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
        if (fault !== "break the body") return void reply.pipe(outgoing);
        reply.once("data", (chunk: Uint8Array) => {
          outgoing.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => incoming.socket.destroy());
          reply.destroy();
        });
      },
    );
    onward.on("error", () => incoming.socket.destroy());
    incoming.pipe(onward);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: S3Proxy = {
    endpoint: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    requests: [],
    fault: undefined,
    onAnswer: undefined,
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
