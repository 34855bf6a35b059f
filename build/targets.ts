import process from "node:process";

/** A platform that there is an executable for. */
export interface Target {
  /** As releases name it. */
  name: string;
  platform: NodeJS.Platform;
  arch: string;
  /** What pkg calls the platform. */
  pkgPlatform: string;
}

/** Every platform that is released. */
export const TARGETS: readonly Target[] = [
  { name: "linux-x64", platform: "linux", arch: "x64", pkgPlatform: "linux" },
  { name: "linux-arm64", platform: "linux", arch: "arm64", pkgPlatform: "linux" },
  { name: "macos-x64", platform: "darwin", arch: "x64", pkgPlatform: "macos" },
  { name: "macos-arm64", platform: "darwin", arch: "arm64", pkgPlatform: "macos" },
  { name: "windows-x64", platform: "win32", arch: "x64", pkgPlatform: "win" },
];

/**
 * The platform that this runs on.
 *
 * @throws {Error} when there is no executable for it.
 */
export function hostTarget(): Target {
  const { platform, arch } = process;
  const target = TARGETS.find((each) => each.platform === platform && each.arch === arch);
  if (target === undefined) throw new Error(`Cannot build for ${platform}-${arch}: it is not supported`);
  return target;
}

/** How the file of an executable ends. */
export function extension({ platform }: Target): string {
  return platform === "win32" ? ".exe" : "";
}
