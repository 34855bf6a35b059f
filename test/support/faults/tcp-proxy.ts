/** A TCP proxy in front of any real server, MinIO for one, whose connections can be broken. */

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What happens to connections. */
type TcpMode =
  /** Bytes pass both ways. */
  | "pass"
  /** New connections are closed at once, those that are open are cut. */
  | "refuse"
  /** No byte passes any more, in either direction; connections stay open and new ones are accepted. */
  | "stall";

/** A running proxy. */
export interface TcpProxy {
  /** `127.0.0.1:12345` */
  readonly address: string;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Bytes that clients have sent and that were passed on. */
  readonly bytesIn: number;
  /** Bytes that the server has answered and that were passed on. */
  readonly bytesOut: number;
  /** Changes what happens from now on. Going from "stall" back to "pass" lets held bytes through. */
  setMode(mode: TcpMode): void;
  /** Cuts the connections that are open now, with a reset; new ones are as the mode says. */
  cut(): void;
  /** Cuts each connection once it has carried that many bytes from (`in`) or to (`out`) the client. */
  cutAfter(direction: "in" | "out", bytes: number | undefined): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a server on loopback. */
export async function startTcpProxy(targetPort: number, targetHost = "127.0.0.1"): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const limits: { in?: number | undefined; out?: number | undefined } = {};
  const passed = { in: 0, out: 0 };
  let connections = 0;
  let mode: TcpMode = "pass";

  // Half-open: the server may still answer a client that has said its last word.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections++;
    if (mode === "refuse") return void client.resetAndDestroy();
    const upstream = connect({ port: targetPort, host: targetHost, allowHalfOpen: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const carried = { in: 0, out: 0 };
    const carry = (from: Socket, to: Socket, direction: "in" | "out") => {
      from.on("data", (chunk: Uint8Array) => {
        const left = (limits[direction] ?? Number.POSITIVE_INFINITY) - carried[direction];
        const part = chunk.subarray(0, Math.max(0, Math.min(left, chunk.byteLength)));
        carried[direction] += part.byteLength;
        passed[direction] += part.byteLength;
        const over = part.byteLength < chunk.byteLength;
        const roomLeft = to.write(part, () => over && end(pair));
        if (!roomLeft) {
          from.pause();
          to.once("drain", () => mode === "stall" || from.resume());
        }
      });
      from.on("end", () => to.end());
      from.on("error", () => end(pair));
      from.on("close", () => {
        if (!to.destroyed) to.end();
        else pairs.delete(pair);
      });
      if (mode === "stall") from.pause();
    };
    carry(client, upstream, "in");
    carry(upstream, client, "out");
  });
  const end = (pair: readonly [Socket, Socket]) => {
    if (pairs.delete(pair)) for (const socket of pair) socket.destroy();
  };
  const cut = () => {
    for (const pair of pairs) {
      pairs.delete(pair);
      for (const socket of pair) reset(socket);
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    get bytesIn() {
      return passed.in;
    },
    get bytesOut() {
      return passed.out;
    },
    setMode: (next) => {
      mode = next;
      if (next === "refuse") return cut();
      for (const pair of pairs)
        for (const socket of pair) next === "stall" ? socket.pause() : socket.resume();
    },
    cut,
    cutAfter: (direction, bytes) => {
      limits[direction] = bytes;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

function reset(socket: Socket): void {
  // A socket that has begun to end cannot be reset, and Node 24 never ends if that is tried.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
