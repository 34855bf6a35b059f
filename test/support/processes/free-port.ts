/** Free ports on loopback. */

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Ports from 32768 on are given to clients' own connections (ip_local_port_range) and can be gone
// by the time a server asks for them. Those from 30000 on are Kubernetes' node ports.
const FIRST = 10_000;
const END = 30_000;
const ATTEMPTS = 100;

/**
 * A port on 127.0.0.1 that nobody listens on now, for a server that cannot bind port 0 by itself.
 * Another process may take it meanwhile: retry when the server says so.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`Cannot find a free port between ${FIRST} and ${END}: ${ATTEMPTS} were taken`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
