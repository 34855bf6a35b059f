import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { type Random, settingsText } from "./random.ts";

/** How much of settings gzip leaves. */
const PACKED = 0.35;

/**
 * The data of a Helm release's Secret with some `characters` characters: base64, which is the Secret's, of base64 of gzip of
 * the release's JSON, which are Helm's.
 */
export function helmRelease(random: Random, characters: number): string {
  const manifest = settingsText(random, Math.floor(((characters * 9) / 16) * (1 / PACKED)));
  const release = {
    name: "app",
    info: { status: "deployed", description: "Upgrade complete" },
    chart: { metadata: { name: "app", version: "1.0.0" } },
    manifest,
    version: 1,
    namespace: "shop",
  };
  const stored = gzipSync(JSON.stringify(release), { level: 1 }).toString("base64");
  return Buffer.from(stored).toString("base64");
}
