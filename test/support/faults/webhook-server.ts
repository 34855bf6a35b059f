/** A webhook for tests: an HTTPS server on loopback that lets pass what it is told to, once it is started. */

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import path from "node:path";
import type { Duplex } from "node:stream";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { freePort } from "../processes/free-port.ts";

/** A webhook that does not answer before it is started. */
export interface WebhookServer {
  /** What a webhook's `clientConfig` says of it. */
  clientConfig: { url: string; caBundle: string };
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Review {
  apiVersion: string;
  kind: "AdmissionReview" | "ConversionReview";
  request: { uid: string; object?: ReviewedObject; desiredAPIVersion?: string; objects?: object[] };
}

/** An object that is to be created. */
export interface ReviewedObject {
  kind: string;
  metadata: { namespace?: string; name: string };
}

/**
 * Makes one, with the API server's own certificate, which is made for loopback and signed by itself.
 *
 * @param allows which objects it lets pass; all by default.
 */
export async function webhookServer(
  { folder }: ControlPlane,
  allows: (object: ReviewedObject) => Promise<boolean> = async () => true,
): Promise<WebhookServer> {
  const port = await freePort();
  const file = (name: string) => readFile(path.join(folder, "certs", name));
  const [key, cert] = await Promise.all([file("apiserver.key"), file("apiserver.crt")]);
  const sockets = new Set<Duplex>();
  let server: Server | undefined;
  return {
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: cert.toString("base64") },
    start: async () => {
      const started = createServer({ key, cert }, async (request, response) => {
        let body = "";
        for await (const chunk of request) body += chunk;
        response.setHeader("content-type", "application/json");
        const review = JSON.parse(body) as Review;
        const { object } = review.request;
        const allowed = object === undefined || object === null || (await allows(object));
        response.end(JSON.stringify(answer(review, allowed)));
      });
      // The server's own closeAllConnections passes over one that has had no request yet, and the API server
      // keeps such a connection for 90 seconds.
      started.on("connection", (socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
      });
      server = started;
      await new Promise<void>((resolve) => started.listen(port, "127.0.0.1", resolve));
    },
    stop: async () => {
      const started = server;
      server = undefined;
      if (started === undefined) return;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => started.close(resolve));
    },
  };
}

/** Lets an object pass, or not; converts objects by their version's name alone. */
function answer(
  { apiVersion, kind, request: { uid, desiredAPIVersion, objects = [] } }: Review,
  allowed: boolean,
): object {
  const response =
    kind === "AdmissionReview"
      ? { uid, allowed, ...(allowed ? {} : { status: { code: 403, message: "what it needs is missing" } }) }
      : {
          uid,
          result: { status: "Success" },
          convertedObjects: objects.map((object) => ({ ...object, apiVersion: desiredAPIVersion })),
        };
  return { apiVersion, kind, response };
}
