import process from "node:process";

/** A platform with an executable. */
export interface Target {
  name: string;
  platform: NodeJS.Platform;
  arch: string;
  /** pkg's name of the platform. */
  pkgPlatform: string;
}

/** All released platforms. */
export const TARGETS: readonly Target[] = [
  { name: "linux-x64", platform: "linux", arch: "x64", pkgPlatform: "linux" },
  { name: "linux-arm64", platform: "linux", arch: "arm64", pkgPlatform: "linux" },
  { name: "macos-x64", platform: "darwin", arch: "x64", pkgPlatform: "macos" },
  { name: "macos-arm64", platform: "darwin", arch: "arm64", pkgPlatform: "macos" },
  { name: "windows-x64", platform: "win32", arch: "x64", pkgPlatform: "win" },
];

/**
 * The current platform.
 *
 * @throws {Error} when the platform has no executable.
 */
export function hostTarget(): Target {
  const { platform, arch } = process;
  const target = TARGETS.find((each) => each.platform === platform && each.arch === arch);
  if (target === undefined) throw new Error(`Cannot build for ${platform}-${arch}: it is not supported`);
  return target;
}

/** The file extension of an executable. */
export function extension({ platform }: Target): string {
  return platform === "win32" ? ".exe" : "";
}
