import { defineCommand } from "../command-line/command.ts";
import { OUTPUT_OPTION } from "../command-line/options.ts";
import { COMMIT, runtime, VERSION } from "../version.ts";

/** `kube-backup version`: prints version, commit and runtime, for bug reports. */
export const versionCommand = defineCommand({
  command: "version",
  describe: "Show version, commit and runtime",
  builder: (yargs) => yargs.options(OUTPUT_OPTION),
  async handler({ output }) {
    output.show({
      json: { version: VERSION, commit: COMMIT, runtime: runtime() },
      text: () => [`kube-backup ${VERSION} (commit ${COMMIT}, ${runtime()})`],
    });
  },
});
