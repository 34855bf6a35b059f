import { noBackupsError } from "../../catalog/no-backups.ts";
import { defineCommand } from "../../command-line/command.ts";
import { openConfiguredCluster } from "../../command-line/open-configured-cluster.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { UsageError } from "../../errors.ts";

/** `kube-backup ui`: a page of what is in the store, on this machine alone. */
export const uiCommand = defineCommand({
  command: "ui",
  describe: "Open a page of backups, objects and changes",
  group: "everyday",
  needs: ["s3target"],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .options({
        port: {
          type: "number",
          default: 0,
          requiresArg: true,
          describe: "The port on 127.0.0.1; any free one by default",
        },
        open: { type: "boolean", default: false, describe: "Open the page in the browser" },
      })
      .example("$0 ui", "Print the address of the page, which counts once")
      .example("$0 ui --open", "Open it in the browser, too"),
  async handler(context) {
    const { settings, flags, log, output, signal, now } = context;
    const { port } = flags;
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new UsageError([`--port ${port} is no port: give a number up to 65535`]);
    const [{ serveLocally }, { newSecrets }, { createAnswers }, { pageFiles }, { Moments }] =
      await Promise.all([
        import("../../local-server/serve.ts"),
        import("../../local-server/secrets.ts"),
        import("./answers.ts"),
        import("./page-files.ts"),
        import("./moments.ts"),
      ]);
    await using opened = new AsyncDisposableStack();
    const store = await openConfiguredStore(context);
    opened.defer(() => store.close());
    // The address of a page that can show nothing would hide why.
    if ((await store.newest({}, signal)) === undefined) throw await noBackupsError(store, signal);
    // Without a kubeconfig there is no cluster to ask, and all else works.
    const client = await openConfiguredCluster(context).catch((error: unknown) => {
      log.info({ err: error }, "No cluster can be compared with");
      return undefined;
    });
    opened.defer(() => client?.close());
    const readCluster = async (signal: AbortSignal) => {
      if (client === undefined) throw new UsageError(["There is no cluster: check KUBECONFIG"]);
      const { readClusterSide } = await import("../../compare/cluster-side.ts");
      const { keepKubeSystem, programNamespace } = settings;
      return await readClusterSide({ client, keepKubeSystem, programNamespace, now }, signal);
    };
    const moments = new Moments({ store, log, now, readCluster, signal });
    opened.defer(() => moments.close());
    const secrets = newSecrets();
    const { token = "" } = secrets;
    const files = await pageFiles();
    const answers = createAnswers({ store, moments, cluster: client !== undefined, log, now, files, signal });
    const server = await serveLocally({ port, secrets, answers });
    opened.defer(() => server.close());
    const address = `http://127.0.0.1:${server.port}/?token=${token}`;
    output.lines([address]);
    log.info("The address counts once; interrupt with Ctrl-C to end the page");
    if (flags.open) {
      const { openInBrowser } = await import("./open-in-browser.ts");
      await openInBrowser(address, { log, signal });
    }
    await ended(signal);
  },
});

/** Waits for the end of the program. */
async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
