import { defineCommand } from "../command-line/command.ts";
import { shellCommand } from "../words/shell-command.ts";

/** `kube-backup logs`: the log is kubectl's to show, and this is its line. */
export const logsCommand = defineCommand({
  command: "logs",
  describe: "Print the kubectl line that shows the log of the program in the cluster",
  hidden: true,
  needs: [],
  clusterless: true,
  async handler({ output, settings }) {
    const namespace = settings.programNamespace;
    output.lines([shellCommand`kubectl logs --namespace=${namespace} deployment/kube-backup --follow`]);
  },
});
