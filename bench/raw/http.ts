/** Plain HTTP requests: what the API server can do, measured without kube-backup's code. */

import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { Agent } from "undici";

/** The address and credentials of an API server. */
export interface Target {
  server: string;
  caFile: string;
  token: string;
}

/** `http1`: `inFlight` connections with one request each. `http2`: one connection with `inFlight` requests. */
export interface Transport {
  protocol: "http1" | "http2";
  inFlight: number;
}

/** Sends requests. */
export interface Sender {
  /** Sends a POST with JSON. Throws when the status is not 2xx. */
  post(path: string, body: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the connections of a transport. */
export function openSender(target: Target, transport: Transport): Sender {
  return transport.protocol === "http1" ? http1Sender(target, transport.inFlight) : http2Sender(target);
}

/** An agent for HTTP/1.1. */
export function http1Agent({ caFile }: Target, connections: number): Agent {
  return new Agent({
    connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ca: readFileSync(caFile, "utf8"), allowH2: false },
  });
}

function http1Sender(target: Target, connections: number): Sender {
  const agent = http1Agent(target, connections);
  const headers = { authorization: `Bearer ${target.token}`, "content-type": "application/json" };
  return {
    post: async (path, body) => {
      const answer = await agent.request({ origin: target.server, path, method: "POST", headers, body });
      if (answer.statusCode >= 300) throw refused(path, answer.statusCode, await answer.body.text());
      await answer.body.dump();
    },
    close: () => agent.close(),
  };
}

function http2Sender({ server, caFile, token }: Target): Sender {
  const session = connect(server, { ca: readFileSync(caFile, "utf8") });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ":method": "POST" };
  return {
    post: (path, body) =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ...headers, ":path": path });
        let status = 0;
        let text = "";
        stream.setEncoding("utf8");
        stream.on("response", (answer) => {
          status = answer[":status"] ?? 0;
        });
        stream.on("data", (chunk: string) => {
          if (status >= 300) text += chunk;
        });
        stream.on("end", () => (status < 300 ? resolve() : reject(refused(path, status, text))));
        stream.on("error", reject);
        stream.end(body);
      }),
    close: () => new Promise((resolve) => session.close(resolve)),
  };
}

function refused(path: string, status: number, text: string): Error {
  return new Error(`Cannot create in ${path}: ${status} ${text.slice(0, 300)}`);
}
