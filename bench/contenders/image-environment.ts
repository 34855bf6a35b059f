import { readFileSync } from "node:fs";

const DOCKERFILE = new URL("../../Dockerfile.distroless", import.meta.url);

/**
 * The environment that the image sets, so that the benchmark measures what runs in a cluster.
 *
 * @throws {Error} when the Dockerfile sets no environment.
 */
export function imageEnvironment(): Record<string, string> {
  const instruction = /^ENV ((?:.*\\\n)*.*)$/m.exec(readFileSync(DOCKERFILE, "utf8"))?.[1];
  const settings = instruction?.split(/[\s\\]+/).map((setting) => setting.split("=", 2));
  if (settings === undefined)
    throw new Error("Cannot read the image's environment: the Dockerfile has no ENV");
  return Object.fromEntries(settings);
}
