import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page on another port of the same host: what a browser takes for the same site. */
export interface EvilSite {
  url: string;
  /** The cookies that browsers have sent to it. */
  cookies: string[];
  stop(): Promise<void>;
}

/** Starts it. */
export async function startEvilSite(): Promise<EvilSite> {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    if (request.headers.cookie !== undefined) cookies.push(request.headers.cookie);
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><body></body>");
  });
  await Promise.all([once(server, "listening"), server.listen({ host: "127.0.0.1", port: 0 })]);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    cookies,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
