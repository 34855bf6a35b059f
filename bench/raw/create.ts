/**
 * `node bench/raw/create.ts TARGET http1|http2 IN-FLIGHT FILE [LIMIT]` creates the objects of a file as fast as the
 * API server accepts them, and prints the seconds from the first request to the last response.
 */

import process from "node:process";
import { readBodies } from "./bodies.ts";
import { openSender, type Target } from "./http.ts";

const [target = "", protocol, inFlight, file = "", limit = "Infinity"] = process.argv.slice(2);
const transport = {
  protocol: protocol === "http2" ? ("http2" as const) : ("http1" as const),
  inFlight: Number(inFlight),
};
const sender = openSender(JSON.parse(target) as Target, transport);
const started = performance.now();
const underWay = new Set<Promise<void>>();
let objects = 0;
for await (const body of readBodies(file)) {
  if (body === undefined) {
    await Promise.all(underWay);
    continue;
  }
  if (objects === Number(limit)) break;
  objects += 1;
  if (underWay.size >= transport.inFlight) await Promise.race(underWay);
  const sent = sender.post(body.path, body.body).then(() => {
    underWay.delete(sent);
  });
  underWay.add(sent);
}
await Promise.all(underWay);
const seconds = (performance.now() - started) / 1000;
await sender.close();
process.stdout.write(JSON.stringify({ seconds, objects }));
