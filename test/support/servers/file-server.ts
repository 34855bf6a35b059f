import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/** A server of files on loopback. */
export interface FileServer {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the files of a folder by their paths; anything else is not found. */
export async function serveFiles(folder: string): Promise<FileServer> {
  const server = createServer(async ({ url = "/" }, response) => {
    const file = path.join(folder, path.normalize(decodeURIComponent(new URL(url, "http://files").pathname)));
    const content = await readFile(file).catch(() => undefined);
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
