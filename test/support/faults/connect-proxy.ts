/** A proxy that takes CONNECT, and plain requests, for any name and leads to one port of this machine. */

import { createServer, request as send } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A running proxy. */
export interface ConnectProxy {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** `HOST:PORT` of every CONNECT so far, and `GET http://HOST/…` of every plain request. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** Starts a proxy that leads everything to `port`, whatever name is asked for. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    asked.push(`${method} ${url}`);
    if (!url.startsWith("http://")) return void outgoing.writeHead(400).end();
    const { pathname, search } = new URL(url);
    // What is signed, the host among it, goes on as it is.
    const onward = { host: "127.0.0.1", port, method, path: `${pathname}${search}`, headers };
    const upstream = send(onward, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    upstream.on("error", () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  server.on("connect", (request, client: Socket, head: Uint8Array) => {
    asked.push(request.url ?? "");
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    keep(client);
    keep(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
