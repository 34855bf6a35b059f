import { readFileSync } from "node:fs";

const DOCKERFILE = new URL("../../Dockerfile.distroless", import.meta.url);

/**
 * The environment that the image gives the program: what is measured is what runs in a cluster.
 *
 * @throws {Error} when the Dockerfile has none.
 */
export function imageEnvironment(): Record<string, string> {
  const instruction = /^ENV ((?:.*\\\n)*.*)$/m.exec(readFileSync(DOCKERFILE, "utf8"))?.[1];
  const settings = instruction?.split(/[\s\\]+/).map((setting) => setting.split("=", 2));
  if (settings === undefined)
    throw new Error("Cannot read the image's environment: the Dockerfile has no ENV");
  return Object.fromEntries(settings);
}
