/**
 * What the executable runs first: loads the bundle's first part, and the others when they are
 * asked for. With NODE_DEBUG=parts it says which ones, and whether they were compiled ahead.
 */

import { Buffer } from "node:buffer";
import { getAssetKeys, getRawAsset } from "node:sea";
import { debuglog } from "node:util";
import { MAIN_PART, partLoader } from "./parts.ts";

const debug = debuglog("parts");
const assets = new Set(getAssetKeys());

/** The asset where it lies in the executable, without a copy. */
function asset(name: string): Buffer {
  return Buffer.from(getRawAsset(name) as ArrayBuffer);
}

const load = partLoader({
  source: (name) => asset(name).toString("latin1"),
  codeCache: (name) => (assets.has(`${name}.cache`) ? asset(`${name}.cache`) : undefined),
  // A single executable's `require` knows Node's own modules alone.
  require,
  onLoad: (name, script) => debug("%s%s", name, script.cachedDataRejected === false ? " compiled ahead" : ""),
});

load(MAIN_PART);
