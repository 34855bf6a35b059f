/** A SOCKS5 proxy (RFC 1928) without passwords that leads every name to one port of this machine. */

import { Buffer } from "node:buffer";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A running proxy. */
export interface SocksProxy {
  /** `socks5://127.0.0.1:12345` */
  readonly url: string;
  /** `HOST:PORT` of every connection so far. Addresses are none of its business. */
  readonly asked: string[];
  stop(): Promise<void>;
}

const DOMAIN_NAME = 3;

/** Starts a proxy that leads everything to `port`, whatever name is asked for. */
export async function startSocksProxy(port: number): Promise<SocksProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (client) => {
    sockets.add(client);
    client.on("error", () => client.destroy()).on("close", () => sockets.delete(client));
    const [, methods = 0] = await take(client, 2);
    await take(client, methods);
    client.write(Buffer.from([5, 0]));
    const [, , , type, length = 0] = await take(client, 5);
    if (type !== DOMAIN_NAME) return void client.end(Buffer.from([5, 8, 0, 1, 0, 0, 0, 0, 0, 0]));
    const name = await take(client, length);
    asked.push(`${name}:${(await take(client, 2)).readUInt16BE()}`);
    const upstream = connect(port, "127.0.0.1", () => {
      client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
      client.pipe(upstream).pipe(client);
    });
    sockets.add(upstream);
    upstream.on("error", () => client.destroy()).on("close", () => sockets.delete(upstream));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads exactly so many bytes. */
async function take(socket: Socket, size: number): Promise<Buffer> {
  for (;;) {
    const bytes = size === 0 ? Buffer.alloc(0) : (socket.read(size) as Buffer | null);
    if (bytes !== null) return bytes;
    await new Promise((resolve) => socket.once("readable", resolve));
  }
}
