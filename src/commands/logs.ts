import { defineCommand } from "../command-line/command.ts";
import { LEASE_NAMESPACE } from "../lease/lease-record.ts";
import { shellCommand } from "../words/shell-command.ts";

/** `kube-backup logs`: the log is kubectl's to show, and this is its line. */
export const logsCommand = defineCommand({
  command: "logs",
  describe: "Print the kubectl line that shows the log of the program in the cluster",
  hidden: true,
  async handler({ output, environment }) {
    const namespace = environment["POD_NAMESPACE"] || LEASE_NAMESPACE;
    output.lines([shellCommand`kubectl logs --namespace=${namespace} deployment/kube-backup --follow`]);
  },
});
