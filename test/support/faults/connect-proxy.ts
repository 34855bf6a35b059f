/** A proxy that takes CONNECT for any name and leads to one port of this machine. */

import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A running proxy. */
export interface ConnectProxy {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** `HOST:PORT` of every CONNECT so far. */
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
  const server = createServer();
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
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
