/**
 * A reverse proxy in front of a real API server, for faults that it cannot be made to show by
 * itself. It speaks plain HTTP to clients on loopback and passes on what they send, token included.
 */

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from "node:http";
import { request as tlsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { writeKubeconfig } from "../cluster/kubeconfig.ts";

/** A request as a client sent it. */
export interface ProxiedRequest {
  method: string;
  /** Path without query, `/api/v1/secrets`. */
  path: string;
  query: URLSearchParams;
  /** The forms of an answer that it takes. */
  accept: string;
}

/** What is done to a request, or to its answer. */
export type Fault =
  /** Answered here, without asking the API server. An object is sent as JSON. */
  | { kind: "answer"; status: number; body?: unknown; headers?: Record<string, string> }
  /** Held for a while, in ms, and then passed on. */
  | { kind: "delay"; ms: number }
  /** Passed on without some parts of its query. */
  | { kind: "drop-query"; parameters: readonly string[] }
  /** The connection is cut: before the API server is asked, or after so many bytes of its answer's body. */
  | { kind: "cut"; afterBytes?: number }
  /** Done by the API server, but the client never hears of it. */
  | { kind: "cut-after-done" }
  /** Its answer's body is another, whatever the API server says of its length. */
  | { kind: "rewrite"; rewrite: (body: string) => string }
  /** Its answer's body stops after so many bytes, and the connection stays open. */
  | { kind: "stall"; afterBytes: number };

/** When to do what. */
interface FaultRule {
  when: (request: ProxiedRequest) => boolean;
  fault: Fault;
  /** For that many requests; default: for all. */
  times?: number;
}

/** A running proxy. */
export interface ApiProxy {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** A kubeconfig file that points to it, as the cluster's administrator. */
  readonly kubeconfig: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly ProxiedRequest[];
  /** Adds a rule; a request meets every rule that fits it, in order. Returns a function that takes it away. */
  inject(rule: FaultRule): () => void;
  /** Calls `listener` for each request as it comes, before it is passed on. */
  onRequest(listener: (request: ProxiedRequest) => void): void;
  stop(): Promise<void>;
}

/** The API server to stand in front of: what of a ControlPlane is needed. */
export interface ProxyTarget {
  server: string;
  caFile: string;
  token: string;
  folder: string;
}

/** Starts a proxy in front of an API server, at first without faults. */
export async function startApiProxy(target: ProxyTarget): Promise<ApiProxy> {
  const ca = await readFile(target.caFile, "utf8");
  const requests: ProxiedRequest[] = [];
  const rules: FaultRule[] = [];
  const listeners: ((request: ProxiedRequest) => void)[] = [];

  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", target.server);
    const query = new URLSearchParams(url.searchParams);
    const seen = {
      method: incoming.method ?? "GET",
      path: url.pathname,
      query,
      accept: incoming.headers.accept ?? "",
    };
    requests.push(seen);
    for (const listener of listeners) listener(seen);
    const faults = rules.filter((rule) => rule.when(seen)).map((rule) => use(rules, rule));
    forward({ incoming, outgoing, url, ca, token: target.token, faults }).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const file = path.join(target.folder, `kubeconfig-proxy-${port}`);
  return {
    url,
    kubeconfig: await writeKubeconfig(file, { server: url, token: target.token }),
    requests,
    inject: (rule) => {
      rules.push(rule);
      return () => remove(rules, rule);
    },
    onRequest: (listener) => listeners.push(listener),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Counts the rule's use, and takes it away with its last one. */
function use(rules: FaultRule[], rule: FaultRule): Fault {
  if (rule.times !== undefined && --rule.times <= 0) remove(rules, rule);
  return rule.fault;
}

function remove(rules: FaultRule[], rule: FaultRule): void {
  const index = rules.indexOf(rule);
  if (index >= 0) rules.splice(index, 1);
}

interface Exchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  url: URL;
  ca: string;
  token: string;
  faults: readonly Fault[];
}

async function forward({ incoming, outgoing, url, ca, token, faults }: Exchange): Promise<void> {
  let limit: { bytes: number; ending: "cut" | "stall" } | undefined;
  for (const fault of faults) {
    if (fault.kind === "answer") return answer(incoming, outgoing, fault);
    if (fault.kind === "delay") await sleep(fault.ms);
    if (fault.kind === "drop-query") for (const name of fault.parameters) url.searchParams.delete(name);
    if (fault.kind === "cut" && fault.afterBytes === undefined) return void outgoing.destroy();
    if (fault.kind === "cut") limit = { bytes: fault.afterBytes ?? 0, ending: "cut" };
    if (fault.kind === "stall") limit = { bytes: fault.afterBytes, ending: "stall" };
  }
  // Go clients send no token over plain HTTP: who comes without one is the administrator.
  const headers = { authorization: `Bearer ${token}`, ...incoming.headers, host: url.host };
  if (faults.some(({ kind }) => kind === "rewrite")) headers["accept-encoding"] = "identity";
  const send = url.protocol === "https:" ? tlsRequest : plainRequest;
  const upstream = send(url, { method: incoming.method, headers, ca });
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  upstream.on("response", (response) => {
    if (faults.some((fault) => fault.kind === "cut-after-done")) return void outgoing.destroy();
    const rewrites = faults.filter((fault) => fault.kind === "rewrite");
    if (rewrites.length > 0) {
      const { "content-length": _, ...others } = response.headers;
      outgoing.writeHead(response.statusCode ?? 502, others);
      return void text(response).then(
        (body) => outgoing.end(rewrites.reduce((all, { rewrite }) => rewrite(all), body)),
        () => outgoing.destroy(),
      );
    }
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    if (limit === undefined) return void response.pipe(outgoing);
    outgoing.flushHeaders();
    let left = limit.bytes;
    const { ending } = limit;
    response.on("data", (chunk: Uint8Array) => {
      if (left < 0) return;
      const part = chunk.subarray(0, left);
      left -= chunk.byteLength;
      const ended = left <= 0 && ending === "cut" ? () => outgoing.destroy() : () => {};
      outgoing.write(part, ended);
    });
    // An answer shorter than the limit ends as it is.
    response.on("end", () => left > 0 && outgoing.end());
  });
  incoming.pipe(upstream);
}

function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault & { kind: "answer" },
): void {
  incoming.resume();
  const body = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body ?? {});
  outgoing.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
  outgoing.end(body);
}
