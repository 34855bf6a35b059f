/**
 * Images for the node, made without any registry from this machine's packages: the product's own by
 * `make image` on a base that equals the distroless one, and those of the servers beside it.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import packageJson from "../../../package.json" with { type: "json" };
import { binary } from "../binaries/build.ts";
import { withLock } from "../binaries/lock.ts";
import { runCommand } from "../processes/run-command.ts";
import { unpackPackages, unpackWithDependencies } from "./packages.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Names of the images, as the manifests have them; the first ones are kept from one test to the next. */
export const IMAGES = {
  base: "localhost/kube-backup-test/base:test",
  pause: "localhost/kube-backup-test/pause:test",
  node: "localhost/kube-backup-test/node:test",
  minio: "localhost/kube-backup-test/minio:test",
  nginx: "docker.io/library/nginx:stable",
  kubeBackup: `docker.io/library/kube-backup:${packageJson.version}`,
};

/** Key of an image in {@link IMAGES}. */
export type ImageKey = keyof typeof IMAGES;

/** Those of the story: what the product runs beside. */
export const STORY_IMAGES: readonly ImageKey[] = ["base", "pause", "minio", "nginx", "kubeBackup"];

/** An image, in a file that containerd imports. */
export interface BuiltImage {
  name: string;
  /** Path of the archive. */
  archive: string;
}

/** Builds the product's image with the executable of now; the others are built when they are not in the cache. */
export async function buildImages(folder: string, wanted: readonly ImageKey[]): Promise<BuiltImage[]> {
  const cache = await serverImages();
  const built = wanted
    .filter((key) => key !== "kubeBackup")
    .map((key) => ({ name: IMAGES[key], archive: path.join(cache, `${key}.tar`) }));
  if (!wanted.includes("kubeBackup")) return built;
  const { kubeBackup } = IMAGES;
  const work = path.join(folder, "images");
  await mkdir(work);
  const env = await writeStorageConfiguration(work);
  await runCommand(["buildah", "pull", "--quiet", `docker-archive:${path.join(cache, "base.tar")}`], { env });
  await runCommand(["build/image.sh"], {
    cwd: ROOT,
    env: { ...env, IMAGE: kubeBackup, BASE_IMAGE: IMAGES.base, IMAGE_BUILDER: "buildah" },
  });
  const archive = path.join(work, "kube-backup.tar");
  await push(kubeBackup, archive, env);
  await rm(path.join(work, "storage"), { recursive: true });
  return [...built, { name: kubeBackup, archive }];
}

/** The folder with the images that do not hold the product. What they are made of names it. */
async function serverImages(): Promise<string> {
  const minio = await binary("minio");
  const hash = createHash("sha256").update(minio);
  for (const file of ["images.ts", "packages.ts"]) {
    hash.update(await readFile(path.join(import.meta.dirname, file)));
  }
  hash.update(await readFile("/etc/os-release"));
  hash.update(process.version);
  const cache = process.env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  const parent = path.join(cache, "kube-backup", "images");
  const folder = path.join(parent, hash.digest("hex").slice(0, 12));
  await mkdir(parent, { recursive: true });
  await withLock(
    `${folder}.lock`,
    async () => {
      if (existsSync(folder)) return;
      const work = await mkdtemp(path.join(parent, ".build-"));
      try {
        await buildServerImages(work, minio);
        await rename(path.join(work, "images"), folder);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
    () => {},
  );
  return folder;
}

async function buildServerImages(work: string, minio: string): Promise<void> {
  const env = await writeStorageConfiguration(work);
  const [context, images] = [path.join(work, "context"), path.join(work, "images")];
  await mkdir(context);
  await mkdir(images);
  const build = async (key: ImageKey, base: string, lines: readonly string[]) => {
    await writeFile(path.join(work, "Dockerfile"), [`FROM ${base}`, ...lines].join("\n"));
    const command = ["buildah", "build", "--isolation=chroot", "--quiet", `--tag=${IMAGES[key]}`];
    await runCommand([...command, `--file=${path.join(work, "Dockerfile")}`, context], { env });
    await push(IMAGES[key], path.join(images, `${key}.tar`), env);
  };
  await unpackBase(path.join(context, "base"));
  await build("base", "scratch", ["COPY base /", "USER 65532:65532"]);
  await copyFile("/bin/sleep", path.join(context, "sleep"));
  await build("pause", IMAGES.base, ["COPY sleep /sleep", 'ENTRYPOINT ["/sleep", "infinity"]']);
  await copyFile(process.execPath, path.join(context, "node"));
  await build("node", IMAGES.base, ["COPY node /usr/bin/node", "ENV PATH=/usr/bin"]);
  await copyFile(minio, path.join(context, "minio"));
  await build("minio", IMAGES.base, ["COPY minio /usr/bin/minio"]);
  await unpackNginx(path.join(context, "nginx"));
  await build("nginx", "scratch", ["COPY nginx /", "ENV PATH=/usr/sbin"]);
}

/** Writes an image to an archive; that of docker is uncompressed, and only crosses this machine. */
async function push(name: string, archive: string, env: Record<string, string>): Promise<void> {
  await runCommand(["buildah", "push", "--quiet", name, `docker-archive:${archive}:${name}`], { env });
}

/** buildah's storage, in a folder of our own; plain copies work on every file system. */
async function writeStorageConfiguration(folder: string): Promise<Record<string, string>> {
  const file = path.join(folder, "storage.conf");
  const lines = ["[storage]", 'driver = "vfs"'];
  lines.push(`graphroot = "${path.join(folder, "storage")}"`, `runroot = "${path.join(folder, "run")}"`);
  await writeFile(file, `${lines.join("\n")}\n`);
  return { CONTAINERS_STORAGE_CONF: file };
}

/** What the distroless image "cc" holds, from the same packages, and its user without a name of its own. */
async function unpackBase(target: string): Promise<void> {
  const packages = ["base-files", "ca-certificates", "libc6", "libgcc-s1", "libstdc++6", "netbase", "tzdata"];
  await unpackPackages(packages, target);
  await writeAccounts(target);
  // What the package's script does where it is installed: all certificates in one file.
  const folder = path.join(target, "usr/share/ca-certificates/mozilla");
  const certificates = await Promise.all(
    (await readdir(folder)).sort().map((name) => readFile(path.join(folder, name), "utf8")),
  );
  await mkdir(path.join(target, "etc/ssl/certs"), { recursive: true });
  await writeFile(path.join(target, "etc/ssl/certs/ca-certificates.crt"), certificates.join(""));
}

async function unpackNginx(target: string): Promise<void> {
  await unpackWithDependencies("nginx", target);
  await writeAccounts(target);
}

async function writeAccounts(target: string): Promise<void> {
  await mkdir(path.join(target, "etc"), { recursive: true });
  await mkdir(path.join(target, "home/nonroot"), { recursive: true });
  const users = [
    "root:x:0:0:root:/root:/sbin/nologin",
    "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin",
  ];
  await writeFile(path.join(target, "etc/passwd"), `${users.join("\n")}\n`);
  await writeFile(path.join(target, "etc/group"), "root:x:0:\nnonroot:x:65532:\n");
}
