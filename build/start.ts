/**
 * The entry point of the executable: loads the bundle's first part, and other parts on demand. With NODE_DEBUG=parts,
 * prints the loaded parts and whether each part was compiled ahead of time.
 */

import { Buffer } from "node:buffer";
import { getAssetKeys, getRawAsset } from "node:sea";
import { debuglog } from "node:util";
import { MAIN_PART, partLoader } from "./part-loader.ts";

const debug = debuglog("parts");
const assets = new Set(getAssetKeys());

/** Returns an embedded file without a copy. */
function asset(name: string): Buffer {
  return Buffer.from(getRawAsset(name) as ArrayBuffer);
}

const load = partLoader({
  source: (name) => asset(name).toString("latin1"),
  codeCache: (name) => (assets.has(`${name}.cache`) ? asset(`${name}.cache`) : undefined),
  // In a single executable, `require` loads only Node's built-in modules.
  require,
  onLoad: (name, _file, script) =>
    debug("%s%s", name, script.cachedDataRejected === false ? " compiled ahead" : ""),
});

load(MAIN_PART);
