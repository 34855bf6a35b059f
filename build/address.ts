/**
 * Where the project and its images are: `repository` and `config.image` of package.json.
 *
 * `node build/address.ts OWNER/NAME` fails where a release of that GitHub repository would be one of another address.
 */

import process from "node:process";
import packageJson from "../package.json" with { type: "json" };

/** The repository's address and the image's name, without tag. */
export interface Address {
  repository: string;
  image: string;
}

/** The address that the documents, manifests and the chart name. */
export const ADDRESS: Address = { repository: packageJson.repository, image: packageJson.config.image };

/** Whether nobody has said yet where the project is. */
export function isPlaceholder({ repository, image }: Address): boolean {
  return repository.includes("OWNER") || image.includes("OWNER");
}

/**
 * Checks that a release is made where package.json says that the project is.
 *
 * @param name the repository on GitHub, `owner/name`.
 * @throws {Error} with what to change.
 */
export function checkAddress({ repository, image }: Address, name: string): void {
  // Names of images are in lower case.
  const wanted = { repository: `https://github.com/${name}`, image: `ghcr.io/${name.toLowerCase()}` };
  if (repository === wanted.repository && image === wanted.image) return;
  throw new Error(
    `Cannot release: package.json has the repository ${repository} and the image ${image}, and this is ` +
      `${wanted.repository} with ${wanted.image}. Change it there; the tests name the documents that follow`,
  );
}

if (import.meta.main) {
  try {
    checkAddress(ADDRESS, process.argv[2] ?? "");
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
