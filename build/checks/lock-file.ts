/** What a lock file must say of each package, without I/O. */

/** A package of a lock file, as far as it is checked. */
export interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  link?: boolean;
}

/** The packages with scripts that npm would run at the installation, and why none is needed. `npm ci --ignore-scripts` runs none. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  deno: "It downloads the executable that its package for the platform holds already",
  esbuild:
    "It replaces its start script by the executable of the platform, which is faster and does the same",
  fsevents: "It is for macOS and comes built",
};

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const REGISTRY = "https://registry.npmjs.org/";

/** One sentence for each package that is not pinned, that comes from elsewhere, or that has a script nobody has explained. */
export function lockFileProblems(packages: Readonly<Record<string, LockedPackage>>): string[] {
  const problems: string[] = [];
  for (const [place, { version, resolved, integrity, hasInstallScript, link }] of Object.entries(packages)) {
    if (place === "") continue;
    const name = place.replace(/^.*node_modules\//, "");
    const title = `${name}@${version ?? "?"}`;
    if (link === true) problems.push(`${title} is a folder of this machine`);
    else if (integrity === undefined || !SHA512.test(integrity))
      problems.push(`${title} has no SHA-512: npm view ${title} dist.integrity`);
    if (resolved !== undefined && !resolved.startsWith(REGISTRY))
      problems.push(`${title} comes from ${resolved}, and not from the public registry`);
    if (hasInstallScript === true && INSTALL_SCRIPTS[name] === undefined)
      problems.push(
        `${title} has an install script: explain in build/checks/lock-file.ts why none is needed`,
      );
  }
  return problems;
}
