import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { OperatorError } from "../errors.ts";

/** The address to listen on. */
export interface ListenAddress {
  /** All addresses of the machine by default. */
  host?: string | undefined;
  /** 0 for any free port. */
  port: number;
}

/** A server that listens. */
export interface ListeningServer {
  readonly port: number;
  /** Ends it and all its connections. */
  close(): Promise<void>;
}

/**
 * Has a server listen.
 *
 * @param words.what what it is for: " for probes".
 * @throws {OperatorError} where listening on the address fails.
 */
export async function listen(
  server: Server,
  { host, port }: ListenAddress,
  { what = "", advice }: { what?: string; advice: string },
): Promise<ListeningServer> {
  try {
    // once() rejects if an error event comes first.
    await Promise.all([
      once(server, "listening"),
      server.listen({ port, ...(host === undefined ? {} : { host }) }),
    ]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`Cannot listen${what} on ${host ?? ""}:${port}: ${reason}`, {
      cause: error,
      advice,
    });
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
