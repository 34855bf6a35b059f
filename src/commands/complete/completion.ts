import { KUBE_BACKUP, KUBECTL_BACKUP } from "../../command-line/called-as.ts";
import { defineCommand } from "../../command-line/command.ts";
import { UsageError } from "../../errors.ts";
import { completionScript, SHELLS } from "./scripts.ts";

/** `kube-backup completion`: prints the completion script of a shell. */
export const completionCommand = defineCommand({
  command: "completion [shell]",
  describe: "Print the completion script of bash, zsh, fish or kubectl",
  builder: (yargs) =>
    yargs
      .positional("shell", { describe: SHELLS.join(", "), type: "string" })
      .example("source <($0 completion bash)", "In this bash; zsh takes the same line")
      .example("$0 completion fish | source", "In this fish")
      .example(
        "$0 completion kubectl > ~/bin/kubectl_complete-backup",
        "Of kubectl backup; make it executable",
      ),
  async handler({ flags, output, calledAs }) {
    const shell = SHELLS.find((each) => each === flags.shell);
    if (shell === undefined)
      throw new UsageError(
        [
          flags.shell === undefined
            ? `SHELL is missing: write one of ${SHELLS.join(", ")}`
            : `SHELL "${flags.shell}" is none of ${SHELLS.join(", ")}`,
        ],
        { advice: "echo $SHELL tells which one this is" },
      );
    output.document(completionScript(shell, calledAs === KUBE_BACKUP ? KUBECTL_BACKUP : calledAs));
  },
});
