/** A document whose code blocks of kind `console` hold commands and what they printed. */

/** A command of a document. */
export interface Step {
  /** The number of its line in the document, from 1. */
  line: number;
  /** As a shell takes it. */
  command: string;
  /** What the document says that it prints. */
  output: string;
}

const BLOCK = /^```console\n(.*?)^```$/gms;
/** A command may go on after a line that ends with a backslash. */
const COMMAND = /^\$ ((?:[^\n]*\\\n)*[^\n]*)\n/gm;

/** The commands of a document, in its order. */
export function stepsOf(document: string): Step[] {
  return [...document.matchAll(BLOCK)].flatMap((block) => {
    const [, body = ""] = block;
    const start = block.index + "```console\n".length;
    const commands = [...body.matchAll(COMMAND)];
    return commands.map((match, index) => {
      const [whole, command = ""] = match;
      const end = commands[index + 1]?.index ?? body.length;
      return {
        line: document.slice(0, start + match.index).split("\n").length,
        command,
        output: body.slice(match.index + whole.length, end),
      };
    });
  });
}

/** The document with other outputs, one for each of its commands. */
export function withOutputs(document: string, outputs: readonly string[]): string {
  let step = 0;
  return document.replace(BLOCK, (_block, body: string) => {
    const commands = [...body.matchAll(COMMAND)].map(([whole]) => `${whole}${outputs[step++] ?? ""}`);
    return `\`\`\`console\n${commands.join("")}\`\`\``;
  });
}
