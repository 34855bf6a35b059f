import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import type { BundledPackage } from "./bundled-packages.ts";

interface Component {
  "bom-ref": string;
  name: string;
  version: string;
}

interface Sbom {
  serialNumber: string;
  metadata: { timestamp: string; component: Record<string, unknown> };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** Options of {@link sbom}. */
export interface SbomOptions {
  packages: readonly BundledPackage[];
  /** Versions of the packed Node executables. */
  nodes: readonly string[];
  /** The time of the commit, so that one commit always gives the same document. */
  time: Date;
}

/**
 * Lists the contents of the executables in CycloneDX format: npm's list without the packages that are not bundled,
 * and Node.
 */
export async function sbom({ packages, nodes, time }: SbomOptions): Promise<string> {
  const document = await npmSbom();
  const bundled = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const root = String(document.metadata.component["bom-ref"]);
  const kept = document.components.filter(({ name, version }) => bundled.delete(`${name}@${version}`));
  if (bundled.size > 0) throw new Error(`Cannot list ${[...bundled].join(", ")}: npm does not know of it`);
  const refs = new Set([root, ...kept.map((component) => component["bom-ref"])]);
  const dependencies = document.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  const runtimes = nodes.map((version) => ({
    "bom-ref": `node@${version}`,
    type: "platform",
    name: "node",
    version,
    purl: `pkg:generic/node@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
  }));
  document.metadata.component = { ...document.metadata.component, type: "application", name: "kube-backup" };
  document.metadata.timestamp = time.toISOString();
  const whole = { ...document, components: [...kept, ...runtimes], dependencies };
  whole.serialNumber = serialNumber(JSON.stringify({ ...whole, serialNumber: "" }));
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

async function npmSbom(): Promise<Sbom> {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["sbom", "--package-lock-only", "--sbom-format=cyclonedx"],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout);
}

/** A document's serial number, derived from its content (RFC 9562, version 8). */
function serialNumber(content: string): string {
  const hex = createHash("sha256").update(content).digest("hex");
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return `urn:uuid:${[...parts, hex.slice(20, 32)].join("-")}`;
}
