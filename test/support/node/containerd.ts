/** containerd for a node, with pods joined by virtual cables and routes. */

import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "../processes/run-command.ts";
import { type ServerProcess, startServerProcess, waitUntilReady } from "../processes/server-process.ts";
import type { Namespaces } from "./namespaces.ts";
import { CNI_FOLDER } from "./requirements.ts";

const TIMEOUT = 30_000;
/** The pods' addresses. */
export const POD_RANGE = "10.244.0.0/24";

/** A running containerd. */
export interface Containerd {
  /** `unix:///…`, as the kubelet wants it. */
  readonly endpoint: string;
  /** Imports images from an OCI archive. */
  importImages(archive: string): Promise<void>;
  /** Gives an image that was imported a second name, by its digest, and returns that: `REPOSITORY@sha256:DIGEST`. */
  nameByDigest(image: string, repository: string): Promise<string>;
  /** Kills the process of a container, by the container's id. */
  killContainer(id: string): Promise<void>;
  /** Kills it, as a crash would; containers run on without it. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
}

/** What containerd is started with. */
export interface ContainerdOptions {
  folder: string;
  namespaces: Namespaces;
  /** Name of the image that holds a pod's namespaces. */
  pauseImage: string;
}

/** Starts containerd and waits until it answers. */
export async function startContainerd(options: ContainerdOptions): Promise<Containerd> {
  const { namespaces } = options;
  const folder = path.join(options.folder, "containerd");
  const socket = path.join(folder, "containerd.sock");
  const cni = path.join(folder, "cni");
  await mkdir(cni, { recursive: true });
  await writeFile(path.join(cni, "10-pods.conflist"), JSON.stringify(network(folder)));
  const config = path.join(folder, "config.toml");
  await writeFile(config, configuration({ folder, socket, cni, pauseImage: options.pauseImage }));
  const ctr = [...namespaces.inside, "ctr", `--address=${socket}`, "--namespace=k8s.io"];
  let server: ServerProcess;

  const start = async () => {
    server = await startServerProcess({
      command: "containerd",
      prefix: namespaces.inside,
      args: [`--config=${config}`],
      log: path.join(options.folder, "containerd.log"),
    });
    const ready = async () => {
      await runCommand([...ctr, "version"]);
      return true;
    };
    await waitUntilReady(server, ready, { what: "containerd", timeoutMs: TIMEOUT, intervalMs: 50 });
  };
  await start();
  return {
    endpoint: `unix://${socket}`,
    importImages: async (archive) => {
      await runCommand([...ctr, "images", "import", archive]);
    },
    nameByDigest: async (image, repository) => {
      const [digest] =
        /sha256:[0-9a-f]{64}/.exec(await runCommand([...ctr, "images", "list", `name==${image}`])) ?? [];
      if (digest === undefined) throw new Error(`Cannot name ${image} by its digest: it was not imported`);
      await runCommand([...ctr, "images", "tag", image, `${repository}@${digest}`]);
      return `${repository}@${digest}`;
    },
    killContainer: async (id) => {
      await runCommand([...ctr, "tasks", "kill", "--signal=SIGKILL", id]);
    },
    kill: () => server.stop(0),
    start,
  };
}

/** Ids of the containers that a containerd left in a node's folder. */
export async function containersIn(folder: string): Promise<string[]> {
  const bundles = path.join(folder, "containerd/state/io.containerd.runtime.v2.task/k8s.io");
  return existsSync(bundles) ? await readdir(bundles) : [];
}

interface Places {
  folder: string;
  socket: string;
  cni: string;
  pauseImage: string;
}

function configuration({ folder, socket, cni, pauseImage }: Places): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
# A container that runs this may not be allowed to lower it.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${CNI_FOLDER}"
conf_dir = "${cni}"
`;
}

/** A cable for each pod: unlike with a bridge, all that pods say to each other passes the Services' rules. */
function network(folder: string): object {
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipam: {
          type: "host-local",
          dataDir: path.join(folder, "addresses"),
          ranges: [[{ subnet: POD_RANGE }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}
